// Lists and checks files, some at a time: on a disk that has not been read they
// wait most of the time.
#include "runtime/data/PictureFiles.h"
#include "runtime/Printable.h"
#include "runtime/Thread.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <mutex>
#include <numeric>

namespace netc::runtime::data {
namespace {

struct CloseFolder {
  void operator()(DIR *folder) const { closedir(folder); }
};

/// How a file's name ends, from its last dot on, in small letters.
std::string endingOf(const std::string &name) {
  size_t dot = name.rfind('.');
  constexpr size_t longest = 12; // what is longer is no ending
  if (dot == name.npos || dot == 0 || name.size() - dot > longest)
    return "without an ending";
  std::string ending = printable(name.substr(dot));
  std::transform(ending.begin(), ending.end(), ending.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return ending;
}

} // namespace

std::vector<FolderEntry> entriesIn(const std::string &directory) {
  std::unique_ptr<DIR, CloseFolder> folder(opendir(directory.c_str()));
  auto fail = [&] {
    throw Error(
        fmt::format("{}: {}", printable(directory), std::strerror(errno)));
  };
  if (!folder)
    fail();
  std::vector<FolderEntry> entries;
  for (errno = 0; dirent *entry = readdir(folder.get()); errno = 0) {
    std::string name = entry->d_name;
    if (name.starts_with('.'))
      continue;
    bool isFolder = entry->d_type == DT_DIR;
    if (entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN)
      isFolder = isDirectory(directory + "/" + name);
    entries.push_back({std::move(name), isFolder, entry->d_ino});
  }
  if (errno != 0)
    fail();
  std::sort(entries.begin(), entries.end(),
            [](auto &a, auto &b) { return a.name < b.name; });
  return entries;
}

bool isDirectory(const std::string &path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

void LeftOut::add(const FolderEntry &entry, const std::string &directory) {
  if (entry.isDirectory) {
    if (folders++ == 0)
      folder = directory + "/" + entry.name;
    return;
  }
  ++files;
  ++endings[endingOf(entry.name)];
}

void LeftOut::addLoose(const std::string &directory,
                       const std::vector<FolderEntry> &entries) {
  for (const FolderEntry &entry : entries)
    if (!entry.isDirectory && isPictureName(entry.name) && loose++ == 0)
      picture = directory + "/" + entry.name;
}

void LeftOut::add(const LeftOut &more) {
  for (const auto &[ending, count] : more.endings)
    endings[ending] += count;
  files += more.files;
  if (folders == 0)
    folder = more.folder;
  folders += more.folders;
  if (loose == 0)
    picture = more.picture;
  loose += more.loose;
}

std::string LeftOut::filesText() const {
  if (files == 0)
    return "";
  constexpr size_t most = 5;
  std::vector<std::pair<std::string, size_t>> all(endings.begin(),
                                                  endings.end());
  std::stable_sort(all.begin(), all.end(),
                   [](auto &a, auto &b) { return a.second > b.second; });
  std::vector<std::string> words;
  for (size_t i = 0; i < std::min(most, all.size()); ++i)
    words.push_back(all.size() == 1
                        ? all[i].first
                        : fmt::format("{} {}", all[i].first, all[i].second));
  return fmt::format("{} other file{} left out: {}{}", files,
                     files == 1 ? "" : "s", fmt::join(words, ", "),
                     all.size() > most ? ", ..." : "");
}

std::vector<PictureFile> picturesAmong(const std::vector<FolderEntry> &entries,
                                       const std::string &directory,
                                       uint32_t label, LeftOut &leftOut) {
  std::vector<PictureFile> pictures;
  for (const FolderEntry &entry : entries) {
    if (entry.isDirectory || !isPictureName(entry.name)) {
      leftOut.add(entry, directory);
      continue;
    }
    PictureFile file;
    file.label = label;
    file.path = directory + "/" + entry.name;
    file.inode = entry.inode;
    pictures.push_back(std::move(file));
  }
  return pictures;
}

void inParallel(size_t count, const std::function<void(size_t)> &work) {
  // Many more than processors: they wait for the disk.
  constexpr size_t mostThreads = 32, atOnce = 8;
  std::atomic<size_t> next{0}, firstFailed{count};
  std::mutex mutex; // guards the failure
  std::exception_ptr failure;
  auto run = [&] {
    for (size_t i = next++; i < count; i = next++) {
      if (i > firstFailed)
        return; // those before it have begun
      try {
        work(i);
      } catch (...) {
        std::lock_guard lock(mutex);
        if (i < firstFailed) {
          firstFailed = i;
          failure = std::current_exception();
        }
      }
    }
  };
  std::vector<std::unique_ptr<Thread>> threads;
  try {
    while (threads.size() + 1 < mostThreads && threads.size() * atOnce < count)
      threads.push_back(std::make_unique<Thread>(Thread::workerStack, run));
  } catch (const Error &) { // a limit: with those that there are
  }
  run();
  threads.clear(); // waits for them
  if (failure)
    std::rethrow_exception(failure);
}

std::vector<std::string> checkPictures(std::vector<PictureFile> &pictures,
                                       bool skipsBroken,
                                       const CheckPicture &check) {
  std::vector<size_t> order(pictures.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return pictures[a].inode < pictures[b].inode;
  });
  std::vector<std::string> problems(pictures.size()); // empty: none
  std::atomic<size_t> firstBroken{pictures.size()};
  inParallel(pictures.size(), [&](size_t place) {
    size_t i = order[place];
    if (!skipsBroken && i > firstBroken)
      return; // an earlier one is the error already
    try {
      check(pictures[i]);
    } catch (const Error &error) {
      problems[i] = printable(error.what());
      size_t first = firstBroken;
      while (i < first && !firstBroken.compare_exchange_weak(first, i)) {
      }
    }
  });
  if (firstBroken == pictures.size())
    return {};
  if (!skipsBroken)
    throw Error(fmt::format("{}; --skip-broken leaves such pictures out",
                            problems[firstBroken]));
  std::vector<std::string> broken;
  size_t kept = 0;
  for (size_t i = 0; i < pictures.size(); ++i) {
    if (problems[i].empty())
      std::swap(pictures[kept++], pictures[i]);
    else
      broken.push_back(std::move(problems[i]));
  }
  pictures.resize(kept);
  return broken;
}

std::string listed(const std::vector<std::string> &names) {
  constexpr size_t most = 5;
  std::vector<std::string> words;
  for (size_t i = 0; i < std::min(most, names.size()); ++i)
    words.push_back(fmt::format("`{}`", printable(names[i])));
  if (names.size() > most)
    return fmt::format("{} and {} more", fmt::join(words, ", "),
                       names.size() - most);
  if (words.size() < 2)
    return words.empty() ? "" : words[0];
  std::string last = std::move(words.back());
  words.pop_back();
  return fmt::format("{} and {}", fmt::join(words, ", "), last);
}

} // namespace netc::runtime::data
