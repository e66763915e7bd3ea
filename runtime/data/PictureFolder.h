// A folder of pictures, one folder a class or a mask a picture: which files
// there are, and their decoding.
//
//   PATH/train/CLASS/*.png|jpg|... and PATH/test/CLASS/... (or `val`, `valid`,
//   `validation`), or PATH/CLASS/*...: every fifth picture of each class is
//   then for testing;
//   PATH/train/images/* and PATH/train/masks/*.png of the same names, and so in
//   PATH/test, or PATH/images/* and PATH/masks/*: every fifth is for testing.
#pragma once

#include "runtime/data/Dataset.h"
#include "runtime/data/DatasetName.h"

namespace netc::runtime::data {

struct PictureFile {
  uint32_t label = 0;
  std::string path;
  std::string mask;   // a path: the labels of its pixels; else empty
  uint64_t inode = 0; // about where it lies on the disk
};

/// The pictures of a `folder:`, in the order of their classes' names and their
/// own, byte by byte.
struct PictureFolder {
  PictureFormat format;
  int32_t ignored = -1; // of the labels of masks; -1: none
  std::vector<PictureFile> train, test;
  std::vector<std::string> broken; // what was skipped: "FILE: reason"
  bool skipsBroken = false;        // also those that break later

  const std::vector<PictureFile> &of(Split split) const {
    return split == Split::Train ? train : test;
  }
};

/// Lists a folder and reads the headers of its pictures (all of its masks).
/// Throws Error naming the folder or the file: not there or not readable, no
/// class or only one, a class without pictures or with a name that is no UTF-8,
/// a class for testing that is none for training, a picture without a mask, a
/// broken picture that is not to be skipped.
DatasetInfo inspectPictureFolder(const DatasetName &name,
                                 const PictureRequest &request);

/// The labels of a half, and what decodes its pictures and masks; where broken
/// ones are skipped, what notes those that break later.
Examples loadPictureFolder(const DatasetInfo &info, Split split);

/// "skipped 3 broken pictures: A: reason; B: reason ..."; empty if none was.
std::string skippedReport(const DatasetInfo &info);
/// The same of any pictures; `where` is behind "pictures".
std::string skippedReport(const std::vector<std::string> &broken,
                          std::string_view where);
/// The same with another word than "skipped".
std::string brokenReport(std::string_view what,
                         const std::vector<std::string> &broken,
                         std::string_view where);

} // namespace netc::runtime::data
