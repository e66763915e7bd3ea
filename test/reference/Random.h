// Counter-based random numbers: a number depends on its stream, its index and
// the step alone, never on the order in which numbers are asked for.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace netc::reference {

/// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy
/// as 1, 2, 3; SC 2011).
std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter,
                                   std::array<uint32_t, 2> key);

/// The 64-bit FNV-1a hash.
uint64_t fnv1a64(std::string_view text);

/// Uniform in [0, 1) with 24 bits: the first word of Philox with the key
/// `seed` xor hash(`path`) and the counter (`index`, `step`), low words first.
double uniform(uint64_t seed, std::string_view path, uint64_t index,
               uint64_t step);

} // namespace netc::reference
