// The data sets by name: where they are looked for, what their headers say,
// and their examples. A name is that of a known set, or `folder:PATH`: a
// folder of pictures, one folder a class (PictureFolder.h).
#pragma once

#include "runtime/data/Picture.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netc::runtime::data {

struct PictureFolder; // runtime/data/PictureFolder.h

/// What a data set's headers say: enough to compile for it.
struct DatasetInfo {
  std::string name;
  std::string directory;      // where its files are
  std::vector<int64_t> shape; // 8-bit pixels of one example, [C, H, W]
  int64_t classes = 0;        // labels are in [0, classes)
  int64_t trainExamples = 0, testExamples = 0;
  /// The labels of one example: {} for one label, [H, W] for one a pixel.
  std::vector<int64_t> labelShape;
  /// Indexed by label; empty where they are not known.
  std::vector<std::string> classNames;
  /// The files of a `folder:`, null for other sets.
  std::shared_ptr<const PictureFolder> pictures;
};

/// Examples: their labels in memory, and their pixels too but for folders of
/// pictures, which are decoded when they are wanted.
struct Examples {
  int64_t count = 0, exampleBytes = 0;
  int64_t exampleLabels = 1;
  std::vector<uint8_t> pixels;  // [count, C, H, W], or empty
  std::vector<uint16_t> labels; // [count, labelShape], below the classes
  /// Writes the pixels of an example, from any thread; null where they are in
  /// `pixels`. Throws Error for a picture that cannot be decoded.
  std::function<void(int64_t example, std::span<uint8_t> out)> decode;
};

enum class Split { Train, Test };

/// The folders that may hold data sets. An explicit one (`--data`) is the only
/// one looked in: what the user names is never passed over for something else.
struct SearchPath {
  std::string explicitDirectory; // --data; empty if not given
  std::string variable;          // $NETC_DATA; empty if not set
  std::string userDirectory;   // the XDG data folder's netc/datasets; or empty
  std::string systemDirectory; // the distribution's

  /// Reads $NETC_DATA, $XDG_DATA_HOME and $HOME.
  static SearchPath fromEnvironment(std::string explicitDirectory = "");
};

/// What is asked of a folder of pictures; other sets have their own shape.
struct PictureRequest {
  PictureFormat format;
  bool skipsBroken = false; // else a broken picture is an error
};

/// Finds a data set and reads its headers (a few kilobytes; the headers of all
/// pictures of a folder, or, to skip broken ones, their whole). Throws Error:
/// an unknown name (with the nearest known), files not found (with the places
/// looked in and how to get them), headers that are wrong or disagree.
DatasetInfo inspect(std::string_view name, const SearchPath &search,
                    const PictureRequest &pictures = {});

/// What a network takes as labels.
struct LabelFormat {
  std::optional<std::vector<int64_t>> shape; // of one example; none: no labels
  int64_t classes = 0;                       // 0 where any number will do
};

/// Throws Error where the labels of a data set are others than a network takes.
void requireLabels(const DatasetInfo &info, std::string_view network,
                   const LabelFormat &format);

/// Whether `name` is a folder of pictures, whose size is the network's to say.
bool isPictureFolder(std::string_view name);

/// Reads one half of a data set whole and checks it; a folder's pictures are
/// read later. Throws Error naming the file.
Examples loadExamples(const DatasetInfo &info, Split split);

} // namespace netc::runtime::data
