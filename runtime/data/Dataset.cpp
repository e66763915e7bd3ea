// Finds, checks and reads the data sets. One kind so far: MNIST's four files.
#include "runtime/data/Dataset.h"

#include "runtime/data/IdxFile.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <numeric>
#include <optional>
#include <utility>

namespace netc::runtime::data {
namespace {

struct KnownDataset {
  std::string_view name;
  int64_t classes;
  std::string_view howToGet;
};

constexpr std::array knownDatasets = {
    KnownDataset{"fashion-mnist", 10,
                 "`apt install dataset-fashion-mnist`, or put the four "
                 "*-ubyte.gz files of github.com/zalandoresearch/fashion-mnist "
                 "in one of these folders"},
};

struct SplitFiles {
  std::string_view images, labels;
};

constexpr SplitFiles filesOf(Split split) {
  return split == Split::Train
             ? SplitFiles{"train-images-idx3-ubyte", "train-labels-idx1-ubyte"}
             : SplitFiles{"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};
}

/// Levenshtein's distance, for "did you mean".
size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t substituted = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

const KnownDataset &known(std::string_view name) {
  auto distance = [&](const KnownDataset &dataset) {
    return editDistance(name, dataset.name);
  };
  const KnownDataset &nearest = *std::min_element(
      knownDatasets.begin(), knownDatasets.end(),
      [&](auto &a, auto &b) { return distance(a) < distance(b); });
  if (nearest.name == name)
    return nearest;
  // A name that shares nothing gets the list, not a guess.
  if (distance(nearest) <= nearest.name.size() * 2 / 3)
    throw Error(fmt::format("unknown data set `{}`; did you mean `{}`?", name,
                            nearest.name));
  std::vector<std::string_view> names;
  for (const KnownDataset &dataset : knownDatasets)
    names.push_back(dataset.name);
  throw Error(fmt::format("unknown data set `{}`; known: {}", name,
                          fmt::join(names, ", ")));
}

bool exists(const std::string &path) {
  std::error_code ignored; // what cannot be looked at is not there
  return std::filesystem::exists(path, ignored);
}

/// The file as it is there, plain or gzipped; none if neither is.
std::optional<std::string> findFile(const std::string &directory,
                                    std::string_view name) {
  for (std::string_view suffix : {"", ".gz"}) {
    std::string path = fmt::format("{}/{}{}", directory, name, suffix);
    if (exists(path))
      return path;
  }
  return std::nullopt;
}

/// A folder with some of the files is where the data set is meant to be: the
/// missing ones are then an error there, not a reason to look elsewhere.
bool holdsDataset(const std::string &directory) {
  for (Split split : {Split::Train, Split::Test})
    for (std::string_view name : {filesOf(split).images, filesOf(split).labels})
      if (findFile(directory, name))
        return true;
  return false;
}

std::string locate(const KnownDataset &dataset, const SearchPath &search) {
  std::vector<std::string> places;
  auto add = [&](const std::string &directory, bool itselfToo) {
    if (directory.empty())
      return;
    places.push_back(fmt::format("{}/{}", directory, dataset.name));
    if (itselfToo)
      places.push_back(directory);
  };
  bool isExplicit = !search.explicitDirectory.empty();
  if (isExplicit) {
    add(search.explicitDirectory, /*itselfToo=*/true);
  } else {
    add(search.variable, /*itselfToo=*/true);
    add(search.userDirectory, /*itselfToo=*/false);
    add(search.systemDirectory, /*itselfToo=*/false);
  }
  for (const std::string &place : places)
    if (holdsDataset(place))
      return place;

  std::string message = fmt::format("data set `{}` not found; looked in {}",
                                    dataset.name, fmt::join(places, ", "));
  if (isExplicit)
    message +=
        fmt::format(" (without --data: $NETC_DATA, {0}/{2}, {1}/{2})",
                    search.userDirectory, search.systemDirectory, dataset.name);
  else if (search.variable.empty())
    message += " ($NETC_DATA is not set)";
  message += fmt::format("; to get it: {}", dataset.howToGet);
  throw Error(message);
}

struct SplitPaths {
  std::string images, labels;
};

SplitPaths pathsOf(const std::string &directory, Split split) {
  auto find = [&](std::string_view name) {
    std::optional<std::string> path = findFile(directory, name);
    if (!path)
      throw Error(fmt::format("{0}: no file `{1}` or `{1}.gz` beside the "
                              "other files of the data set",
                              directory, name));
    return *path;
  };
  return {find(filesOf(split).images), find(filesOf(split).labels)};
}

void checkCounts(const SplitPaths &paths, int64_t images, int64_t labels) {
  if (images != labels)
    throw Error(fmt::format("{}: {} images, but {} labels in {}", paths.images,
                            images, labels, paths.labels));
}

/// [count, H, W] of a split, from its two headers.
std::vector<int64_t> inspectSplit(const std::string &directory, Split split) {
  SplitPaths paths = pathsOf(directory, split);
  std::vector<int64_t> shape = readIdxShape(paths.images, 3);
  checkCounts(paths, shape[0], readIdxShape(paths.labels, 1)[0]);
  return shape;
}

} // namespace

SearchPath SearchPath::fromEnvironment(std::string explicitDirectory) {
  auto variable = [](const char *name) -> std::string {
    const char *value = std::getenv(name);
    return value ? value : "";
  };
  SearchPath search;
  search.explicitDirectory = std::move(explicitDirectory);
  search.variable = variable("NETC_DATA");
  if (std::string home = variable("XDG_DATA_HOME"); !home.empty())
    search.userDirectory = home + "/netc/datasets";
  else
    search.userDirectory = variable("HOME") + "/.local/share/netc/datasets";
  search.systemDirectory = "/usr/share/datasets";
  return search;
}

DatasetInfo inspect(std::string_view name, const SearchPath &search) {
  const KnownDataset &dataset = known(name);
  DatasetInfo info;
  info.name = dataset.name;
  info.classes = dataset.classes;
  info.directory = locate(dataset, search);
  std::vector<int64_t> train = inspectSplit(info.directory, Split::Train);
  std::vector<int64_t> test = inspectSplit(info.directory, Split::Test);
  if (train[1] != test[1] || train[2] != test[2])
    throw Error(fmt::format(
        "{}: images for training are {}x{}, those for testing {}x{}",
        info.directory, train[1], train[2], test[1], test[2]));
  info.shape = {1, train[1], train[2]};
  info.trainExamples = train[0];
  info.testExamples = test[0];
  return info;
}

Examples loadExamples(const DatasetInfo &info, Split split) {
  SplitPaths paths = pathsOf(info.directory, split);
  IdxContent images = readIdx(paths.images, 3);
  IdxContent labels = readIdx(paths.labels, 1);
  checkCounts(paths, images.shape[0], labels.shape[0]);
  int64_t expected =
      split == Split::Train ? info.trainExamples : info.testExamples;
  if (images.shape != std::vector{expected, info.shape[1], info.shape[2]})
    throw Error(
        fmt::format("{}: changed since its header was read", paths.images));

  auto wrong =
      std::find_if(labels.bytes.begin(), labels.bytes.end(),
                   [&](uint8_t label) { return label >= info.classes; });
  if (wrong != labels.bytes.end())
    throw Error(
        fmt::format("{}: label {} of example {}; `{}` has {} classes, 0 to {}",
                    paths.labels, *wrong, wrong - labels.bytes.begin(),
                    info.name, info.classes, info.classes - 1));

  Examples examples;
  examples.count = images.shape[0];
  examples.exampleBytes = images.shape[1] * images.shape[2];
  examples.pixels = std::move(images.bytes);
  examples.labels = std::move(labels.bytes);
  return examples;
}

} // namespace netc::runtime::data
