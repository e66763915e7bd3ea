// Finds the arrays, decides what they mean, and reads them.
#include "runtime/data/ArrayDataset.h"
#include "runtime/Printable.h"

#include "runtime/TensorType.h"
#include "runtime/data/Archive.h"
#include "runtime/data/ByteReader.h"
#include "runtime/data/NpyFile.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <functional>
#include <numeric>

namespace netc::runtime::data {
namespace {

using Shape = std::vector<int64_t>;

/// An array that is there, and what its header says.
struct StoredArray {
  std::string name; // `digits.npz: x_train`, for messages
  std::string key;  // `x_train`
  NpyHeader header;
};

/// The arrays of an archive or a folder.
class ArrayStore {
public:
  explicit ArrayStore(const std::string &path) : path(path) {
    std::error_code ignored;
    isFolder = std::filesystem::is_directory(path, ignored);
  }

  /// Reads the headers of those that a data set may have.
  std::vector<StoredArray> list();
  /// Calls `use` with the array's elements, behind its header, which must be
  /// what it was.
  void read(const StoredArray &array,
            const std::function<void(ByteStream &)> &use) const;
  /// The names of other arrays that were met.
  std::vector<std::string> others;

private:
  void listFolder(std::vector<StoredArray> &found);
  void listArchive(std::vector<StoredArray> &found);
  static void consume(const StoredArray &array, ByteStream &in,
                      const std::function<void(ByteStream &)> &use);

  const std::string path;
  bool isFolder = false;
};

constexpr std::array<std::string_view, 4> keys = {"x_train", "y_train",
                                                  "x_test", "y_test"};

std::optional<std::string_view> knownKey(std::string_view file) {
  if (!file.ends_with(".npy"))
    return std::nullopt;
  file.remove_suffix(4);
  for (std::string_view key : keys)
    if (key == file)
      return key;
  return std::nullopt;
}

std::vector<StoredArray> ArrayStore::list() {
  std::vector<StoredArray> found;
  if (isFolder)
    listFolder(found);
  else
    listArchive(found);
  return found;
}

void ArrayStore::listFolder(std::vector<StoredArray> &found) {
  std::error_code error;
  std::filesystem::directory_iterator files(path, error);
  if (error)
    throw Error(fmt::format("{}: {}", printable(path), error.message()));
  for (const auto &file : files) {
    std::string name = file.path().filename();
    if (auto key = knownKey(name)) {
      ByteReader in(file.path());
      StoredArray array{printable(file.path().string()), std::string(*key), {}};
      array.header = readNpyHeader(in, array.name);
      found.push_back(std::move(array));
    } else if (name.ends_with(".npy")) {
      others.push_back(printable(name));
    }
  }
}

void ArrayStore::listArchive(std::vector<StoredArray> &found) {
  Archive archive(path, ArchiveKind::Zip);
  while (const Archive::Entry *entry = archive.next()) {
    auto key = knownKey(entry->name);
    if (!key) {
      if (others.size() < 16) // to be told, not kept
        others.push_back(printable(entry->name.substr(0, 64)));
      continue;
    }
    StoredArray array{
        fmt::format("{}: {}", printable(path), *key), std::string(*key), {}};
    if (std::any_of(found.begin(), found.end(),
                    [&](auto &each) { return each.key == *key; }))
      throw Error(fmt::format("{}: is there twice", array.name));
    array.header = readNpyHeader(archive.content(), array.name);
    found.push_back(std::move(array));
  }
}

void ArrayStore::consume(const StoredArray &array, ByteStream &in,
                         const std::function<void(ByteStream &)> &use) {
  if (readNpyHeader(in, array.name) != array.header)
    throw Error(
        fmt::format("{}: changed since its header was read", array.name));
  use(in);
}

void ArrayStore::read(const StoredArray &array,
                      const std::function<void(ByteStream &)> &use) const {
  if (isFolder) {
    ByteReader in(path + "/" + array.key + ".npy");
    return consume(array, in, use);
  }
  Archive archive(path, ArchiveKind::Zip);
  while (const Archive::Entry *entry = archive.next())
    if (knownKey(entry->name) == array.key)
      return consume(array, archive.content(), use);
  throw Error(fmt::format("{}: is there no more", array.name));
}

std::string shapeText(const Shape &shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

Shape withoutOnes(Shape shape) {
  std::erase(shape, 1);
  return shape;
}

int64_t product(const Shape &shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t{1},
                         std::multiplies<>());
}

/// How the dimensions of x behind the first become an example.
struct ExampleLayout {
  Shape shape;               // of the example
  bool channelsLast = false; // stored as [H, W, C]
};

constexpr int64_t oneIn = 5; // is there to test, where nothing else is

class ArrayFiles final : public DatasetFiles {
public:
  struct Part {
    StoredArray x;
    std::optional<StoredArray> y; // none where a network takes no labels
    std::vector<uint16_t> labels; // those of y, or
    std::vector<float> numbers;
  };

