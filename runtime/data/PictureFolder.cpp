// A folder of pictures as a data set.
#include "runtime/data/PictureFolder.h"
#include "runtime/Printable.h"

#include "runtime/data/ClassFolder.h"
#include "runtime/data/Replacements.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netc::runtime::data {
namespace {

constexpr size_t mostPictures = UINT32_MAX; // batches count them in 32 bits

/// The label that `?ignore=` names; -1 where there is none.
int32_t ignoredLabel(const DatasetName &name) {
  std::optional<std::string> text = name.option("ignore");
  if (!text)
    return -1;
  uint16_t label = 0;
  auto [end, code] =
      std::from_chars(text->data(), text->data() + text->size(), label);
  if (text->empty() || code != std::errc() ||
      end != text->data() + text->size())
    throw Error(fmt::format("`{}`: `ignore` is a label, 0 to 65535, got `{}`",
                            printable(name.text), printable(*text)));
  return label;
}

void checkClassPictures(PictureFolder &folder, bool skipsBroken) {
  Depth depth(folder.format);
  for (std::vector<PictureFile> *part : {&folder.train, &folder.test}) {
    std::vector<std::string> broken =
        checkPictures(*part, skipsBroken, [&](const PictureFile &file) {
          depth.add(inspectPicture(file.path));
          if (!skipsBroken)
            return;
          // Skipping means that every picture counted can be decoded.
          std::vector<uint8_t> decoded(
              static_cast<size_t>(folder.format.bytes()));
          decodePicture(file.path, folder.format, decoded);
        });
    folder.broken.insert(folder.broken.end(), broken.begin(), broken.end());
  }
  folder.format.bits = depth.bits();
}

/// What is said of the folder as it is read: what was found, what was not.
void tellContent(DatasetInfo &info, const LeftOut &leftOut, bool masks) {
  int64_t count = info.trainExamples + info.testExamples;
  std::string others = leftOut.filesText();
  info.summary = fmt::format(
      "{}: {} picture{}{} of {} class{}{}{}", info.name, count,
      count == 1 ? "" : "s", masks ? " with masks" : "", info.classes,
      info.classes == 1 ? "" : "es", others.empty() ? "" : "; ", others);
  if (leftOut.loose > 0)
    info.warnings.push_back(fmt::format(
        "{} picture{} stand{} in no class folder and {} left out: {}{}",
        leftOut.loose, leftOut.loose == 1 ? "" : "s",
        leftOut.loose == 1 ? "s" : "", leftOut.loose == 1 ? "is" : "are",
        printable(leftOut.picture), leftOut.loose == 1 ? "" : " ..."));
  if (leftOut.folders > 0)
    info.warnings.push_back(fmt::format(
        "{} folder{} below a class {} left out, with what is in {}: {}{}",
        leftOut.folders, leftOut.folders == 1 ? "" : "s",
        leftOut.folders == 1 ? "is" : "are",
        leftOut.folders == 1 ? "it" : "them", printable(leftOut.folder),
        leftOut.folders == 1 ? "" : " ..."));
}

} // namespace

