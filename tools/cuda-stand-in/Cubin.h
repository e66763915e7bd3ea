// What a driver reads in an image before it launches anything from it.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace netc::standin {

/// The kernels of a cubin with the number of their parameters (of eight bytes
/// each: pointers). `error` says what is wrong: no ELF object for a GPU, or one
/// for another architecture than `capability` (90 is sm_90); PTX is compiled on
/// true devices alone.
std::map<std::string, uint32_t> parametersOf(const void *image, int capability,
                                             std::string &error);

} // namespace netc::standin
