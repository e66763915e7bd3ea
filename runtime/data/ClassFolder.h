// What the two kinds of folders of pictures have to do with one another: the
// folders of training and testing, and the files that are found in them.
#pragma once

#include "runtime/data/PictureFiles.h"

namespace netc::runtime::data {

/// The folders of a set's halves; where `train` is empty, there is one folder,
/// and every fifth of its pictures is for testing.
struct SplitFolders {
  std::string root, train, test;

  bool isSplit() const { return !train.empty(); }
};

/// Of a half without a folder of its own, every which is for testing.
constexpr size_t testOneIn = 5;

/// Finds `train`, and `test` or what stands for it. Throws Error naming `root`:
/// no folder, or one half alone. `notes` gets what was passed over.
SplitFolders findSplit(const std::string &root,
                       std::vector<std::string> &notes);

/// Whether it has masks: `images` and `masks` in it or in its `train`.
bool hasMasks(const SplitFolders &folders);

/// Lists the pictures and classes. Throws Error as inspectPictureFolder does.
void listClasses(const SplitFolders &folders, DatasetInfo &info,
                 PictureFolder &folder, LeftOut &leftOut);
/// After the broken ones have left. Throws Error for a class without pictures
/// and a set without pictures for testing; `info.warnings` gets the others.
void checkClasses(const SplitFolders &folders, DatasetInfo &info,
                  const PictureFolder &folder, const LeftOut &leftOut);

/// Lists the pictures and the masks of the same names.
void listMasks(const SplitFolders &folders, DatasetInfo &info,
               PictureFolder &folder, LeftOut &leftOut);
/// Reads each mask and fills in the classes: those of `classes.txt`, the
/// largest label and one more, or those of the network if they are more.
void checkMasks(const SplitFolders &folders, DatasetInfo &info,
                PictureFolder &folder, const PictureRequest &request);

} // namespace netc::runtime::data
