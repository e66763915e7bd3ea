// Folders of pictures and masks.
#include "TestPictures.h"
#include "runtime/data/Loader.h"
#include "runtime/data/PictureFolder.h"

#include <fmt/format.h>

using namespace netc::runtime::data;
using namespace netc::test;

namespace fs = std::filesystem;

namespace {

struct Masks : testing::Test {
  TempFolder temp;
  std::string root = temp.path("photos");

  void write(const std::string &path, const Bytes &bytes) {
    std::string whole = root + "/" + path;
    fs::create_directories(fs::path(whole).parent_path());
    writeFile(whole, bytes);
  }
  /// A picture of 2x4 and its mask: the left half has one label, the right
  /// half another.
  void add(const std::string &half, const std::string &name, uint8_t left,
           uint8_t right) {
    write(half + "images/" + name + ".jpg", jpeg(2, 4, plain({9, 9, 9})));
    PngOptions grey;
    grey.colour = PNG_COLOR_TYPE_GRAY;
    write(half + "masks/" + name + ".png",
          png(
              2, 4, [&](int, int x) { return Bytes{x < 2 ? left : right}; },
              grey));
  }
  DatasetInfo inspectHere(const std::string &options = "", int64_t classes = 0,
                          bool skipsBroken = false) {
    PictureRequest request{{3, {2, 2}}, skipsBroken, {}, {}};
    request.labels.classes = classes;
    return inspect("folder:" + root + options, {}, request);
  }
  void expectHere(const std::string &options,
                  const std::vector<std::string> &parts, int64_t classes = 0) {
    expectError([&] { inspectHere(options, classes); }, parts);
  }
};

} // namespace

TEST_F(Masks, Labels) {
  add("train/", "b", 0, 2);
  add("train/", "a", 1, 255);
  add("test/", "c", 0, 0);
  DatasetInfo info = inspectHere("?ignore=255");
  EXPECT_EQ(info.summary,
            "folder:" + root + ": 3 pictures with masks of 3 classes");
  EXPECT_EQ(info.labelShape, (std::vector<int64_t>{2, 2}));
  EXPECT_EQ(info.trainExamples, 2);
  EXPECT_EQ(info.testExamples, 1);
  EXPECT_TRUE(info.ignoresLabel);
  Examples train = loadExamples(info, Split::Train);
  for (int workers : {0, 2}) {
    Loader loader(train, 3, workers);
    loader.start({1, 0});
    EXPECT_EQ(loader.next()->labels,
              (std::vector<int32_t>{0, 2, 0, 2, 1, -1, 1, -1, 0, 0, 0, 0}));
  }
  // As many classes as the network has, or as have a name.
  EXPECT_EQ(inspectHere("?ignore=255", 21).classes, 21);
  write("classes.txt", {'s', '\n', 't', '\n', 'u', '\n', 'v', '\n'});
  EXPECT_EQ(inspectHere("?ignore=255").classes, 4);
  EXPECT_EQ(inspectHere("?ignore=255").classNames[3], "v");
}

TEST_F(Masks, WithoutSplitEveryFifth) {
  for (int i = 0; i < 6; ++i)
    add("", fmt::format("{}", i), 0, 1);
  DatasetInfo info = inspectHere();
  EXPECT_EQ(info.trainExamples, 5);
  EXPECT_EQ(info.testExamples, 1);
  EXPECT_FALSE(info.ignoresLabel);
}

TEST_F(Masks, Mistakes) {
  add("train/", "a", 0, 255);
  expectHere("", {"no folder `test` or `val` beside `train`"});
  fs::create_directories(root + "/test");
  expectHere("", {root + "/test/images: no such folder", "`masks` beside it"});
  add("test/", "b", 0, 1);
  EXPECT_EQ(inspectHere().classes, 256);
  expectHere("",
             {root + "/train/masks/a.png: has the label 255",
              "2 classes, 0 to 1",
              "folder:" + root + "?ignore=255` leaves such pixels out"},
             2);
  expectHere("?ignore=x", {"`ignore` is a label, 0 to 65535, got `x`"});
  expectHere("?ignore=70000", {"got `70000`"});
  expectHere("?ignored=1", {"no option `ignored`; `folder:` has ignore"});

  fs::rename(root + "/train/masks/a.png", root + "/train/masks/z.png");
  expectHere("?ignore=255", {root + "/train/images/a.jpg: has no mask",
                             "/train/masks/a.png", "--skip-broken"});
  fs::rename(root + "/train/masks/z.png", root + "/train/masks/a.png");
  add("train/", "c", 0, 1);
  write("train/images/c.jpg", jpeg(4, 4, plain({9, 9, 9})));
  expectHere("?ignore=255", {"masks/c.png: a mask of 2x4, but its picture is "
                             "of 4x4"});
  EXPECT_EQ(inspectHere("?ignore=255", 0, /*skipsBroken=*/true).trainExamples,
            1);
  write("train/images/c.jpg", jpeg(2, 4, plain({9, 9, 9})));
  write("train/masks/c.png", png(2, 4, plain({1, 2, 3})));
  expectHere("?ignore=255", {"masks/c.png: is a PNG of colours"});
  fs::remove(root + "/train/images/c.jpg");
  EXPECT_NE(inspectHere("?ignore=255").warnings.at(0).find("has no picture"),
            std::string::npos);
  add("train/", "a", 255, 255);
  add("test/", "b", 255, 255);
  fs::remove(root + "/train/masks/c.png");
  expectHere("?ignore=255", {"every pixel of its masks is ignored"});
}

// The labels of a class folder are not the pixels'.
TEST_F(Masks, IgnoreIsForMasks) {
  for (const char *name : {"x", "y"})
    for (int i = 0; i < 5; ++i)
      write(fmt::format("{}/{}.png", name, i), png(2, 2, plain({1, 2, 3})));
  expectHere("?ignore=1", {"`ignore` is for masks"});
}
