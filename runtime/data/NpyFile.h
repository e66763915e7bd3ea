// NumPy's .npy files: a magic number, a version, a header that is a literal of
// Python's, and the elements in little endian, in C's or Fortran's order
// (numpy.lib.format, versions 1.0 to 3.0). A file is not to be trusted.
#pragma once

#include "runtime/Error.h"
#include "runtime/data/ByteStream.h"

#include <span>
#include <string>
#include <vector>

namespace netc::runtime::data {

/// The element types that are read: bool, whole numbers and floats.
enum class NpyType {
  Bool,
  U8,
  I8,
  U16,
  I16,
  U32,
  I32,
  U64,
  I64,
  F16,
  F32,
  F64
};

/// Bytes of an element.
int64_t byteWidth(NpyType type);
/// `uint8`, as NumPy calls it.
std::string_view nameOf(NpyType type);
bool isFloat(NpyType type);

struct NpyHeader {
  NpyType type{};
  bool isFortran = false; // the first dimension lies closest
  std::vector<int64_t> shape;

  /// Elements of the shape, which readNpyHeader() has bounded.
  int64_t count() const;
  bool operator==(const NpyHeader &) const = default;
};

/// Reads the header, behind which the elements begin. `name` is said first in
/// errors: another magic number, a literal that is none of a header, elements
/// of another kind, more of them than the content can hold.
NpyHeader readNpyHeader(ByteStream &in, const std::string &name);

/// Where the elements are to go: element [i, j, ...] becomes number
/// i*strides[0] + j*strides[1] + ... of the output.
using Strides = std::span<const int64_t>;

/// Read all elements behind their header. Throw Error naming `name` and the
/// example (the first index): content that ends early or goes on; as pixels
/// what is not of 8 (or 16) bits; as numbers what a 32-bit float cannot hold,
/// or is not finite; as classes what is not in [0, classes).
/// \pre out.size() == header.count(), and the strides place each element once
void readNpyPixels(ByteStream &in, const NpyHeader &header, Strides strides,
                   const std::string &name, std::span<uint8_t> out);
void readNpyPixels(ByteStream &in, const NpyHeader &header, Strides strides,
                   const std::string &name, std::span<uint16_t> out);
void readNpyNumbers(ByteStream &in, const NpyHeader &header, Strides strides,
                    const std::string &name, std::span<float> out);
void readNpyClasses(ByteStream &in, const NpyHeader &header, int64_t classes,
                    const std::string &name, std::span<uint16_t> out);

/// The strides of row-major order.
std::vector<int64_t> rowMajor(const std::vector<int64_t> &shape);

} // namespace netc::runtime::data
