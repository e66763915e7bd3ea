// Finds IDX files under each of their names.
#include "runtime/data/IdxNames.h"

#include "runtime/data/KnownDatasets.h"

#include <array>
#include <filesystem>
#include <fmt/format.h>

namespace netc::runtime::data {
namespace {

struct Words {
  std::string_view kind, dimensions;
};

Words wordsOf(IdxRole role) {
  switch (role) {
  case IdxRole::Images:
    return {"images", "idx3-ubyte"};
  case IdxRole::Labels:
    return {"labels", "idx1-ubyte"};
  case IdxRole::LabelMaps:
    return {"labels", "idx3-ubyte"};
  }
  return {};
}

/// The name as MNIST has it, and as others unpack it, each plain and gzipped.
std::array<std::string, 4> namesOf(std::string_view prefix, IdxRole role) {
  auto [kind, dimensions] = wordsOf(role);
  std::string first = fmt::format("{}{}-{}", prefix, kind, dimensions);
  std::string second = fmt::format("{}{}.{}", prefix, kind, dimensions);
  return {first, first + ".gz", second, second + ".gz"};
}

} // namespace

std::optional<std::string> findIdx(const std::string &directory,
                                   std::string_view prefix, IdxRole role) {
  std::array names = namesOf(prefix, role);
  std::error_code ignored; // what cannot be looked at is not there
  for (const std::string &name : names) {
    std::string path = directory + "/" + name;
    if (!std::filesystem::is_directory(path, ignored)) {
      if (std::filesystem::exists(path, ignored))
        return path;
      continue;
    }
    for (const std::string &inner : names) {
      std::string below = path + "/" + inner;
      if (std::filesystem::exists(below, ignored) &&
          !std::filesystem::is_directory(below, ignored))
        return below;
    }
  }
  return std::nullopt;
}

std::string requireIdx(const std::string &directory, std::string_view prefix,
                       IdxRole role) {
  if (std::optional<std::string> path = findIdx(directory, prefix, role))
    return *path;
  std::array names = namesOf(prefix, role);
  throw Error(fmt::format("{}: no file `{}` or `{}` beside the other files of "
                          "the data set{}",
                          directory, names[0], names[1],
                          contentReport(directory, "; in it are ")));
}

} // namespace netc::runtime::data