  explicit ArrayFiles(ArrayStore store) : store(std::move(store)) {}

  Examples load(Split split) const override;

  ArrayStore store;
  ExampleLayout layout;
  ElementType element = ElementType::F32;
  LabelKind labelKind = LabelKind::Classes;
  int64_t exampleLabels = 1;
  Part train;
  std::optional<Part> test; // none: every fifth of `train`

private:
  Shape stridesOf(const NpyHeader &header) const;
  /// Keeps the examples of the split, of a part that holds both.
  template <typename T>
  static void keep(Split split, int64_t each, std::vector<T> &values);
};

Shape ArrayFiles::stridesOf(const NpyHeader &header) const {
  Shape strides = rowMajor(header.shape);
  if (layout.channelsLast) { // [N, H, W, C] goes to [N, C, H, W]
    int64_t height = header.shape[1], width = header.shape[2];
    strides[1] = width;
    strides[2] = 1;
    strides[3] = height * width;
  }
  return strides;
}

template <typename T>
void ArrayFiles::keep(Split split, int64_t each, std::vector<T> &values) {
  auto count = static_cast<int64_t>(values.size()) / each, kept = int64_t{0};
  for (int64_t i = 0; i < count; ++i)
    if ((i % oneIn == oneIn - 1) == (split == Split::Test))
      std::copy_n(values.begin() + i * each, each,
                  values.begin() + kept++ * each);
  values.resize(static_cast<size_t>(kept * each));
}

Examples ArrayFiles::load(Split split) const {
  const Part &part = split == Split::Test && test ? *test : train;
  const NpyHeader &header = part.x.header;
  Examples examples;
  examples.exampleBytes = product(layout.shape) * runtime::byteWidth(element);
  examples.exampleLabels = exampleLabels;
  examples.pixels.resize(
      static_cast<size_t>(header.shape[0] * examples.exampleBytes));
  auto as = [&]<typename T>() {
    return std::span(reinterpret_cast<T *>(examples.pixels.data()),
                     static_cast<size_t>(header.count()));
  };
  store.read(part.x, [&](ByteStream &in) {
    Shape strides = stridesOf(header);
    if (element == ElementType::U8)
      readNpyPixels(in, header, strides, part.x.name,
                    as.template operator()<uint8_t>());
    else if (element == ElementType::U16)
      readNpyPixels(in, header, strides, part.x.name,
                    as.template operator()<uint16_t>());
    else
      readNpyNumbers(in, header, strides, part.x.name,
                     as.template operator()<float>());
  });
  examples.labels = part.labels;
  examples.numbers = part.numbers;
  if (!test) {
    keep(split, examples.exampleBytes, examples.pixels);
    keep(split, exampleLabels, examples.labels);
    keep(split, exampleLabels, examples.numbers);
  }
  examples.count =
      static_cast<int64_t>(examples.pixels.size()) / examples.exampleBytes;
  return examples;
}

/// Decides what the arrays mean for a network.
class ArrayReader {
public:
  ArrayReader(const DatasetName &name, const PictureRequest &request)
      : name(name), request(request), store(name.path) {}

  DatasetInfo inspect();

private:
  using Part = ArrayFiles::Part;

  [[noreturn]] static void fail(const StoredArray &array,
                                const std::string &what) {
    throw Error(fmt::format("{}: {}", array.name, what));
  }
  void findParts();
  Part takePart(std::vector<StoredArray> &found, std::string_view x,
                std::string_view y) const;
  void decideExamples();
  ExampleLayout layoutOfPictures(const Shape &stored);
  void decideLabels(const StoredArray &y);
  void readLabels(Part &part) const;
  bool takesLabels() const {
    return request.labels.shape || request.labels.numbers;
  }

