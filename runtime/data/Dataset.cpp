// Finds the data sets by their names.
#include "runtime/data/Dataset.h"
#include "runtime/Printable.h"

#include "runtime/data/ArrayDataset.h"
#include "runtime/data/KnownDatasets.h"
#include "runtime/data/MeantDataset.h"
#include "runtime/data/PictureFolder.h"
#include "runtime/data/ShardDataset.h"
#include "runtime/data/TableDataset.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netc::runtime::data {
namespace {

std::vector<KnownDataset> allDatasets() {
  std::vector<KnownDataset> all(idxDatasets().begin(), idxDatasets().end());
  all.insert(all.end(), cifarDatasets().begin(), cifarDatasets().end());
  return all;
}

KnownDataset known(std::string_view name) {
  std::vector<KnownDataset> all = allDatasets();
  std::vector<std::string_view> names;
  for (const KnownDataset &dataset : all) {
    if (dataset.name == name)
      return dataset;
    names.push_back(dataset.name);
  }
  std::vector<std::string_view> parts;
  for (std::string_view each : names)
    if (each.starts_with(fmt::format("{}-", name)))
      parts.push_back(each);
  if (parts.size() > 2) // `emnist`
    throw Error(fmt::format("unknown data set `{}`; its parts are {}", name,
                            fmt::join(parts, ", ")));
  std::string meant = meantDataset(name, names);
  if (!meant.empty())
    throw Error(
        fmt::format("unknown data set `{}`; did you mean `{}`?", name, meant));
  throw Error(fmt::format("unknown data set `{}`; known: {}, and folder:PATH, "
                          "arrays:PATH, table:FILE.csv?target=COLUMN and "
                          "shards:PATTERN",
                          name, fmt::join(names, ", ")));
}

/// The folders in which a set is looked for, in their order, and those of them
/// that are told: what archives call their folders would make a long list.
struct Places {
  std::vector<std::string> all, told;
};
Places placesOf(const KnownDataset &dataset, const SearchPath &search) {
  Places places;
  auto add = [&](const std::string &directory, bool itselfToo) {
    if (directory.empty())
      return;
    auto addOne = [&](const std::string &place) {
      places.all.push_back(place);
      places.told.push_back(place);
    };
    addOne(fmt::format("{}/{}", directory, dataset.name));
    for (std::string_view folder : dataset.folders)
      places.all.push_back(fmt::format("{}/{}", directory, folder));
    if (itselfToo)
      addOne(directory);
  };
  if (!search.explicitDirectory.empty()) {
    add(search.explicitDirectory, /*itselfToo=*/true);
  } else {
    add(search.variable, /*itselfToo=*/true);
    add(search.userDirectory, /*itselfToo=*/false);
    add(search.systemDirectory, /*itselfToo=*/false);
  }
  return places;
}

/// An archive among names, which someone has not unpacked.
std::string archiveAmong(std::span<const std::string> names) {
  for (const std::string &name : names)
    for (std::string_view ending : {".zip", ".tar", ".tar.gz", ".tgz",
                                    ".tar.bz2", ".tar.xz", ".7z", ".rar"})
      if (name.ends_with(ending))
        return fmt::format("{} is not unpacked", printable(name));
  return "";
}

/// What the folders hold instead of the set: a sentence for each that there is.
std::string whatIsThere(const KnownDataset &dataset,
                        std::span<const std::string> places) {
  std::string report;
  for (const std::string &place : places) {
    std::error_code ignored;
    if (!std::filesystem::exists(place, ignored))
      continue;
    if (!std::filesystem::is_directory(place, ignored)) {
      report += fmt::format("; {} is a file, not a folder", printable(place));
      continue;
    }
    report += contentReport(
        place, fmt::format("; {} has other files: ", printable(place)));
    std::vector<std::string> names;
    try {
      names = namesIn(place);
    } catch (const Error &error) { // not readable
      report += fmt::format("; {}", error.what());
    }
    std::string form = dataset.otherForm(names);
    if (form.empty())
      form = archiveAmong(names);
    if (!form.empty())
      report += fmt::format(" ({})", form);
  }
  return report;
}

/// A folder with some of the files is where the data set is meant to be: the
/// missing ones are then an error there, not a reason to look elsewhere.
std::string locate(const KnownDataset &dataset, const SearchPath &search) {
  Places places = placesOf(dataset, search);
  for (const std::string &place : places.all)
    if (dataset.isIn(place, dataset.name))
      return place;

  std::string message = fmt::format("data set `{}` not found; looked in {}",
                                    dataset.name, fmt::join(places.told, ", "));
  if (!search.explicitDirectory.empty())
    message += fmt::format(
        " (without --data: $NETC_DATA, {}{}/{})",
        search.userDirectory.empty()
            ? ""
            : fmt::format("{}/{}, ", search.userDirectory, dataset.name),
        search.systemDirectory, dataset.name);
  else if (search.variable.empty())
    message += " ($NETC_DATA is not set)";
  message += whatIsThere(dataset, places.all);
  message += fmt::format("; to get it: {}", dataset.howToGet);
  throw Error(message);
}

/// `labels of 28x28`, or `one label an example`.
std::string labelsText(const std::vector<int64_t> &shape) {
  return shape.empty() ? "one label an example"
                       : fmt::format("labels of {}", fmt::join(shape, "x"));
}

/// `one number an example`, `numbers of 3x4`.
std::string numbersText(const std::vector<int64_t> &shape) {
  return shape == std::vector<int64_t>{1}
             ? "one number an example"
             : fmt::format("numbers of {}", fmt::join(shape, "x"));
}

void requireNumbers(const DatasetInfo &info, std::string_view network,
                    const LabelFormat &format) {
  if (!format.numbers)
    throw Error(fmt::format("data set `{}` has {} as labels; network `{}` "
                            "takes classes",
                            info.name, numbersText(info.labelShape), network));
  if (*format.numbers != info.labelShape)
    throw Error(fmt::format("data set `{}` has {} as labels; network `{}` "
                            "takes {}",
                            info.name, numbersText(info.labelShape), network,
                            numbersText(*format.numbers)));
}

} // namespace

void requireLabels(const DatasetInfo &info, std::string_view network,
                   const LabelFormat &format) {
  if (!format.shape && !format.numbers)
    return; // it takes no labels
  if (info.hasNumbers())
    return requireNumbers(info, network, format);
  if (!format.shape)
    throw Error(fmt::format("data set `{}` has classes as labels; network `{}` "
                            "takes {}",
                            info.name, network, numbersText(*format.numbers)));
  if (*format.shape != info.labelShape)
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

DatasetInfo inspect(std::string_view text, const SearchPath &search,
                    const PictureRequest &pictures) {
  DatasetName name = parseDatasetName(text);
  if (name.kind == "folder")
    return inspectPictureFolder(name, pictures);
  if (name.kind == "arrays")
    return inspectArrays(name, pictures);
  if (name.kind == "table")
    return inspectTable(name, pictures);
  if (name.kind == "shards")
    return inspectShards(name, pictures);
  KnownDataset dataset = known(text);
  DatasetInfo info;
  info.name = dataset.name;
  info.directory = locate(dataset, search);
  dataset.inspect(info);
  return info;
}

Examples loadExamples(const DatasetInfo &info, Split split) {
  if (info.files)
    return info.files->load(split);
  return info.pictures ? loadPictureFolder(info, split)
                       : known(info.name).load(info, split);
}

} // namespace netc::runtime::data
