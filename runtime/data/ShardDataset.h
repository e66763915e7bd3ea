// `shards:PATTERN`: pictures and classes in WebDataset's tars, read one after
// another.
#pragma once

#include "runtime/data/Dataset.h"
#include "runtime/data/DatasetName.h"

namespace netc::runtime::data {

/// Reads the headers of all shards. Options: `test`, the pattern of the shards
/// to test with; `buffer`, how many examples are shuffled at a time (1000).
/// Throws Error naming the shard and the key.
DatasetInfo inspectShards(const DatasetName &name,
                          const PictureRequest &request);

} // namespace netc::runtime::data