DatasetInfo inspectPictureFolder(const DatasetName &name,
                                 const PictureRequest &request) {
  const PictureFormat &format = request.format;
  if (name.path.empty())
    throw Error("`folder:` names no folder; write folder:PATH");
  name.requireOptions({"ignore"});
  checkPictureChannels(fmt::format("`{}`", printable(name.text)),
                       format.channels);
  DatasetInfo info;
  info.name = printable("folder:" + name.path);
  info.directory = name.path;
  info.shape = {format.channels, format.size.height, format.size.width};
  auto folder = std::make_shared<PictureFolder>();
  folder->format = format;
  folder->skipsBroken = request.skipsBroken;
  folder->ignored = ignoredLabel(name);
  SplitFolders folders = findSplit(name.path, info.warnings);
  LeftOut leftOut;
  bool masks = hasMasks(folders);
  if (folder->ignored >= 0 && !masks)
    throw Error(fmt::format("`{}`: `ignore` is for masks, and there are no "
                            "folders `images` and `masks`",
                            printable(name.text)));
  if (masks)
    listMasks(folders, info, *folder, leftOut);
  else
    listClasses(folders, info, *folder, leftOut);
  if (folder->train.size() + folder->test.size() > mostPictures)
    throw Error(fmt::format("{}: more than {} pictures", printable(name.path),
                            mostPictures));
  if (masks) {
    checkMasks(folders, info, *folder, request);
    info.labelShape = {format.size.height, format.size.width};
    info.ignoresLabel = folder->ignored >= 0;
  } else {
    checkClassPictures(*folder, request.skipsBroken);
    checkClasses(folders, info, *folder, leftOut);
    info.classes = static_cast<int64_t>(info.classNames.size());
  }
  info.trainExamples = static_cast<int64_t>(folder->train.size());
  info.testExamples = static_cast<int64_t>(folder->test.size());
  if (folder->format.bits == 16)
    info.element = ElementType::U16;
  tellContent(info, leftOut, masks);
  info.pictures = std::move(folder);
  return info;
}

/// Decodes the labels of a mask; those to be ignored are -1. The mask may be
/// another than when it was inspected.
static void decodeLabels(const PictureFolder &folder, const PictureFile &file,
                         int64_t classes, std::span<int32_t> out) {
  std::vector<uint16_t> labels(out.size());
  decodeMask(file.mask, folder.format, labels);
  for (size_t i = 0; i < labels.size(); ++i) {
    out[i] = labels[i] == folder.ignored ? -1 : labels[i];
    if (out[i] >= classes)
      throw Error(fmt::format("{}: has the label {}, which it had not before; "
                              "there are {} classes",
                              file.mask, out[i], classes));
  }
}

Examples loadPictureFolder(const DatasetInfo &info, Split split) {
  const std::vector<PictureFile> &files = info.pictures->of(split);
  Examples examples;
  examples.count = static_cast<int64_t>(files.size());
  examples.exampleBytes = info.pictures->format.bytes();
  examples.decode = [folder = info.pictures, split](int64_t example,
                                                    std::span<uint8_t> out) {
    try {
      decodePicture(folder->of(split)[static_cast<size_t>(example)].path,
                    folder->format, out);
    } catch (const Error &error) {
      if (folder->skipsBroken)
        throw;
      throw Error(fmt::format("{}; with --skip-broken another takes its place",
                              printable(error.what())));
    }
  };
  if (info.pictures->skipsBroken)
    examples.replacements = std::make_shared<Replacements>();
  if (info.labelShape.empty()) {
    for (const PictureFile &file : files)
      examples.labels.push_back(static_cast<uint16_t>(file.label));
    return examples;
  }
  examples.exampleLabels = info.labelShape[0] * info.labelShape[1];
  examples.decodeLabels = [folder = info.pictures, split,
                           classes = info.classes](int64_t example,
                                                   std::span<int32_t> out) {
    decodeLabels(*folder, folder->of(split)[static_cast<size_t>(example)],
                 classes, out);
  };
  return examples;
}

std::string skippedReport(const DatasetInfo &info) {
  return info.pictures
             ? skippedReport(info.pictures->broken, " of " + info.name)
             : "";
}

std::string skippedReport(const std::vector<std::string> &broken,
                          std::string_view where) {
  return brokenReport("skipped", broken, where);
}

std::string brokenReport(std::string_view what,
                         const std::vector<std::string> &broken,
                         std::string_view where) {
  if (broken.empty())
    return "";
  constexpr size_t most = 10;
  size_t shown = std::min(most, broken.size());
  std::string report = fmt::format(
      "{} {} broken picture{}{}: {}", what, broken.size(),
      broken.size() == 1 ? "" : "s", where,
      fmt::join(broken.begin(), broken.begin() + static_cast<ptrdiff_t>(shown),
                "; "));
  if (shown < broken.size())
    report += fmt::format("; and {} more", broken.size() - shown);
  return report;
}

} // namespace netc::runtime::data
