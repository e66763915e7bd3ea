// IDX files of unsigned bytes, plain or gzipped, as MNIST and its kin come:
// 0, 0, 8 (unsigned bytes), the number of dimensions, then each dimension as a
// big-endian 32-bit number, then the bytes (yann.lecun.com/exdb/mnist).
#pragma once

#include "runtime/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace netc::runtime::data {

/// Reads the dimensions alone: a few bytes, whatever the file's size. Throws
/// Error naming the file: another magic number, a dimension of zero, more
/// elements than the file can hold.
std::vector<int64_t> readIdxShape(const std::string &path, int rank);

struct IdxContent {
  std::vector<int64_t> shape;
  std::vector<uint8_t> bytes; // row-major
};

/// Reads all of it. Throws Error also for a file that ends early or goes on.
IdxContent readIdx(const std::string &path, int rank);

} // namespace netc::runtime::data
