// The data sets by name: where they are looked for, what their headers say,
// and their examples in memory.
#pragma once

#include "runtime/Error.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace netc::runtime::data {

/// What a data set's headers say: enough to compile for it.
struct DatasetInfo {
  std::string name;
  std::string directory;           // where its files are
  std::vector<int64_t> shape;      // 8-bit pixels of one example, [C, H, W]
  int64_t classes = 0;             // labels are in [0, classes)
  std::vector<int64_t> labelShape; // {} for one label an example
  int64_t trainExamples = 0, testExamples = 0;
};

/// Examples in memory, as stored: raw pixels one after another.
struct Examples {
  int64_t count = 0, exampleBytes = 0;
  std::vector<uint8_t> pixels; // [count, C, H, W]
  std::vector<uint8_t> labels; // [count], each below the number of classes
};

enum class Split { Train, Test };

/// The folders that may hold data sets. An explicit one (`--data`) is the only
/// one looked in: what the user names is never passed over for something else.
struct SearchPath {
  std::string explicitDirectory; // --data; empty if not given
  std::string variable;          // $NETC_DATA; empty if not set
  std::string userDirectory;     // the XDG data folder's netc/datasets
  std::string systemDirectory;   // the distribution's

  /// Reads $NETC_DATA, $XDG_DATA_HOME and $HOME.
  static SearchPath fromEnvironment(std::string explicitDirectory = "");
};

/// Finds a data set and reads its headers (a few kilobytes). Throws Error: an
/// unknown name (with the nearest known), files not found (with the places
/// looked in and how to get them), headers that are wrong or disagree.
DatasetInfo inspect(std::string_view name, const SearchPath &search);

/// Reads one half of a data set whole and checks it. Throws Error naming the
/// file.
Examples loadExamples(const DatasetInfo &info, Split split);

} // namespace netc::runtime::data
