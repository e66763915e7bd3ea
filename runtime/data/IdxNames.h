// The names that IDX files have in the archives that hold them.
#pragma once

#include "runtime/data/Dataset.h"

#include <optional>
#include <string>
#include <string_view>

namespace netc::runtime::data {

/// What a file holds.
enum class IdxRole { Images, Labels, LabelMaps };

/// Finds `PREFIX` and `images-idx3-ubyte` (`labels-idx1-ubyte`,
/// `labels-idx3-ubyte`): so, or with a dot for the second hyphen as 7-Zip and
/// Kaggle unpack it; plain or gzipped; or in a folder that is called so, as
/// they make one for each file. None where there is no such file.
std::optional<std::string> findIdx(const std::string &directory,
                                   std::string_view prefix, IdxRole role);

/// The same; throws Error where it is missing, and says what is there.
std::string requireIdx(const std::string &directory, std::string_view prefix,
                       IdxRole role);

} // namespace netc::runtime::data