  const DatasetName &name;
  const PictureRequest &request;
  ArrayStore store;
  DatasetInfo info;
  std::shared_ptr<ArrayFiles> files;
};

ArrayFiles::Part ArrayReader::takePart(std::vector<StoredArray> &found,
                                       std::string_view x,
                                       std::string_view y) const {
  auto find = [&](std::string_view key) {
    return std::find_if(found.begin(), found.end(),
                        [&](auto &each) { return each.key == key; });
  };
  if (find(x) == found.end())
    throw Error(fmt::format(
        "{}: has no array `{}`{}", printable(name.path), x,
        store.others.empty()
            ? ""
            : fmt::format("; it has {}", fmt::join(store.others, ", "))));
  Part part{*find(x), std::nullopt, {}, {}};
  if (find(y) != found.end())
    part.y = *find(y);
  else if (takesLabels())
    throw Error(fmt::format("{}: has no array `{}`, the labels of `{}`",
                            printable(name.path), y, x));
  const Shape &shape = part.x.header.shape;
  if (shape.empty() || product(shape) == 0)
    fail(part.x, fmt::format("is {}; the first size is that of the examples",
                             shapeText(shape)));
  if (part.y &&
      (part.y->header.shape.empty() || part.y->header.shape[0] != shape[0]))
    fail(*part.y, fmt::format("is {}; `{}` has {} examples",
                              shapeText(part.y->header.shape), x, shape[0]));
  return part;
}

void ArrayReader::findParts() {
  std::vector<StoredArray> found = store.list();
  files = std::make_shared<ArrayFiles>(store);
  files->train = takePart(found, "x_train", "y_train");
  bool hasTest = std::any_of(found.begin(), found.end(), [](auto &each) {
    return each.key.ends_with("_test");
  });
  if (!hasTest) {
    int64_t count = files->train.x.header.shape[0];
    if (count < oneIn)
      fail(files->train.x, fmt::format("has {} examples, and none is there to "
                                       "test: of five one would be",
                                       count));
    info.testExamples = count / oneIn;
    info.trainExamples = count - info.testExamples;
    info.notes.push_back(fmt::format(
        "{}: no x_test; every fifth example, {} of {}, is there to test",
        info.name, info.testExamples, count));
    return;
  }
  files->test = takePart(found, "x_test", "y_test");
  const StoredArray &train = files->train.x, &test = files->test->x;
  auto example = [](const StoredArray &x) {
    return Shape(x.header.shape.begin() + 1, x.header.shape.end());
  };
  if (example(train) != example(test) || train.header.type != test.header.type)
    fail(test,
         fmt::format("is {} of {}, but x_train {} of {}",
                     shapeText(test.header.shape), nameOf(test.header.type),
                     shapeText(train.header.shape), nameOf(train.header.type)));
  info.trainExamples = train.header.shape[0];
  info.testExamples = test.header.shape[0];
}

/// [A, B, C] is C x A x B or A x B x C, whichever is like the network's input,
/// or has as many channels.
ExampleLayout ArrayReader::layoutOfPictures(const Shape &stored) {
  const Shape &input = request.shape;
  Shape turned{stored[2], stored[0], stored[1]};
  bool isFirst = input == stored, isLast = input == turned;
  if (!isFirst && !isLast && input.size() == 3) {
    isFirst = input[0] == stored[0];
    isLast = input[0] == stored[2];
    if (!isFirst && !isLast)
      fail(files->train.x,
           fmt::format("has examples of {}; the network takes {} channels, "
                       "and neither the first size nor the last is {}",
                       fmt::join(stored, "x"), input[0], input[0]));
  }
  if (isFirst && isLast)
    info.notes.push_back(fmt::format(
        "{}: examples of {} are taken as channels x height x width, and might "
        "be height x width x channels",
        files->train.x.name, fmt::join(stored, "x")));
  return isFirst || !isLast ? ExampleLayout{stored, false}
                            : ExampleLayout{turned, true};
}

void ArrayReader::decideExamples() {
  const NpyHeader &header = files->train.x.header;
  Shape stored(header.shape.begin() + 1, header.shape.end());
  ExampleLayout &layout = files->layout;
  bool isVector = request.shape.size() == 1;
  if (isVector && stored.size() != 1 && product(stored) == request.shape[0]) {
    layout.shape = request.shape; // in the order in which they are stored
    if (!stored.empty())
      info.notes.push_back(fmt::format(
          "{}: examples of {} are taken as "
          "vectors of {}",
          files->train.x.name, fmt::join(stored, "x"), request.shape[0]));
  } else if (stored.empty()) {
    layout.shape = {1};
  } else if (stored.size() == 2) {
    layout.shape = {1, stored[0], stored[1]};
  } else if (stored.size() == 3) {
    layout = layoutOfPictures(stored);
  } else if (stored.size() == 1) {
    layout.shape = stored;
  } else {
    fail(files->train.x, fmt::format("has examples of {}; a network takes "
                                     "vectors, or channels x height x width",
                                     fmt::join(stored, "x")));
  }
  files->element = header.type == NpyType::U8    ? ElementType::U8
                   : header.type == NpyType::U16 ? ElementType::U16
                                                 : ElementType::F32;
  info.shape = layout.shape;
  info.element = files->element;
}

void ArrayReader::decideLabels(const StoredArray &y) {
  const LabelFormat &format = request.labels;
  Shape stored(y.header.shape.begin() + 1, y.header.shape.end());
  auto isOf = [&](const std::optional<Shape> &shape) {
    return shape && withoutOnes(*shape) == withoutOnes(stored);
  };
  bool isWhole = !isFloat(y.header.type);
  if (isOf(format.shape) && isWhole &&
      (format.classes > 0 || !isOf(format.numbers))) {
    info.labelShape = *format.shape;
    info.classes = format.classes;
  } else if (isOf(format.numbers)) {
    info.labelKind = LabelKind::Numbers;
    info.labelShape = *format.numbers;
  } else if (isOf(format.shape)) {
    fail(y, fmt::format("holds {}, numbers to come near to; the network's "
                        "loss wants classes: whole numbers, as "
                        "`.astype('int64')` in NumPy makes them",
                        nameOf(y.header.type)));
  } else {
    auto wanted = [](const std::optional<Shape> &shape, std::string_view what) {
      if (!shape)
        return std::string();
      Shape whole = *shape;
      if (withoutOnes(whole).empty())
        return fmt::format("[N] of {}", what);
      return fmt::format("[N, {}] of {}", fmt::join(whole, ", "), what);
    };
    std::string classes = wanted(format.shape, "classes"),
                numbers = wanted(format.numbers, "numbers");
    fail(y, fmt::format(
                "is {} of {}; the network takes {}{}{}",
                shapeText(y.header.shape), nameOf(y.header.type), classes,
                classes.empty() || numbers.empty() ? "" : " or ", numbers));
  }
  files->labelKind = info.labelKind;
  files->exampleLabels = product(info.labelShape);
}

void ArrayReader::readLabels(Part &part) const {
  if (!takesLabels()) {
    part.labels.resize(static_cast<size_t>(part.x.header.shape[0]));
    return;
  }
  const StoredArray &y = *part.y;
  auto count = static_cast<size_t>(y.header.count());
  if (count !=
      static_cast<size_t>(part.x.header.shape[0] * files->exampleLabels))
    fail(y, fmt::format("is {}, not of the shape of y_train",
                        shapeText(y.header.shape)));
  store.read(y, [&](ByteStream &in) {
    if (info.hasNumbers()) {
      part.numbers.resize(count);
      readNpyNumbers(in, y.header, rowMajor(y.header.shape), y.name,
                     part.numbers);
    } else {
      part.labels.resize(count);
      readNpyClasses(in, y.header, info.classes, y.name, part.labels);
    }
  });
}

DatasetInfo ArrayReader::inspect() {
  info.name = printable(name.text);
  info.directory = name.path;
  name.requireOptions({});
  findParts();
  decideExamples();
  if (takesLabels())
    decideLabels(*files->train.y);
  readLabels(files->train);
  if (files->test)
    readLabels(*files->test);
  info.files = files;
  return std::move(info);
}

} // namespace

DatasetInfo inspectArrays(const DatasetName &name,
                          const PictureRequest &request) {
  return ArrayReader(name, request).inspect();
}

} // namespace netc::runtime::data
