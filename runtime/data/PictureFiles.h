// Which files a folder of pictures holds, what in it is left out, and work on
// many files at a time.
#pragma once

#include "runtime/data/PictureFolder.h"

#include <atomic>
#include <functional>
#include <map>

namespace netc::runtime::data {

/// A file or folder in a folder.
struct FolderEntry {
  std::string name;
  bool isDirectory = false; // or a link to one
  uint64_t inode = 0;
};

/// What is in a folder, but for names that begin with a dot, in the order of
/// their bytes: no order of the disk's, no locale. Throws Error naming it.
std::vector<FolderEntry> entriesIn(const std::string &directory);

/// Follows links: a link to a folder is one. A link that leads nowhere, or in
/// a circle, is none.
bool isDirectory(const std::string &path);

/// What a folder of pictures holds and does not take.
struct LeftOut {
  std::map<std::string, size_t> endings; // of files that are no pictures
  size_t files = 0;                      // of them in all
  size_t folders = 0;                    // below a class
  size_t loose = 0;                      // pictures in no class's folder
  std::string folder, picture;           // the first of each, a path

  void add(const FolderEntry &entry, const std::string &directory);
  void addLoose(const std::string &directory,
                const std::vector<FolderEntry> &entries);
  void add(const LeftOut &more);
  /// "40 other files left out: .gif 30, .txt 10"; empty if none was.
  std::string filesText() const;
};

/// The pictures among `entries` of `directory`; the rest goes to `leftOut`.
std::vector<PictureFile> picturesAmong(const std::vector<FolderEntry> &entries,
                                       const std::string &directory,
                                       uint32_t label, LeftOut &leftOut);

/// Calls `work` with each index below `count`, in any order and from several
/// threads, as many as there can be. Throws what `work` throws at the smallest
/// index; those behind it may then not have been called.
void inParallel(size_t count, const std::function<void(size_t)> &work);

/// Whether a set has 16 bits: any picture of it, or what takes it.
class Depth {
public:
  explicit Depth(const PictureFormat &asked) : isDeep(asked.bits == 16) {}
  void add(const PictureHeader &header) {
    if (header.bits == 16)
      isDeep = true;
  }
  int bits() const { return isDeep ? 16 : 8; }

private:
  std::atomic<bool> isDeep;
};

/// What is done with a picture before anything is compiled: its header is read,
/// or it is decoded. Throws the Error that it is broken.
using CheckPicture = std::function<void(const PictureFile &)>;

/// Checks each picture, in the order in which they lie on the disk. Broken ones
/// are named and leave `pictures`, or the first of them is an Error.
std::vector<std::string> checkPictures(std::vector<PictureFile> &pictures,
                                       bool skipsBroken,
                                       const CheckPicture &check);

/// "`a`, `b` and 12 more": names for a message.
std::string listed(const std::vector<std::string> &names);

} // namespace netc::runtime::data
