// A folder for each class.
#include "runtime/data/ClassFolder.h"
#include "runtime/Printable.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>

namespace netc::runtime::data {
namespace {

constexpr size_t mostClasses = 65536; // labels have 16 bits

// In the order in which they are taken.
constexpr std::array<std::string_view, 4> testNames = {"test", "val", "valid",
                                                       "validation"};

std::string lowered(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

bool isSplitName(std::string_view name) {
  return name == "train" ||
         std::find(testNames.begin(), testNames.end(), name) != testNames.end();
}

/// "; `Train` and `Test` in PATH are ...", of folders that would be halves if
/// they were written in small letters.
std::string capitalsNote(const std::string &root) {
  std::vector<std::string> names;
  for (const FolderEntry &entry : entriesIn(root))
    if (entry.isDirectory && !isSplitName(entry.name) &&
        isSplitName(lowered(entry.name)))
      names.push_back(entry.name);
  if (names.empty())
    return "";
  std::vector<std::string> meant;
  for (const std::string &name : names)
    meant.push_back(lowered(name));
  return fmt::format("{} in {} {} for a class: did you mean {}, in small "
                     "letters?",
                     listed(names), printable(root),
                     names.size() == 1 ? "is taken" : "are each taken",
                     listed(meant));
}

/// The folders among `entries`, each a class.
std::vector<std::string> classesAmong(const std::vector<FolderEntry> &entries,
                                      const std::string &directory) {
  std::vector<std::string> classes;
  for (const FolderEntry &entry : entries) {
    if (!entry.isDirectory)
      continue;
    if (!isUtf8(entry.name))
      throw Error(fmt::format("{}: the name of the class `{}` is not UTF-8",
                              printable(directory), printable(entry.name)));
    classes.push_back(entry.name);
  }
  if (classes.size() > mostClasses)
    throw Error(fmt::format("{}: {} classes, more than {}",
                            printable(directory), classes.size(), mostClasses));
  return classes;
}

/// The pictures of each class, [classes].
std::vector<std::vector<PictureFile>>
picturesOf(const std::vector<std::string> &classes,
           const std::vector<uint32_t> &labels, const std::string &directory,
           LeftOut &leftOut) {
  std::vector<std::vector<PictureFile>> pictures(classes.size());
  std::vector<LeftOut> others(classes.size());
  inParallel(classes.size(), [&](size_t i) {
    std::string path = directory + "/" + classes[i];
    pictures[i] = picturesAmong(entriesIn(path), path, labels[i], others[i]);
  });
  for (const LeftOut &other : others)
    leftOut.add(other);
  return pictures;
}

void append(std::vector<PictureFile> &all, std::vector<PictureFile> &more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()),
             std::make_move_iterator(more.end()));
}

/// 0, 1 ...: the labels of the classes for training.
std::vector<uint32_t> ownLabels(size_t classes) {
  std::vector<uint32_t> labels(classes);
  for (size_t i = 0; i < classes; ++i)
    labels[i] = static_cast<uint32_t>(i);
  return labels;
}

} // namespace

SplitFolders findSplit(const std::string &root,
                       std::vector<std::string> &notes) {
  if (!isDirectory(root)) {
    std::error_code ignored;
    throw Error(fmt::format(
        "{}: {}", printable(root),
        std::filesystem::exists(root, ignored)
            ? "is not a folder"
            : "no such folder; it is to hold train/CLASS/ and test/CLASS/ "
              "with PNG or JPEG pictures (or WebP, BMP, TIFF)"));
  }
  bool hasTrain = isDirectory(root + "/train");
  std::vector<std::string> tests;
  for (std::string_view name : testNames)
    if (isDirectory(fmt::format("{}/{}", root, name)))
      tests.emplace_back(name);
  std::string capitals = capitalsNote(root);
  if (!capitals.empty())
    capitals = "; " + capitals;
  if (hasTrain && tests.empty())
    throw Error(fmt::format("{}: no folder `test` or `val` beside `train`{}",
                            printable(root), capitals));
  if (!hasTrain && !tests.empty())
    throw Error(fmt::format("{}: no folder `train` beside `{}`{}",
                            printable(root), tests[0], capitals));
  if (!hasTrain)
    return {root, "", ""};
  // A competition's `test` may have no classes: what has some is meant.
  auto holdsFolders = [&](const std::string &name) {
    std::vector<FolderEntry> entries = entriesIn(root + "/" + name);
    return std::any_of(entries.begin(), entries.end(),
                       [](const FolderEntry &e) { return e.isDirectory; });
  };
  auto taken = std::find_if(tests.begin(), tests.end(), holdsFolders);
  std::string test = taken == tests.end() ? tests[0] : *taken;
  std::erase(tests, test);
  if (!tests.empty())
    notes.push_back(fmt::format("{} in {} {} not used: the examples for "
                                "testing are those of `{}`",
                                listed(tests), printable(root),
                                tests.size() == 1 ? "is" : "are", test));
  return {root, root + "/train", root + "/" + test};
}

