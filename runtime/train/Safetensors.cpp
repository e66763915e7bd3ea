// Safetensors files on disk; the header's checks are in SafetensorsHeader.cpp.
#include "runtime/train/Safetensors.h"

#include "runtime/InputFile.h"
#include "runtime/Printable.h"
#include "runtime/train/SafetensorsHeader.h"

#include <bit>
#include <cassert>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace netc::runtime::train {

static_assert(std::endian::native == std::endian::little,
              "the format is little-endian, and bytes are copied as they are");

namespace {

constexpr uint64_t lengthBytes = 8;
// The format's own limit.
constexpr uint64_t longestHeader = 100'000'000;

} // namespace

std::string quoteName(const std::string &name) {
  constexpr size_t longest = 80;
  if (name.size() <= longest)
    return fmt::format("`{}`", printable(name));
  size_t end = longest; // not within a character
  while (end > 0 && (name[end] & 0xc0) == 0x80)
    --end;
  return fmt::format("`{}...`", printable(name.substr(0, end)));
}

SafetensorsFile::SafetensorsFile(const std::string &path) : name(path) {
  auto fail = [&](const std::string &what) {
    throw Error(fmt::format("{}: {}", printable(path), what));
  };
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    fail("no such file");
  if (std::string problem = problemOfInput(path); !problem.empty())
    fail(problem);
  uint64_t fileBytes = std::filesystem::file_size(path, error);
  if (!error)
    file.open(path, std::ios::binary);
  if (error || !file)
    fail("cannot be opened");

  uint64_t headerBytes = 0;
  if (fileBytes < lengthBytes ||
      !file.read(reinterpret_cast<char *>(&headerBytes), lengthBytes))
    fail(fmt::format("not a safetensors file: it has {} bytes", fileBytes));
  if (headerBytes > fileBytes - lengthBytes)
    fail(fmt::format("not a safetensors file, or truncated: its header would "
                     "have {} bytes, the whole file has {}",
                     headerBytes, fileBytes));
  if (headerBytes > longestHeader)
    fail(fmt::format("its header has {} bytes; at most {} are allowed",
                     headerBytes, longestHeader));
  std::string header(headerBytes, '\0');
  if (!file.read(header.data(), static_cast<std::streamsize>(headerBytes)))
    fail("cannot be read");
  dataStart = lengthBytes + headerBytes;
  try {
    entries = parseSafetensorsHeader(header, fileBytes - dataStart, &texts);
  } catch (const Error &problem) {
    fail(problem.what());
  }
}

void SafetensorsFile::read(const TensorEntry &tensor,
                           std::span<std::byte> out) {
  assert(out.size() == tensor.end - tensor.begin);
  file.seekg(static_cast<std::streamoff>(dataStart + tensor.begin));
  if (!file.read(reinterpret_cast<char *>(out.data()),
                 static_cast<std::streamsize>(out.size())))
    throw Error(fmt::format("{}: tensor {} cannot be read", name,
                            quoteName(tensor.name)));
}

namespace {

/// What precedes the data, its length first.
std::string headerOf(const std::vector<TensorHeader> &tensors,
                     const SafetensorsMetadata &metadata) {
  nlohmann::ordered_json header;
  header["__metadata__"]["format"] = "pt"; // what PyTorch's readers ask for
  for (const auto &[name, text] : metadata)
    header["__metadata__"][name] = text;
  uint64_t offset = 0;
  for (const TensorHeader &tensor : tensors) {
    uint64_t end = offset + tensor.bytes();
    header[tensor.name] = {{"dtype", "F32"},
                           {"shape", tensor.shape},
                           {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' '); // the data is aligned
  uint64_t length = text.size();
  return std::string(reinterpret_cast<const char *>(&length), sizeof length) +
         text;
}

} // namespace

uint64_t TensorHeader::bytes() const {
  uint64_t bytes = sizeof(float);
  for (int64_t size : shape)
    bytes *= static_cast<uint64_t>(size);
  return bytes;
}

uint64_t safetensorsBytes(const std::vector<TensorHeader> &tensors,
                          const SafetensorsMetadata &metadata) {
  uint64_t bytes = headerOf(tensors, metadata).size();
  for (const TensorHeader &tensor : tensors)
    bytes += tensor.bytes();
  return bytes;
}

void writeSafetensors(
    OutputFile &output, const std::vector<TensorHeader> &tensors,
    const std::function<void(size_t, std::span<std::byte>)> &fill,
    const SafetensorsMetadata &metadata) {
  std::string header = headerOf(tensors, metadata);
  output.write(header.data(), header.size());
  std::vector<std::byte> bytes;
  for (size_t i = 0; i < tensors.size(); ++i) {
    bytes.resize(tensors[i].bytes());
    fill(i, bytes);
    output.write(bytes.data(), bytes.size());
  }
  output.commit();
}

void writeSafetensors(
    const std::string &path, const std::vector<TensorHeader> &tensors,
    const std::function<void(size_t, std::span<std::byte>)> &fill,
    const SafetensorsMetadata &metadata) {
  OutputFile output(path);
  writeSafetensors(output, tensors, fill, metadata);
}

} // namespace netc::runtime::train
