// Which files a pattern of shards means: `data/train-{000..009}.tar`,
// wildcards, or a folder.
#pragma once

#include "runtime/Error.h"

#include <string>
#include <string_view>
#include <vector>

namespace netc::runtime::data {

/// The files in order: ranges `{000..009}` and lists `{a,b}` in braces as they
/// are written, `*`, `?` and `[...]` by the order of the bytes; of a folder its
/// *.tar, and those of its folders. Throws Error: a file of a range that is not
/// there, nothing found, more than 2^20 of them, a brace that is not closed.
std::vector<std::string> findShards(const std::string &pattern);

/// What a shard is for, as its name says, or else its folder's: a word `train`,
/// `test`, or `val`, `valid` or `validation`.
enum class ShardRole { None, Train, Test, Validation };
ShardRole roleOfShard(std::string_view path);

} // namespace netc::runtime::data
