// Where the pictures of WebDataset's shards lie: tars whose members KEY.jpg and
// KEY.cls, one behind the other, are an example.
#pragma once

#include "runtime/data/Archive.h"

#include <cstdint>
#include <string>
#include <vector>

namespace netc::runtime::data {

struct ShardExample {
  uint64_t offset = 0; // of the picture's bytes in its shard
  uint32_t size = 0;
  uint32_t shard = 0; // which of the paths
  uint16_t label = 0;
};

struct ShardIndex {
  std::vector<std::string> paths;
  std::vector<ShardExample> examples; // in the order of the shards
  int64_t others = 0;                 // members that are no part of an example

  int64_t largestLabel() const;
  /// The name of an example's picture, for messages: `a.tar: 000017.jpg`. The
  /// shard is read again for it.
  std::string nameOf(const ShardExample &example) const;
};

/// Reads the headers of the tars, and the labels. Throws Error naming the shard
/// and the key: no tar, a picture without a label or a label without a picture,
/// two pictures, a label that is no whole number below 65536, a picture of more
/// than 256 MiB.
ShardIndex indexShards(std::vector<std::string> paths);

/// A shard that is open to be read at any place, best from its beginning on.
class ShardFile {
public:
  /// Throws Error naming it.
  explicit ShardFile(const std::string &path);
  ~ShardFile();
  ShardFile(const ShardFile &) = delete;
  ShardFile &operator=(const ShardFile &) = delete;

  /// The bytes of an example's picture. Throws Error naming the shard: it
  /// cannot be read, or is shorter than it was.
  std::vector<uint8_t> read(const ShardExample &example) const;

private:
  const std::string path;
  int file = -1;
};

} // namespace netc::runtime::data
