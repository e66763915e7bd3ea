// The safetensors format (github.com/huggingface/safetensors): the header's
// length in 8 bytes little-endian, the header as JSON, then the tensors'
// bytes, row-major, without gaps. A file read is not to be trusted.
#pragma once

#include "runtime/OutputFile.h"

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace netc::runtime::train {

struct TensorEntry {
  std::string name;
  std::string type; // "F32", "BF16", ...
  std::vector<int64_t> shape;
  uint64_t begin = 0, end = 0; // bytes, counted from the header's end
};

/// The header's `__metadata__`: texts by name.
using SafetensorsMetadata = std::map<std::string, std::string>;

class SafetensorsFile {
public:
  /// Reads and checks the header. Throws Error naming the file and the tensor:
  /// a header that is cut, too long or no JSON of this form, names given
  /// twice, unknown element types, sizes that overflow or do not fit their
  /// offsets, bytes of two tensors or of none.
  explicit SafetensorsFile(const std::string &path);

  const std::string &path() const { return name; }
  const std::vector<TensorEntry> &tensors() const { return entries; }
  const SafetensorsMetadata &metadata() const { return texts; }

  /// Reads a tensor's bytes. \pre out has their number.
  void read(const TensorEntry &tensor, std::span<std::byte> out);

private:
  std::string name;
  std::ifstream file;
  uint64_t dataStart = 0;
  std::vector<TensorEntry> entries;
  SafetensorsMetadata texts;
};

/// A float32 tensor to be written.
struct TensorHeader {
  std::string name;
  std::vector<int64_t> shape;

  uint64_t bytes() const;
};

/// How large the file of such tensors is.
uint64_t safetensorsBytes(const std::vector<TensorHeader> &tensors,
                          const SafetensorsMetadata &metadata = {});

/// Writes the tensors, asking `fill` for the bytes of each by its index.
/// Throws Error; the file at `path` is then as it was. \pre the metadata is
/// UTF-8
void writeSafetensors(
    const std::string &path, const std::vector<TensorHeader> &tensors,
    const std::function<void(size_t, std::span<std::byte>)> &fill,
    const SafetensorsMetadata &metadata = {});
/// The same into a file that is open, and commits it.
void writeSafetensors(
    OutputFile &output, const std::vector<TensorHeader> &tensors,
    const std::function<void(size_t, std::span<std::byte>)> &fill,
    const SafetensorsMetadata &metadata = {});

/// A name from a file, safe to print: at most 80 characters, in backticks,
/// with control characters escaped.
std::string quoteName(const std::string &name);

} // namespace netc::runtime::train
