// MNIST and its kin: four IDX files, plain or gzipped. Labels may be one an
// example or one a pixel. EMNIST's parts have torchvision's classes, and their
// pictures lie as they do in the files: their rows are columns.
#include "runtime/data/IdxFile.h"
#include "runtime/data/IdxNames.h"
#include "runtime/data/KnownDatasets.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <fmt/format.h>

namespace netc::runtime::data {
namespace {

/// One of the sets: how the names of its files begin, and its classes.
struct IdxSet {
  std::string_view name, train, test;
  std::span<const std::string_view> classes; // or, where each is one character,
  std::string_view characters;               // these, one after another

  std::string_view prefix(Split split) const {
    return split == Split::Train ? train : test;
  }
};

constexpr std::array<std::string_view, 10> clothes = {
    "t-shirt/top", "trouser", "pullover", "dress", "coat",
    "sandal",      "shirt",   "sneaker",  "bag",   "ankle boot"};
// Labels begin at 1 in this one; the class 0 has no example.
constexpr std::array<std::string_view, 27> letters = {
    "N/A", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m",
    "n",   "o", "p", "q", "r", "s", "t", "u", "v", "w", "x", "y", "z"};
constexpr std::string_view digits = "0123456789";
constexpr std::string_view allCharacters =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
// Small letters that look like their capitals are one class with them.
constexpr std::string_view mergedCharacters =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt";

constexpr std::array idxSets = {
    IdxSet{"mnist", "train-", "t10k-", {}, digits},
    IdxSet{"fashion-mnist", "train-", "t10k-", clothes, ""},
    IdxSet{"emnist-balanced",
           "emnist-balanced-train-",
           "emnist-balanced-test-",
           {},
           mergedCharacters},
    IdxSet{"emnist-byclass",
           "emnist-byclass-train-",
           "emnist-byclass-test-",
           {},
           allCharacters},
    IdxSet{"emnist-bymerge",
           "emnist-bymerge-train-",
           "emnist-bymerge-test-",
           {},
           mergedCharacters},
    IdxSet{"emnist-digits",
           "emnist-digits-train-",
           "emnist-digits-test-",
           {},
           digits},
    IdxSet{"emnist-letters", "emnist-letters-train-", "emnist-letters-test-",
           letters, ""},
    IdxSet{"emnist-mnist",
           "emnist-mnist-train-",
           "emnist-mnist-test-",
           {},
           digits}};

const IdxSet &setOf(std::string_view name) {
  const auto *found =
      std::find_if(idxSets.begin(), idxSets.end(),
                   [&](const IdxSet &set) { return set.name == name; });
  assert(found != idxSets.end() && "each known set has its row");
  return *found;
}

/// The files of a split; the labels are maps of pixels where rank is 3.
struct SplitPaths {
  std::string images, labels;
  int labelRank = 1;
};

SplitPaths pathsOf(const std::string &directory, const IdxSet &set,
                   Split split) {
  std::string_view prefix = set.prefix(split);
  SplitPaths paths;
  paths.images = requireIdx(directory, prefix, IdxRole::Images);
  if (auto maps = findIdx(directory, prefix, IdxRole::LabelMaps)) {
    if (auto labels = findIdx(directory, prefix, IdxRole::Labels))
      throw Error(fmt::format("{}: labels of examples beside labels of pixels "
                              "in {}; one of them is meant",
                              *labels, *maps));
    paths.labels = *maps;
    paths.labelRank = 3;
  } else {
    paths.labels = requireIdx(directory, prefix, IdxRole::Labels);
  }
  return paths;
}

void checkCounts(const SplitPaths &paths, int64_t images, int64_t labels) {
  if (images != labels)
    throw Error(fmt::format("{}: {} images, but {} labels in {}", paths.images,
                            images, labels, paths.labels));
}

/// [count, H, W] of a split and the shape of its labels, from its headers.
struct SplitShape {
  std::vector<int64_t> images, labels;
};
SplitShape inspectSplit(const std::string &directory, const IdxSet &set,
                        Split split) {
  SplitPaths paths = pathsOf(directory, set, split);
  SplitShape shape{readIdxShape(paths.images, 3),
                   readIdxShape(paths.labels, paths.labelRank)};
  checkCounts(paths, shape.images[0], shape.labels[0]);
  return shape;
}

void inspectIdx(DatasetInfo &info) {
  const IdxSet &set = setOf(info.name);
  SplitShape train = inspectSplit(info.directory, set, Split::Train);
  SplitShape test = inspectSplit(info.directory, set, Split::Test);
  auto sizes = [](const std::vector<int64_t> &shape) {
    return std::vector(shape.begin() + 1, shape.end());
  };
  if (sizes(train.images) != sizes(test.images))
    throw Error(fmt::format(
        "{}: images for training are {}x{}, those for testing {}x{}",
        info.directory, train.images[1], train.images[2], test.images[1],
        test.images[2]));
  if (sizes(train.labels) != sizes(test.labels))
    throw Error(fmt::format("{}: the labels for training are not of the shape "
                            "of those for testing",
                            info.directory));
  info.shape = {1, train.images[1], train.images[2]};
  info.labelShape = sizes(train.labels);
  info.trainExamples = train.images[0];
  info.testExamples = test.images[0];
  if (auto names = findFile(info.directory, "classes.txt"))
    info.classNames = readClassNames(*names);
  else
    info.classNames.assign(set.classes.begin(), set.classes.end());
  if (info.classNames.empty())
    for (char c : set.characters)
      info.classNames.emplace_back(1, c);
  info.classes = static_cast<int64_t>(info.classNames.size());
}

Examples loadIdx(const DatasetInfo &info, Split split) {
  SplitPaths paths = pathsOf(info.directory, setOf(info.name), split);
  IdxContent images = readIdx(paths.images, 3);
  IdxContent labels = readIdx(paths.labels, paths.labelRank);
  checkCounts(paths, images.shape[0], labels.shape[0]);
  int64_t count =
      split == Split::Train ? info.trainExamples : info.testExamples;
  if (images.shape != std::vector{count, info.shape[1], info.shape[2]})
    throw Error(
        fmt::format("{}: changed since its header was read", paths.images));
  std::vector<int64_t> labelShape{count};
  labelShape.insert(labelShape.end(), info.labelShape.begin(),
                    info.labelShape.end());
  if (labels.shape != labelShape)
    throw Error(
        fmt::format("{}: changed since its header was read", paths.labels));
  Examples examples;
  examples.count = count;
  examples.exampleBytes = images.shape[1] * images.shape[2];
  for (int64_t size : info.labelShape)
    examples.exampleLabels *= size;
  checkLabels(info, paths.labels, labels.bytes, examples.exampleLabels);
  examples.pixels = std::move(images.bytes);
  examples.labels.assign(labels.bytes.begin(), labels.bytes.end());
  return examples;
}

bool isIn(const std::string &directory, std::string_view name) {
  const IdxSet &set = setOf(name);
  for (Split split : {Split::Train, Split::Test})
    for (IdxRole role : {IdxRole::Images, IdxRole::Labels, IdxRole::LabelMaps})
      if (findIdx(directory, set.prefix(split), role))
        return true;
  return false;
}

/// Of files that are not the set's, those of another.
std::string otherForm(std::span<const std::string> names) {
  for (const IdxSet &set : idxSets)
    for (const std::string &name : names)
      if (name.starts_with(set.train) && name.find("-ubyte") != name.npos)
        return set.train == "train-"
                   ? std::string("files of this form are `mnist` or "
                                 "`fashion-mnist`")
                   : fmt::format("these are of `{}`", set.name);
  return "";
}

constexpr std::array<std::string_view, 2> mnistFolders = {"MNIST/raw", "MNIST"};
constexpr std::array<std::string_view, 2> fashionFolders = {"FashionMNIST/raw",
                                                            "FashionMNIST"};
// One archive has all parts.
constexpr std::array<std::string_view, 4> emnistFolders = {
    "emnist", "gzip", "EMNIST/raw", "EMNIST"};

constexpr std::string_view getMnist =
    "put train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, "
    "t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz of "
    "https://ossci-datasets.s3.amazonaws.com/mnist/ (no page: add a file's "
    "name to it) in one of these folders";
constexpr std::string_view getFashion =
    "`apt install dataset-fashion-mnist`, or put "
    "train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, "
    "t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz of "
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/ (no page: add "
    "a file's name to it; see https://github.com/zalandoresearch/fashion-mnist)"
    " in one of these folders";
constexpr std::string_view getEmnist =
    "unpack https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip (see "
    "https://www.nist.gov/itl/products-and-services/emnist-dataset) in the "
    "folder that is to hold one of these, or put its files in one of them";

constexpr KnownDataset knownSet(std::string_view name,
                                std::span<const std::string_view> folders,
                                std::string_view howToGet) {
  return {name, folders, howToGet, isIn, otherForm, inspectIdx, loadIdx};
}

constexpr std::array sets = {
    knownSet("mnist", mnistFolders, getMnist),
    knownSet("fashion-mnist", fashionFolders, getFashion),
    knownSet("emnist-balanced", emnistFolders, getEmnist),
    knownSet("emnist-byclass", emnistFolders, getEmnist),
    knownSet("emnist-bymerge", emnistFolders, getEmnist),
    knownSet("emnist-digits", emnistFolders, getEmnist),
    knownSet("emnist-letters", emnistFolders, getEmnist),
    knownSet("emnist-mnist", emnistFolders, getEmnist)};

} // namespace

std::span<const KnownDataset> idxDatasets() { return sets; }

} // namespace netc::runtime::data
