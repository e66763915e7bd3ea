// Looks at the name, then at the disk.
#include "runtime/data/MeantDataset.h"

#include "runtime/data/KnownDatasets.h"

#include <algorithm>
#include <filesystem>

namespace netc::runtime::data {

namespace fs = std::filesystem;

/// Letters and digits alone, in lower case.
static std::string bare(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z')
      result += static_cast<char>(c - 'A' + 'a');
    else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
      result += c;
  }
  return result;
}

/// What reads a file of this name; empty where nothing does.
static std::string_view readerOf(std::string_view name) {
  static constexpr std::string_view readers[][2] = {{".csv", "table:"},
                                                    {".tsv", "table:"},
                                                    {".npz", "arrays:"},
                                                    {".npy", "arrays:"},
                                                    {".tar", "shards:"}};
  for (auto [ending, reader] : readers)
    if (name.ends_with(ending))
      return reader;
  return "";
}

/// The name behind what it is read by, if it can be a path of something that is
/// read.
static std::string meantPath(std::string_view name) {
  constexpr size_t longestPath = 4096;
  if (name.empty() || name.size() > longestPath)
    return "";
  std::error_code code;
  fs::path path(name);
  std::string_view reader = readerOf(name);
  if (fs::is_directory(path, code))
    reader = fs::exists(path / "x_train.npy", code) ? "arrays:" : "folder:";
  else if (!fs::is_regular_file(path, code) && reader != "shards:") {
    // Of what is not there, a path is told by its stroke.
    if (fs::exists(path, code) || name.find('/') == std::string_view::npos)
      return "";
    if (reader.empty())
      reader = "folder:";
  }
  return reader.empty() ? "" : std::string(reader) + std::string(name);
}

std::string meantDataset(std::string_view name,
                         std::span<const std::string_view> known) {
  constexpr size_t longest = 64; // no known name is as long
  std::string wanted = name.size() <= longest ? bare(name) : "";
  for (std::string_view each : known)
    if (!wanted.empty() && bare(each) == wanted)
      return std::string(each);
  if (std::string path = meantPath(name); !path.empty())
    return path;
  // `Folder:photos`, `folder photos`
  for (std::string_view prefix : {"folder", "arrays", "table", "shards"})
    if (name.size() > prefix.size() + 1 &&
        bare(name.substr(0, prefix.size())) == prefix &&
        std::string_view(": =").find(name[prefix.size()]) !=
            std::string_view::npos)
      return std::string(prefix) + ":" +
             std::string(name.substr(prefix.size() + 1));
  if (wanted.empty())
    return "";
  auto distance = [&](std::string_view each) {
    return editDistance(wanted, bare(each));
  };
  auto nearest = std::ranges::min_element(known, {}, distance);
  // A name that shares nothing gets the list, not a guess.
  return nearest != known.end() && distance(*nearest) <= nearest->size() / 2
             ? std::string(*nearest)
             : "";
}

} // namespace netc::runtime::data
