// Files that the tests make, in a folder that is gone afterwards.
#pragma once

#include "runtime/Error.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <stdlib.h>
#include <string>
#include <vector>
#include <zlib.h>

namespace netc::test {

class TempFolder {
public:
  TempFolder() {
    std::string pattern = ::testing::TempDir() + "netc-train-XXXXXX";
    folder = mkdtemp(pattern.data());
  }
  ~TempFolder() { std::filesystem::remove_all(folder); }
  std::string path(const std::string &name = "") const {
    return name.empty() ? folder : folder + "/" + name;
  }
  /// Names in the folder: that nothing was left behind.
  size_t entries() const {
    return static_cast<size_t>(
        std::distance(std::filesystem::directory_iterator(folder),
                      std::filesystem::directory_iterator()));
  }

private:
  std::string folder;
};

using Bytes = std::vector<uint8_t>;

inline void writeFile(const std::string &path, const Bytes &bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char *>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

inline void writeFile(const std::string &path, const std::string &text) {
  writeFile(path, Bytes(text.begin(), text.end()));
}

inline std::string readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline Bytes gzip(const Bytes &bytes) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + 16, 8,
               Z_DEFAULT_STRATEGY);
  Bytes out(deflateBound(&stream, bytes.size()) + 32);
  stream.next_in = const_cast<uint8_t *>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// An IDX file of unsigned bytes; the header says `shape`, whatever the data.
inline Bytes idx(const std::vector<uint32_t> &shape, const Bytes &data) {
  Bytes bytes = {0, 0, 8, static_cast<uint8_t>(shape.size())};
  for (uint32_t size : shape)
    for (int shift = 24; shift >= 0; shift -= 8)
      bytes.push_back(static_cast<uint8_t>(size >> shift));
  bytes.insert(bytes.end(), data.begin(), data.end());
  return bytes;
}

/// The four files of a small data set of 2x3 images: pixel p of example i is
/// i + p, its label i % 10.
inline void writeDataset(const std::string &folder, uint32_t train,
                         uint32_t test) {
  std::filesystem::create_directories(folder);
  auto write = [&](const std::string &prefix, uint32_t count) {
    Bytes pixels, labels;
    for (uint32_t i = 0; i < count; ++i) {
      for (uint32_t p = 0; p < 6; ++p)
        pixels.push_back(static_cast<uint8_t>(i + p));
      labels.push_back(static_cast<uint8_t>(i % 10));
    }
    writeFile(folder + "/" + prefix + "-images-idx3-ubyte",
              idx({count, 2, 3}, pixels));
    writeFile(folder + "/" + prefix + "-labels-idx1-ubyte",
              idx({count}, labels));
  };
  write("train", train);
  write("t10k", test);
}

/// Runs `action`, which must throw a netc::Error that says every one of
/// `parts`.
template <typename Action>
void expectError(Action &&action, const std::vector<std::string> &parts) {
  try {
    action();
    ADD_FAILURE() << "no error; expected `" << parts.front() << "`";
  } catch (const netc::Error &error) {
    for (const std::string &part : parts)
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos)
          << "`" << part << "` is not in: " << error.what();
  }
}

} // namespace netc::test
