// A mask for each picture: the labels of its pixels.
#include "runtime/Printable.h"
#include "runtime/data/ClassFolder.h"
#include "runtime/data/KnownDatasets.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <mutex>

namespace netc::runtime::data {
namespace {

/// A name without its ending, by which pictures and masks find one another.
std::string stemOf(const std::string &name) {
  return name.substr(0, name.rfind('.'));
}

/// The masks of a folder by their stems.
std::map<std::string, std::string> masksIn(const std::string &directory,
                                           LeftOut &leftOut) {
  std::map<std::string, std::string> masks;
  for (const FolderEntry &entry : entriesIn(directory)) {
    std::string path = directory + "/" + entry.name;
    if (entry.isDirectory || !isPictureName(entry.name))
      leftOut.add(entry, directory);
    else if (!masks.emplace(stemOf(entry.name), path).second)
      throw Error(fmt::format("{}: two masks are called `{}`",
                              printable(directory),
                              printable(stemOf(entry.name))));
  }
  return masks;
}

/// The pictures of `half`/images, each with its mask.
std::vector<PictureFile> filesOf(const std::string &half, DatasetInfo &info,
                                 LeftOut &leftOut) {
  std::string images = half + "/images", maskFolder = half + "/masks";
  for (const std::string &directory : {images, maskFolder})
    if (!isDirectory(directory))
      throw Error(fmt::format("{}: no such folder; pictures are in `images`, "
                              "and their masks in `masks` beside it",
                              printable(directory)));
  std::map<std::string, std::string> masks = masksIn(maskFolder, leftOut);
  std::vector<PictureFile> files =
      picturesAmong(entriesIn(images), images, /*label=*/0, leftOut);
  std::string before;
  for (PictureFile &file : files) {
    std::string stem = stemOf(file.path.substr(images.size() + 1));
    if (!before.empty() && stem == before)
      throw Error(fmt::format("{}: two pictures are called `{}`, and would "
                              "have one mask",
                              printable(images), printable(stem)));
    before = stem;
    auto mask = masks.find(stem);
    file.mask =
        mask == masks.end() ? maskFolder + "/" + stem + ".png" : mask->second;
    if (mask != masks.end())
      masks.erase(mask);
  }
  if (!masks.empty())
    info.warnings.push_back(fmt::format(
        "{} mask{} in {} ha{} no picture and {} left out: {}", masks.size(),
        masks.size() == 1 ? "" : "s", printable(maskFolder),
        masks.size() == 1 ? "s" : "ve", masks.size() == 1 ? "is" : "are",
        printable(masks.begin()->second)));
  return files;
}

/// Reads both files of a picture. Returns the largest label that counts.
int32_t checkFile(const PictureFile &file, const PictureFolder &folder,
                  Depth &depth) {
  std::error_code ignored;
  if (!std::filesystem::exists(file.mask, ignored))
    throw Error(fmt::format("{}: has no mask {}", file.path, file.mask));
  PictureHeader header = inspectPicture(file.path, folder.format.orients);
  depth.add(header);
  PictureSize picture = header.size;
  MaskLabels labels = inspectMask(file.mask, folder.ignored);
  if (labels.size == picture)
    return labels.largest;
  bool isTurned = inspectPicture(file.path).size == labels.size;
  throw Error(fmt::format(
      "{}: a mask of {}x{}, but its picture is of {}x{}{}", file.mask,
      labels.size.height, labels.size.width, picture.height, picture.width,
      isTurned ? " once it is turned as its EXIF data say (--no-orient)" : ""));
}

} // namespace

bool hasMasks(const SplitFolders &folders) {
  const std::string &half = folders.isSplit() ? folders.train : folders.root;
  return isDirectory(half + "/images") && isDirectory(half + "/masks");
}

void listMasks(const SplitFolders &folders, DatasetInfo &info,
               PictureFolder &folder, LeftOut &leftOut) {
  if (folders.isSplit()) {
    folder.train = filesOf(folders.train, info, leftOut);
    folder.test = filesOf(folders.test, info, leftOut);
    return;
  }
  std::vector<PictureFile> files = filesOf(folders.root, info, leftOut);
  for (size_t i = 0; i < files.size(); ++i)
    (i % testOneIn == testOneIn - 1 ? folder.test : folder.train)
        .push_back(std::move(files[i]));
}

void checkMasks(const SplitFolders &folders, DatasetInfo &info,
                PictureFolder &folder, const PictureRequest &request) {
  Depth depth(folder.format);
  std::mutex mutex; // guards what follows
  int32_t largest = -1;
  std::string path; // the first mask that has it
  auto check = [&](const PictureFile &file) {
    int32_t label = checkFile(file, folder, depth);
    if (request.skipsBroken) {
      std::vector<uint8_t> decoded(static_cast<size_t>(folder.format.bytes()));
      decodePicture(file.path, folder.format, decoded);
    }
    std::lock_guard lock(mutex);
    if (label > largest || (label == largest && file.mask < path)) {
      largest = label;
      path = file.mask;
    }
  };
  for (std::vector<PictureFile> *part : {&folder.train, &folder.test}) {
    std::vector<std::string> broken =
        checkPictures(*part, request.skipsBroken, check);
    folder.broken.insert(folder.broken.end(), broken.begin(), broken.end());
    if (part->empty())
      throw Error(fmt::format("{}: no picture for {}", printable(folders.root),
                              part == &folder.train ? "training" : "testing"));
  }
  folder.format.bits = depth.bits();
  if (largest < 0)
    throw Error(fmt::format("{}: every pixel of its masks is ignored",
                            printable(folders.root)));
  std::string names = folders.root + "/classes.txt";
  std::error_code ignored;
  if (std::filesystem::exists(names, ignored)) {
    info.classNames = readClassNames(names);
    info.classes = static_cast<int64_t>(info.classNames.size());
  } else {
    info.classes = std::max<int64_t>(largest + 1, request.labels.classes);
  }
  int64_t most = request.labels.classes > 0
                     ? std::min(info.classes, request.labels.classes)
                     : info.classes;
  if (largest >= most)
    throw Error(fmt::format("{}: has the label {}, and there are {} classes, 0 "
                            "to {}; `{}?ignore={}` leaves such pixels out",
                            printable(path), largest, most, most - 1, info.name,
                            largest));
}

} // namespace netc::runtime::data
