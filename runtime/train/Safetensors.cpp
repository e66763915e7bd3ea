// Safetensors files on disk; the header's checks are in SafetensorsHeader.cpp.
#include "runtime/train/Safetensors.h"

#include "runtime/InputFile.h"
#include "runtime/OutputFile.h"
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

void writeSafetensors(
    const std::string &path, const std::vector<TensorHeader> &tensors,
    const std::function<void(size_t, std::span<std::byte>)> &fill,
    const SafetensorsMetadata &metadata) {
  nlohmann::ordered_json header;
  header["__metadata__"]["format"] = "pt"; // what PyTorch's readers ask for
  for (const auto &[name, text] : metadata)
    header["__metadata__"][name] = text;
  std::vector<size_t> sizes;
  uint64_t offset = 0;
  for (const TensorHeader &tensor : tensors) {
    size_t bytes = sizeof(float);
    for (int64_t size : tensor.shape)
      bytes *= static_cast<size_t>(size);
    header[tensor.name] = {{"dtype", "F32"},
                           {"shape", tensor.shape},
                           {"data_offsets", {offset, offset + bytes}}};
    sizes.push_back(bytes);
    offset += bytes;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' '); // the data is aligned
  uint64_t length = text.size();

  OutputFile output(path);
  output.write(&length, sizeof length);
  output.write(text.data(), text.size());
  std::vector<std::byte> bytes;
  for (size_t i = 0; i < tensors.size(); ++i) {
    bytes.resize(sizes[i]);
    fill(i, bytes);
    output.write(bytes.data(), bytes.size());
  }
  output.commit();
}

} // namespace netc::runtime::train
