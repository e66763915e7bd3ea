// Lists folders of pictures and checks their files, some at a time.
#include "runtime/data/PictureFolder.h"

#include "runtime/Thread.h"
#include "runtime/data/KnownDatasets.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <mutex>
#include <thread>

namespace netc::runtime::data {
namespace {

namespace fs = std::filesystem;

// Labels have 16 bits, and batches count examples in 32.
constexpr size_t mostClasses = 65536, mostPictures = UINT32_MAX;

bool isPictureName(const std::string &name) {
  std::string lower = name;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower.ends_with(".png") || lower.ends_with(".jpg") ||
         lower.ends_with(".jpeg");
}

/// The names in a folder that do not begin with a dot, in the order of their
/// bytes: no order of the disk's, no locale.
std::vector<std::string> namesIn(const std::string &directory) {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator entry(directory, error), end;
  for (; !error && entry != end; entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (!name.starts_with('.'))
      names.push_back(std::move(name));
  }
  if (error)
    throw Error(fmt::format("{}: {}", printable(directory), error.message()));
  std::sort(names.begin(), names.end());
  return names;
}

/// Follows links: a link to a folder is one. A link that leads nowhere, or in
/// a circle, is none.
bool isDirectory(const std::string &path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

/// The folders in `directory`, each a class.
std::vector<std::string> classesIn(const std::string &directory) {
  std::vector<std::string> classes;
  for (std::string &name : namesIn(directory)) {
    if (!isDirectory(directory + "/" + name))
      continue;
    if (!isUtf8(name))
      throw Error(fmt::format("{}: the name of the class `{}` is not UTF-8",
                              printable(directory), printable(name)));
    classes.push_back(std::move(name));
  }
  if (classes.size() > mostClasses)
    throw Error(fmt::format("{}: {} classes, more than {}",
                            printable(directory), classes.size(), mostClasses));
  return classes;
}

/// The pictures of one class.
std::vector<PictureFile> picturesIn(const std::string &directory,
                                    uint32_t label) {
  std::vector<PictureFile> pictures;
  for (const std::string &name : namesIn(directory)) {
    std::string path = directory + "/" + name;
    if (isPictureName(name) && !isDirectory(path))
      pictures.push_back({label, std::move(path)});
  }
  return pictures;
}

void append(std::vector<PictureFile> &all, std::vector<PictureFile> &&more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()),
             std::make_move_iterator(more.end()));
}

class FolderReader {
public:
  FolderReader(DatasetInfo &info, PictureFolder &folder)
      : info(info), folder(folder), root(info.directory) {}

  void list();
  /// Checks each picture; broken ones leave, or the first of them is an error.
  void check(bool skipsBroken);
  void checkCounts() const;

private:
  void listSplit(const std::string &testFolder);
  void listUnsplit();
  void checkPart(std::vector<PictureFile> &pictures, bool skipsBroken);

