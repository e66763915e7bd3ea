// The data sets by name: where they are looked for, what their headers say,
// and their examples. A name is that of a known set, or `folder:PATH`: a
// folder of pictures, one folder a class or a mask a picture (PictureFolder.h).
#pragma once

#include "runtime/Enumerations.h"
#include "runtime/data/Picture.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netc::runtime::data {

struct PictureFolder; // runtime/data/PictureFolder.h
struct Examples;
class Replacements; // runtime/data/Replacements.h

enum class Split { Train, Test };

/// What the labels of a data set are: whole numbers below the classes, or
/// numbers to come near to (regression).
enum class LabelKind { Classes, Numbers };

/// The files behind a data set, of the kinds that are read in one way only.
class DatasetFiles {
public:
  virtual ~DatasetFiles() = default;
  /// Reads one half and checks it. Throws Error naming the file.
  virtual Examples load(Split split) const = 0;
};

/// What each column of a table is standardised by, (x - mean)/deviation, as its
/// training part has them.
struct Scaling {
  struct Column {
    std::string name;
    std::vector<std::string> categories; // none of a number's
    bool operator==(const Column &) const = default;
  };
  std::vector<float> mean, deviation; // of each element of an example
  std::vector<Column> columns;        // whose elements they are, in order
};

/// What a data set's headers say: enough to compile for it.
struct DatasetInfo {
  std::string name;
  std::string directory;      // where its files are
  std::vector<int64_t> shape; // one example: pixels [C, H, W], or [D]
  ElementType element = ElementType::U8; // of the shape: U8, U16 or F32
  LabelKind labelKind = LabelKind::Classes;
  int64_t classes = 0; // labels are in [0, classes); 0 of numbers
  int64_t trainExamples = 0, testExamples = 0;
  /// The labels of one example: {} for one class, [H, W] for one a pixel; of
  /// numbers the shape of the network's output, {1} for one.
  std::vector<int64_t> labelShape;
  /// Indexed by label; empty where they are not known.
  std::vector<std::string> classNames;
  /// Whether some labels of pixels are -1 and do not count.
  bool ignoresLabel = false;
  /// The files of a `folder:`, null for other sets.
  std::shared_ptr<const PictureFolder> pictures;
  /// What loads a set that is neither known by its name nor a `folder:`.
  std::shared_ptr<const DatasetFiles> files;
  std::shared_ptr<const Scaling> scaling; // of a table's columns, else null
  /// What whoever named the set should hear: what was found, and, each a
  /// sentence, what may not be as it was meant.
  std::string summary;
  std::vector<std::string> notes, warnings;

  bool hasNumbers() const { return labelKind == LabelKind::Numbers; }
};

enum class Order { Shuffled, Sequential };

/// Examples that are read one after another, ahead of those who want them.
class ExampleStream {
public:
  virtual ~ExampleStream() = default;
  /// Begins a pass, reading ahead, and gives the order of the examples, a
  /// permutation of them: of `order`, `seed` and `epoch` alone. What an earlier
  /// pass had left is dropped. \pre no decode() is under way
  virtual std::vector<uint32_t> begin(Order order, uint64_t seed,
                                      uint32_t epoch) = 0;
};

/// Examples: their labels in memory, and their pixels too but for folders of
/// pictures, which are decoded when they are wanted.
struct Examples {
  int64_t count = 0, exampleBytes = 0;
  int64_t exampleLabels = 1;
  std::vector<uint8_t> pixels;  // bytes of [count, shape], or empty
  std::vector<uint16_t> labels; // [count, labelShape], below the classes
  std::vector<float> numbers;   // or [count, labelShape] that are no classes
  /// Writes the labels of an example, from any thread; null where they are in
  /// `labels`. -1 is one that does not count. Throws Error as `decode` does.
  std::function<void(int64_t example, std::span<int32_t> out)> decodeLabels;
  /// Writes the pixels of an example, from any thread; null where they are in
  /// `pixels`. Throws Error for a picture that cannot be decoded.
  std::function<void(int64_t example, std::span<uint8_t> out)> decode;
  /// Where another example takes the place of one that cannot be decoded; null
  /// where that is an error.
  std::shared_ptr<Replacements> replacements;
  /// What says in which order they are best decoded; null where any will do.
  std::shared_ptr<ExampleStream> stream;
};

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

/// What a network takes as labels; neither shape where it takes none.
struct LabelFormat {
  /// Of one example's classes: {} for one, [H, W] for a map.
  std::optional<std::vector<int64_t>> shape;
  int64_t classes = 0; // 0 where any number will do
  /// Of one example's numbers, where labels may be such.
  std::optional<std::vector<int64_t>> numbers;
};

/// What is asked of pictures that are in files, and what the network takes,
/// which says how to read what can be read in several ways.
struct PictureRequest {
  PictureFormat format;
  bool skipsBroken = false;   // else a broken picture is an error
  std::vector<int64_t> shape; // of the network's input
  LabelFormat labels;
};

/// Finds a data set and reads its headers (a few kilobytes; the headers of all
/// pictures of a folder, or, to skip broken ones, their whole). Throws Error:
/// an unknown name (with the nearest known), files not found (with the places
/// looked in and how to get them), headers that are wrong or disagree.
DatasetInfo inspect(std::string_view name, const SearchPath &search,
                    const PictureRequest &pictures = {});

/// Throws Error where the labels of a data set are others than a network takes.
void requireLabels(const DatasetInfo &info, std::string_view network,
                   const LabelFormat &format);

/// Reads one half of a data set whole and checks it; a folder's pictures are
/// read later. Throws Error naming the file.
Examples loadExamples(const DatasetInfo &info, Split split);

} // namespace netc::runtime::data
