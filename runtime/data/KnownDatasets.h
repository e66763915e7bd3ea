// The data sets that have a name: their files and where these come from. One
// file for each kind of files.
#pragma once

#include "runtime/data/Dataset.h"

#include <optional>
#include <span>

namespace netc::runtime::data {

struct KnownDataset {
  std::string_view name;
  /// As its archives call it, besides its name.
  std::span<const std::string_view> folders;
  std::string_view howToGet;
  /// Whether any of its files is in a folder, which tells the folder.
  bool (*isIn)(const std::string &directory, std::string_view name);
  /// What is said of files beside which it was looked for: other forms of it,
  /// archives that are not unpacked; empty if there is nothing to be said.
  std::string (*otherForm)(std::span<const std::string> names);
  /// Fills in what the headers in `info.directory` say.
  void (*inspect)(DatasetInfo &info);
  Examples (*load)(const DatasetInfo &info, Split split);
};

// mnist, fashion-mnist, emnist-letters and EMNIST's other parts
std::span<const KnownDataset> idxDatasets();
std::span<const KnownDataset> cifarDatasets(); // cifar-10, cifar-100

/// Levenshtein's distance, for "did you mean".
size_t editDistance(std::string_view a, std::string_view b);

/// The file as it is there, plain or gzipped; none if neither is.
std::optional<std::string> findFile(const std::string &directory,
                                    std::string_view name);
/// The same; throws Error where it is missing.
std::string requireFile(const std::string &directory, std::string_view name);

/// The names in a folder that do not begin with a dot, in the order of their
/// bytes: no order of the disk's, no locale. Throws Error naming the folder.
std::vector<std::string> namesIn(const std::string &directory);

/// What is in a folder, for errors: `begin` and its first names, and how many
/// more; empty where it is, or cannot be read.
std::string contentReport(const std::string &directory, std::string_view begin);

/// The lines of a small text file: names of classes. Throws Error naming it: a
/// name that is empty, no UTF-8, or there twice; more than 65536 of them.
std::vector<std::string> readClassNames(const std::string &path);

/// Throws Error naming `path` for a label that is no class.
void checkLabels(const DatasetInfo &info, const std::string &path,
                 std::span<const uint8_t> labels, int64_t exampleLabels);

} // namespace netc::runtime::data