void listClasses(const SplitFolders &folders, DatasetInfo &info,
                 PictureFolder &folder, LeftOut &leftOut) {
  const std::string &train = folders.isSplit() ? folders.train : folders.root;
  std::vector<FolderEntry> entries = entriesIn(train);
  leftOut.addLoose(train, entries);
  if (folders.isSplit())
    leftOut.addLoose(folders.root, entriesIn(folders.root));
  info.classNames = classesAmong(entries, train);
  auto pictures = picturesOf(info.classNames, ownLabels(info.classNames.size()),
                             train, leftOut);
  if (!folders.isSplit()) {
    for (std::vector<PictureFile> &own : pictures)
      for (size_t i = 0; i < own.size(); ++i)
        (i % testOneIn == testOneIn - 1 ? folder.test : folder.train)
            .push_back(std::move(own[i]));
    return;
  }
  for (std::vector<PictureFile> &own : pictures)
    append(folder.train, own);
  entries = entriesIn(folders.test);
  leftOut.addLoose(folders.test, entries);
  std::vector<std::string> classes = classesAmong(entries, folders.test);
  std::vector<uint32_t> labels;
  for (const std::string &name : classes) {
    auto known =
        std::lower_bound(info.classNames.begin(), info.classNames.end(), name);
    if (known == info.classNames.end() || *known != name)
      throw Error(fmt::format("{}: the class `{}` is not in {}",
                              printable(folders.test), printable(name),
                              printable(train)));
    labels.push_back(static_cast<uint32_t>(known - info.classNames.begin()));
  }
  for (std::vector<PictureFile> &own :
       picturesOf(classes, labels, folders.test, leftOut))
    append(folder.test, own);
}

/// The classes that none of the files is of.
static std::vector<std::string>
missingFrom(const DatasetInfo &info, const std::vector<PictureFile> &files) {
  std::vector<bool> seen(info.classNames.size());
  for (const PictureFile &picture : files)
    seen[picture.label] = true;
  std::vector<std::string> missing;
  for (size_t label = 0; label < seen.size(); ++label)
    if (!seen[label])
      missing.push_back(info.classNames[label]);
  return missing;
}

void checkClasses(const SplitFolders &folders, DatasetInfo &info,
                  const PictureFolder &folder, const LeftOut &leftOut) {
  const std::string root = printable(folders.root);
  std::string others = leftOut.filesText(), capitals;
  if (!others.empty())
    others = "; " + others;
  if (!folders.isSplit())
    capitals = capitalsNote(folders.root);
  std::string hint = others + (capitals.empty() ? "" : "; " + capitals);
  if (info.classNames.empty())
    throw Error(fmt::format("{}: no folder in it, so no class; each class is "
                            "to be a folder of pictures{}",
                            root,
                            leftOut.loose == 0
                                ? ""
                                : fmt::format(", and its {} pictures stand in "
                                              "no class folder",
                                              leftOut.loose)));
  if (info.classNames.size() == 1)
    throw Error(fmt::format("{}: `{}` is the only class; there is nothing to "
                            "tell apart{}",
                            root, printable(info.classNames[0]), hint));
  std::vector<std::string> untrained = missingFrom(info, folder.train);
  if (!untrained.empty())
    throw Error(fmt::format("{}: class `{}` has no picture for training ({}){}",
                            root, printable(untrained[0]), pictureEndings,
                            hint));
  if (folder.test.empty())
    throw Error(fmt::format("{}: no picture for testing{}{}", root,
                            folders.isSplit()
                                ? ""
                                : "; without a folder `train`, every fifth of "
                                  "a class is",
                            hint));
  std::vector<std::string> untested = missingFrom(info, folder.test);
  if (!untested.empty())
    info.warnings.push_back(fmt::format(
        "class{} {} of {} ha{} no picture for testing: the test accuracy says "
        "nothing of {}",
        untested.size() == 1 ? "" : "es", listed(untested), root,
        untested.size() == 1 ? "s" : "ve",
        untested.size() == 1 ? "it" : "them"));
  if (!capitals.empty())
    info.warnings.push_back(capitals);
}

} // namespace netc::runtime::data
