// What a user names a data set: a known name (`mnist`), or a kind with a path
// and options, `KIND:PATH?key=value&key=value`.
#pragma once

#include "runtime/Error.h"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace netc::runtime::data {

struct DatasetName {
  std::string text; // as it was given
  std::string kind; // small letters before the colon; empty for a known name
  std::string path; // as given but for `/` at its end; or the known name
  std::vector<std::pair<std::string, std::string>> options; // in their order

  /// The value of an option; none where it is not given.
  std::optional<std::string> option(std::string_view key) const;
  /// Throws Error for an option that is none of `known`, and says which are.
  void requireOptions(std::initializer_list<std::string_view> known) const;
};

/// Options begin at the last `?` that a key (small letters, digits, `-`, `_`)
/// and `=` follow; any other `?` belongs to the path. In a value `%26` is `&`,
/// as in an address: any two hexadecimal digits after a `%` are a byte. Throws
/// Error for an option without key or `=`, and for one that is given twice.
DatasetName parseDatasetName(std::string_view text);

} // namespace netc::runtime::data