  DatasetInfo &info;
  PictureFolder &folder;
  const std::string root;
};

void FolderReader::list() {
  if (!isDirectory(root)) {
    std::error_code ignored;
    throw Error(fmt::format("{}: {}", printable(root),
                            fs::exists(root, ignored)
                                ? "is not a folder"
                                : "no such folder; it is to hold train/CLASS/ "
                                  "and test/CLASS/ with PNG or JPEG pictures"));
  }
  bool hasTrain = isDirectory(root + "/train");
  std::string testFolder = isDirectory(root + "/test")  ? "test"
                           : isDirectory(root + "/val") ? "val"
                                                        : "";
  if (hasTrain && testFolder.empty())
    throw Error(fmt::format("{}: no folder `test` or `val` beside `train`",
                            printable(root)));
  if (!hasTrain && !testFolder.empty())
    throw Error(fmt::format("{}: no folder `train` beside `{}`",
                            printable(root), testFolder));
  if (hasTrain)
    listSplit(testFolder);
  else
    listUnsplit();
}

void FolderReader::listSplit(const std::string &testFolder) {
  std::string train = root + "/train", test = root + "/" + testFolder;
  info.classNames = classesIn(train);
  for (size_t label = 0; label < info.classNames.size(); ++label)
    append(folder.train, picturesIn(train + "/" + info.classNames[label],
                                    static_cast<uint32_t>(label)));
  for (const std::string &name : classesIn(test)) {
    auto known =
        std::find(info.classNames.begin(), info.classNames.end(), name);
    if (known == info.classNames.end())
      throw Error(fmt::format("{}: the class `{}` is not in {}",
                              printable(test), printable(name),
                              printable(train)));
    append(folder.test,
           picturesIn(test + "/" + name,
                      static_cast<uint32_t>(known - info.classNames.begin())));
  }
}

void FolderReader::listUnsplit() {
  constexpr size_t oneIn = 5; // is for testing
  info.classNames = classesIn(root);
  for (size_t label = 0; label < info.classNames.size(); ++label) {
    std::vector<PictureFile> pictures = picturesIn(
        root + "/" + info.classNames[label], static_cast<uint32_t>(label));
    for (size_t i = 0; i < pictures.size(); ++i)
      (i % oneIn == oneIn - 1 ? folder.test : folder.train)
          .push_back(std::move(pictures[i]));
  }
}

void FolderReader::check(bool skipsBroken) {
  if (folder.train.size() + folder.test.size() > mostPictures)
    throw Error(fmt::format("{}: more than {} pictures", printable(root),
                            mostPictures));
  checkPart(folder.train, skipsBroken);
  checkPart(folder.test, skipsBroken);
}

void FolderReader::checkPart(std::vector<PictureFile> &pictures,
                             bool skipsBroken) {
  std::vector<std::string> problems(pictures.size()); // empty: none
  std::atomic<size_t> next{0}, firstBroken{pictures.size()};
  std::mutex mutex;
  std::exception_ptr failure; // of ours, not of a picture: no memory
  auto work = [&] {
    // Skipping means that every picture counted can be decoded.
    std::vector<uint8_t> decoded;
    for (size_t i = next++; i < pictures.size(); i = next++) {
      if (!skipsBroken && i > firstBroken)
        return; // an earlier one is the error already
      try {
        if (skipsBroken) {
          decoded.resize(static_cast<size_t>(info.shape[0] * info.shape[1] *
                                             info.shape[2]));
          decodePicture(pictures[i].path, folder.format, decoded);
        } else {
          inspectPicture(pictures[i].path);
        }
      } catch (const Error &error) {
        problems[i] = printable(error.what());
        size_t first = firstBroken;
        while (i < first && !firstBroken.compare_exchange_weak(first, i)) {
        }
      } catch (...) {
        std::lock_guard lock(mutex);
        failure = std::current_exception();
        next = pictures.size();
      }
    }
  };
  size_t count = std::clamp<size_t>(std::thread::hardware_concurrency(), 1, 16);
  std::vector<std::unique_ptr<Thread>> threads;
  for (size_t i = 1; i < count && i * 64 < pictures.size(); ++i)
    try {
      threads.push_back(std::make_unique<Thread>(Thread::workerStack, work));
    } catch (const Error &) { // no other thread: fewer will do
      break;
    }
  work();
  threads.clear(); // waits for them
  if (failure)
    std::rethrow_exception(failure);
  if (firstBroken == pictures.size())
    return;
  if (!skipsBroken)
    throw Error(fmt::format("{}; --skip-broken leaves such pictures out",
                            problems[firstBroken]));
  size_t kept = 0;
  for (size_t i = 0; i < pictures.size(); ++i) {
    if (problems[i].empty())
      std::swap(pictures[kept++], pictures[i]);
    else
      folder.broken.push_back(std::move(problems[i]));
  }
  pictures.resize(kept);
}

void FolderReader::checkCounts() const {
  if (info.classNames.empty())
    throw Error(fmt::format("{}: no folder in it, so no class; each class is "
                            "to be a folder of pictures",
                            printable(root)));
  if (info.classNames.size() == 1)
    throw Error(fmt::format("{}: `{}` is the only class; there is nothing to "
                            "tell apart",
                            printable(root), info.classNames[0]));
  std::vector<bool> seen(info.classNames.size());
  for (const PictureFile &picture : folder.train)
    seen[picture.label] = true;
  auto missing = std::find(seen.begin(), seen.end(), false);
  if (missing != seen.end())
    throw Error(fmt::format(
        "{}: class `{}` has no picture for training (*.png, *.jpg, *.jpeg)",
        printable(root),
        printable(
            info.classNames[static_cast<size_t>(missing - seen.begin())])));
  if (folder.test.empty())
    throw Error(fmt::format("{}: no picture for testing{}", printable(root),
                            isDirectory(root + "/train")
                                ? ""
                                : "; without a folder `train`, every fifth of "
                                  "a class is"));
}

} // namespace

DatasetInfo inspectPictureFolder(std::string_view name,
                                 const std::string &directory,
                                 const PictureRequest &request) {
  const PictureFormat &format = request.format;
  checkPictureChannels(fmt::format("`{}`", printable(std::string(name))),
                       format.channels);
  DatasetInfo info;
  info.name = printable(std::string(name));
  info.directory = directory;
  info.shape = {format.channels, format.size.height, format.size.width};
  auto folder = std::make_shared<PictureFolder>();
  folder->format = format;
  FolderReader reader(info, *folder);
  reader.list();
  reader.check(request.skipsBroken);
  reader.checkCounts();
  info.classes = static_cast<int64_t>(info.classNames.size());
  info.trainExamples = static_cast<int64_t>(folder->train.size());
  info.testExamples = static_cast<int64_t>(folder->test.size());
  info.pictures = std::move(folder);
  return info;
}

Examples loadPictureFolder(const DatasetInfo &info, Split split) {
  const std::vector<PictureFile> &files = info.pictures->of(split);
  Examples examples;
  examples.count = static_cast<int64_t>(files.size());
  examples.exampleBytes = info.shape[0] * info.shape[1] * info.shape[2];
  for (const PictureFile &file : files)
    examples.labels.push_back(static_cast<uint16_t>(file.label));
  examples.decode = [folder = info.pictures, split](int64_t example,
                                                    std::span<uint8_t> out) {
    decodePicture(folder->of(split)[static_cast<size_t>(example)].path,
                  folder->format, out);
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
  if (broken.empty())
    return "";
  constexpr size_t most = 10;
  size_t shown = std::min(most, broken.size());
  std::string report = fmt::format(
      "skipped {} broken picture{}{}: {}", broken.size(),
      broken.size() == 1 ? "" : "s", where,
      fmt::join(broken.begin(), broken.begin() + static_cast<ptrdiff_t>(shown),
                "; "));
  if (shown < broken.size())
    report += fmt::format("; and {} more", broken.size() - shown);
  return report;
}

} // namespace netc::runtime::data
