// The data sets that have a name: their files and where these come from. One
// file for each kind of files.
#pragma once

#include "runtime/Printable.h"
#include "runtime/data/Dataset.h"

#include <optional>
#include <span>

namespace netc::runtime::data {

struct KnownDataset {
  std::string_view name;
  std::string_view folder; // as its archive calls it; empty if like the name
  std::string_view howToGet;
  std::span<const std::string_view> files; // any of them tells the folder
  /// Fills in what the headers in `info.directory` say.
  void (*inspect)(DatasetInfo &info);
  Examples (*load)(const DatasetInfo &info, Split split);
};

std::span<const KnownDataset> idxDatasets();   // mnist, fashion-mnist
std::span<const KnownDataset> cifarDatasets(); // cifar-10, cifar-100

/// Levenshtein's distance, for "did you mean".
size_t editDistance(std::string_view a, std::string_view b);

/// The file as it is there, plain or gzipped; none if neither is.
std::optional<std::string> findFile(const std::string &directory,
                                    std::string_view name);
/// The same; throws Error where it is missing.
std::string requireFile(const std::string &directory, std::string_view name);

/// The lines of a small text file: names of classes. Throws Error naming it: a
/// name that is empty, no UTF-8, or there twice; more than 65536 of them.
std::vector<std::string> readClassNames(const std::string &path);

/// Throws Error naming `path` for a label that is no class.
void checkLabels(const DatasetInfo &info, const std::string &path,
                 std::span<const uint8_t> labels, int64_t exampleLabels);

} // namespace netc::runtime::data
