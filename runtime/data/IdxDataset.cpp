// MNIST and its kin: four IDX files, plain or gzipped. Labels may be one an
// example or one a pixel.
#include "runtime/data/IdxFile.h"
#include "runtime/data/KnownDatasets.h"

#include <array>
#include <fmt/format.h>

namespace netc::runtime::data {
namespace {

struct SplitNames {
  std::string_view images, labels, labelMaps;
};

constexpr SplitNames namesOf(Split split) {
  return split == Split::Train
             ? SplitNames{"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                          "train-labels-idx3-ubyte"}
             : SplitNames{"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
                          "t10k-labels-idx3-ubyte"};
}

constexpr std::array<std::string_view, 6> fileNames = {
    namesOf(Split::Train).images,    namesOf(Split::Train).labels,
    namesOf(Split::Train).labelMaps, namesOf(Split::Test).images,
    namesOf(Split::Test).labels,     namesOf(Split::Test).labelMaps};

/// The files of a split; the labels are maps of pixels where rank is 3.
struct SplitPaths {
  std::string images, labels;
  int labelRank = 1;
};

SplitPaths pathsOf(const std::string &directory, Split split) {
  SplitNames names = namesOf(split);
  SplitPaths paths;
  paths.images = requireFile(directory, names.images);
  if (auto maps = findFile(directory, names.labelMaps)) {
    if (auto labels = findFile(directory, names.labels))
      throw Error(fmt::format("{}: labels of examples beside labels of pixels "
                              "in {}; one of them is meant",
                              *labels, *maps));
    paths.labels = *maps;
    paths.labelRank = 3;
  } else {
    paths.labels = requireFile(directory, names.labels);
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
SplitShape inspectSplit(const std::string &directory, Split split) {
  SplitPaths paths = pathsOf(directory, split);
  SplitShape shape{readIdxShape(paths.images, 3),
                   readIdxShape(paths.labels, paths.labelRank)};
  checkCounts(paths, shape.images[0], shape.labels[0]);
  return shape;
}

void inspectIdx(DatasetInfo &info, std::span<const std::string_view> classes) {
  SplitShape train = inspectSplit(info.directory, Split::Train);
  SplitShape test = inspectSplit(info.directory, Split::Test);
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
    info.classNames.assign(classes.begin(), classes.end());
  info.classes = static_cast<int64_t>(info.classNames.size());
}

Examples loadIdx(const DatasetInfo &info, Split split) {
  SplitPaths paths = pathsOf(info.directory, split);
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

constexpr std::array<std::string_view, 10> digits = {"0", "1", "2", "3", "4",
                                                     "5", "6", "7", "8", "9"};
constexpr std::array<std::string_view, 10> clothes = {
    "t-shirt/top", "trouser", "pullover", "dress", "coat",
    "sandal",      "shirt",   "sneaker",  "bag",   "ankle boot"};

constexpr std::array sets = {
    KnownDataset{"mnist", "",
                 "put the four *-ubyte.gz files of "
                 "https://yann.lecun.com/exdb/mnist/ (train-images-idx3, "
                 "train-labels-idx1, t10k-images-idx3, t10k-labels-idx1) in "
                 "one of these folders",
                 fileNames, [](DatasetInfo &info) { inspectIdx(info, digits); },
                 loadIdx},
    KnownDataset{"fashion-mnist", "",
                 "`apt install dataset-fashion-mnist`, or put the four "
                 "*-ubyte.gz files of "
                 "https://github.com/zalandoresearch/fashion-mnist in one of "
                 "these folders",
                 fileNames,
                 [](DatasetInfo &info) { inspectIdx(info, clothes); }, loadIdx},
};

} // namespace

std::span<const KnownDataset> idxDatasets() { return sets; }

} // namespace netc::runtime::data
