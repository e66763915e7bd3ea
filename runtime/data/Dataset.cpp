// Finds the data sets by their names.
#include "runtime/data/Dataset.h"

#include "runtime/data/KnownDatasets.h"
#include "runtime/data/PictureFolder.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netc::runtime::data {
namespace {

constexpr std::string_view folderPrefix = "folder:";

std::vector<KnownDataset> allDatasets() {
  std::vector<KnownDataset> all(idxDatasets().begin(), idxDatasets().end());
  all.insert(all.end(), cifarDatasets().begin(), cifarDatasets().end());
  return all;
}

KnownDataset known(std::string_view name) {
  std::vector<KnownDataset> all = allDatasets();
  auto distance = [&](const KnownDataset &dataset) {
    return editDistance(name, dataset.name);
  };
  const KnownDataset &nearest =
      *std::min_element(all.begin(), all.end(), [&](auto &a, auto &b) {
        return distance(a) < distance(b);
      });
  if (nearest.name == name)
    return nearest;
  // A name that shares nothing gets the list, not a guess.
  if (distance(nearest) <= nearest.name.size() / 2)
    throw Error(fmt::format("unknown data set `{}`; did you mean `{}`?", name,
                            nearest.name));
  std::vector<std::string_view> names;
  for (const KnownDataset &dataset : all)
    names.push_back(dataset.name);
  throw Error(fmt::format("unknown data set `{}`; known: {}, and folder:PATH "
                          "with pictures, a folder for each class",
                          name, fmt::join(names, ", ")));
}

/// A folder with some of the files is where the data set is meant to be: the
/// missing ones are then an error there, not a reason to look elsewhere.
bool holdsDataset(const KnownDataset &dataset, const std::string &directory) {
  return std::any_of(
      dataset.files.begin(), dataset.files.end(),
      [&](std::string_view name) { return findFile(directory, name); });
}

std::string locate(const KnownDataset &dataset, const SearchPath &search) {
  std::vector<std::string> places;
  auto add = [&](const std::string &directory, bool itselfToo) {
    if (directory.empty())
      return;
    places.push_back(fmt::format("{}/{}", directory, dataset.name));
    if (!dataset.folder.empty())
      places.push_back(fmt::format("{}/{}", directory, dataset.folder));
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
    if (holdsDataset(dataset, place))
      return place;

  std::string message = fmt::format("data set `{}` not found; looked in {}",
                                    dataset.name, fmt::join(places, ", "));
  if (isExplicit)
    message += fmt::format(
        " (without --data: $NETC_DATA, {}{}/{})",
        search.userDirectory.empty()
            ? ""
            : fmt::format("{}/{}, ", search.userDirectory, dataset.name),
        search.systemDirectory, dataset.name);
  else if (search.variable.empty())
    message += " ($NETC_DATA is not set)";
  message += fmt::format("; to get it: {}", dataset.howToGet);
  throw Error(message);
}

/// `labels of 28x28`, or `one label an example`.
std::string labelsText(const std::vector<int64_t> &shape) {
  return shape.empty() ? "one label an example"
                       : fmt::format("labels of {}", fmt::join(shape, "x"));
}

} // namespace

void requireLabels(const DatasetInfo &info, std::string_view network,
                   const LabelFormat &format) {
  if (format.shape && *format.shape != info.labelShape)
    throw Error(fmt::format("data set `{}` has {}; network `{}` takes {}",
                            info.name, labelsText(info.labelShape), network,
                            labelsText(*format.shape)));
  if (format.classes != 0 && format.classes != info.classes)
    throw Error(fmt::format("data set `{}` has {} classes; network `{}` is for "
                            "{}",
                            info.name, info.classes, network, format.classes));
}

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
  else if (std::string user = variable("HOME"); !user.empty())
    search.userDirectory = user + "/.local/share/netc/datasets";
  search.systemDirectory = "/usr/share/datasets";
  return search;
}

bool isPictureFolder(std::string_view name) {
  return name.starts_with(folderPrefix);
}

DatasetInfo inspect(std::string_view name, const SearchPath &search,
                    const PictureRequest &pictures) {
  if (isPictureFolder(name)) {
    std::string directory(name.substr(folderPrefix.size()));
    while (directory.size() > 1 && directory.ends_with('/'))
      directory.pop_back();
    if (directory.empty())
      throw Error("`folder:` names no folder; write folder:PATH");
    return inspectPictureFolder(name, directory, pictures);
  }
  KnownDataset dataset = known(name);
  DatasetInfo info;
  info.name = dataset.name;
  info.directory = locate(dataset, search);
  dataset.inspect(info);
  return info;
}

Examples loadExamples(const DatasetInfo &info, Split split) {
  return info.pictures ? loadPictureFolder(info, split)
                       : known(info.name).load(info, split);
}

} // namespace netc::runtime::data
