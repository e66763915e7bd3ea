// Folders of pictures: good ones, strange ones, and hostile ones.
#include "runtime/data/PictureFolder.h"
#include "TestPictures.h"
#include "runtime/data/Loader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

using namespace netc::runtime::data;
using namespace netc::test;

namespace fs = std::filesystem;

namespace {

struct Folder : testing::Test {
  TempFolder temp;
  std::string root = temp.path("photos");

  /// A picture of one colour.
  void add(const std::string &path, uint8_t red) {
    std::string whole = root + "/" + path;
    fs::create_directories(fs::path(whole).parent_path());
    bool isPng = path.ends_with("png") || path.ends_with("PNG");
    Pixel pixel = plain({red, 0, 0});
    writeFile(whole, isPng ? png(5, 7, pixel) : jpeg(9, 6, pixel));
  }
  /// Two classes, two pictures each to train, one each to test.
  void addAll() {
    add("train/cat/b.png", 20);
    add("train/cat/a.jpg", 10);
    add("train/dog/1.JPEG", 110);
    add("train/dog/2.PNG", 120);
    add("test/dog/t.png", 200);
    add("test/cat/t.jpeg", 100);
  }
  DatasetInfo inspectHere(bool skipsBroken = false, int64_t channels = 3) {
    PictureRequest request{{channels, {4, 4}}, skipsBroken};
    return inspect("folder:" + root, {}, request);
  }
  void expectHere(const std::vector<std::string> &parts) {
    expectError([&] { inspectHere(); }, parts);
  }
};

uint8_t redOf(const Examples &examples, int64_t example) {
  Bytes pixels(static_cast<size_t>(examples.exampleBytes));
  examples.decode(example, pixels);
  return pixels[0];
}

void expectSaid(const std::vector<std::string> &sentences,
                const std::string &part) {
  for (const std::string &sentence : sentences)
    if (sentence.find(part) != std::string::npos)
      return;
  ADD_FAILURE() << "`" << part << "` is not in: "
                << fmt::format("{}", fmt::join(sentences, "; "));
}

} // namespace

TEST_F(Folder, Pictures) {
  addAll();
  writeFile(root + "/train/cat/notes.txt", "not a picture");
  writeFile(root + "/train/cat/.hidden.png", "nor one that counts");
  fs::create_directories(root + "/train/cat/more.png"); // a folder
  writeFile(root + "/train/readme.png", "no class");
  DatasetInfo info = inspectHere();
  EXPECT_EQ(info.shape, (std::vector<int64_t>{3, 4, 4}));
  EXPECT_EQ(info.classes, 2);
  EXPECT_EQ(info.classNames, (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(info.trainExamples, 4);
  EXPECT_EQ(info.testExamples, 2);
  Examples train = loadExamples(info, Split::Train);
  EXPECT_EQ(train.labels, (std::vector<uint16_t>{0, 0, 1, 1}));
  for (int64_t i = 0; i < 4; ++i) // in the order of the names
    EXPECT_NEAR(redOf(train, i), (std::array{10, 20, 110, 120})[i], 3);
  Examples test = loadExamples(info, Split::Test);
  EXPECT_EQ(test.labels, (std::vector<uint16_t>{0, 1}));
  EXPECT_NEAR(redOf(test, 1), 200, 1);
  EXPECT_EQ(inspectHere(false, 1).shape[0], 1);
  EXPECT_EQ(skippedReport(info), "");
}

TEST_F(Folder, ValStandsInForTest) {
  addAll();
  fs::rename(root + "/test", root + "/val");
  EXPECT_EQ(inspectHere().testExamples, 2);
}

TEST_F(Folder, ValidAndValidationToo) {
  addAll();
  fs::rename(root + "/test", root + "/validation");
  EXPECT_EQ(inspectHere().testExamples, 2);
  add("valid/cat/1.png", 1);
  DatasetInfo info = inspectHere();
  EXPECT_EQ(info.testExamples, 1);
  expectSaid(info.warnings, "`validation` in " + root + " is not used");
  fs::create_directories(root + "/test"); // a competition's, without classes
  EXPECT_EQ(inspectHere().testExamples, 1);
}

TEST_F(Folder, TellsWhatItHolds) {
  addAll();
  DatasetInfo info = inspectHere();
  EXPECT_EQ(info.summary, "folder:" + root + ": 6 pictures of 2 classes");
  EXPECT_TRUE(info.warnings.empty());
  for (const char *name : {"a.gif", "b.GIF", "c"})
    writeFile(root + "/train/cat/" + name, "no picture");
  EXPECT_EQ(inspectHere().summary,
            "folder:" + root +
                ": 6 pictures of 2 classes; 3 other files left out: .gif 2, "
                "without an ending 1");
  fs::remove(root + "/train/cat/c");
  EXPECT_TRUE(inspectHere().summary.ends_with("2 other files left out: .gif"));

  add("train/loose.png", 1);
  add("also.png", 1);
  add("train/cat/more/1.png", 1);
  info = inspectHere();
  EXPECT_EQ(info.trainExamples, 4);
  expectSaid(info.warnings, "2 pictures stand in no class folder and are left "
                            "out: " +
                                root + "/train/loose.png");
  expectSaid(info.warnings, "1 folder below a class is left out, with what is "
                            "in it: " +
                                root + "/train/cat/more");
}

TEST_F(Folder, AClassThatIsNotTested) {
  addAll();
  fs::remove(root + "/test/dog/t.png");
  expectSaid(inspectHere().warnings, "class `dog` of " + root +
                                         " has no picture for testing: the "
                                         "test accuracy says nothing of it");
  fs::remove_all(root + "/test/dog");
  expectSaid(inspectHere().warnings, "class `dog`");
}

TEST_F(Folder, SplitInCapitals) {
  for (const char *half : {"Train", "Test"})
    for (int i = 0; i < 5; ++i)
      add(fmt::format("{}/{}.png", half, i), 10);
  expectSaid(inspectHere().warnings,
             "`Test` and `Train` in " + root +
                 " are each taken for a class: did you mean `test` and "
                 "`train`, in small letters?");
  fs::remove_all(root);
  add("Train/cat/1.png", 10);
  add("Test/cat/1.png", 10);
  expectHere({"class `Test` has no picture for training",
              "did you mean `test` and `train`"});
}

TEST_F(Folder, PicturesWithoutClass) {
  for (int i = 0; i < 3; ++i)
    add(fmt::format("{}.png", i), 10);
  expectHere({"no folder in it", "its 3 pictures stand in no class folder"});
}

TEST_F(Folder, SixteenBitsIfAnyHasThem) {
  addAll();
  EXPECT_EQ(inspectHere().element, netc::runtime::ElementType::U8);
  PngOptions deep;
  deep.depth = 16;
  writeFile(root + "/test/cat/deep.png", png(4, 4, plain({1, 2, 3}), deep));
  DatasetInfo info = inspectHere();
  EXPECT_EQ(info.element, netc::runtime::ElementType::U16);
  Examples train = loadExamples(info, Split::Train);
  ASSERT_EQ(train.exampleBytes, 3 * 4 * 4 * 2);
  Bytes out(96);
  train.decode(1, out); // a PNG of 8 bits, 20 in red
  EXPECT_EQ(out[0] | out[1] << 8, 20 * 257);
}

TEST_F(Folder, WithoutSplitEveryFifth) {
  for (int i = 0; i < 11; ++i)
    for (const char *name : {"x", "y"})
      add(fmt::format("{}/{:02}.png", name, i), static_cast<uint8_t>(10 * i));
  DatasetInfo info = inspectHere();
  EXPECT_EQ(info.trainExamples, 18);
  EXPECT_EQ(info.testExamples, 4);
  Examples test = loadExamples(info, Split::Test);
  EXPECT_EQ(test.labels, (std::vector<uint16_t>{0, 0, 1, 1}));
  EXPECT_EQ(redOf(test, 0), 40);
  EXPECT_EQ(redOf(test, 3), 90);
}

TEST_F(Folder, Splits) {
  expectHere({root, "no such folder", "train/CLASS/"});
  writeFile(root, "a file");
  expectHere({root, "is not a folder"});
  fs::remove(root);
  addAll();
  fs::rename(root + "/test", root + "/elsewhere");
  expectHere({root, "no folder `test` or `val` beside `train`"});
  fs::rename(root + "/elsewhere", root + "/test");
  fs::rename(root + "/train", root + "/elsewhere");
  expectHere({root, "no folder `train` beside `test`"});
  fs::rename(root + "/elsewhere", root + "/Train");
  expectHere({"no folder `train` beside `test`", "`Train`",
              "did you mean `train`, in small letters?"});
  expectError([&] { inspect("folder:", {}); }, {"names no folder"});
}

TEST_F(Folder, Classes) {
  fs::create_directories(root);
  expectHere({root, "no folder in it"});
  add("only/1.png", 1);
  expectHere({root, "`only` is the only class"});
  fs::create_directories(root + "/second");
  expectHere({root, "class `second` has no picture for training"});
  add("second/1.png", 1);
  expectHere({root, "no picture for testing", "every fifth"});
  fs::remove_all(root);
  addAll();
  add("test/bird/1.png", 1);
  expectHere({root + "/test", "the class `bird` is not in", root + "/train"});
}

TEST_F(Folder, ChannelsOfTheNetwork) {
  addAll();
  expectError([&] { inspectHere(false, 4); }, {"the network takes 4"});
}

TEST_F(Folder, NamesThatAreNoText) {
  addAll();
  add("train/cat/\xff\xfe.png", 30); // a file may be called anything
  EXPECT_EQ(inspectHere().trainExamples, 5);
  writeFile(root + "/train/cat/\xff\xfe.png", "broken");
  expectHere({"\\xff\\xfe.png", "neither a PNG nor a JPEG"});
  fs::remove(root + "/train/cat/\xff\xfe.png");
  add("train/\xc3\x28/1.png", 1); // a class may not
  expectHere({root + "/train", "`\\xc3(` is not UTF-8"});
}

TEST_F(Folder, Links) {
  addAll();
  // A class that is a link; a circle that is a class's name, a file in one.
  fs::rename(root + "/train/cat", temp.path("cats"));
  fs::create_directory_symlink(temp.path("cats"), root + "/train/cat");
  fs::create_directory_symlink(root, temp.path("cats") + "/up");
  fs::create_symlink("circle", root + "/train/circle");
  EXPECT_EQ(inspectHere().trainExamples, 4);
  fs::create_symlink("circle.png", root + "/train/dog/circle.png");
  expectHere({root + "/train/dog/circle.png", "symbolic links"});
}

TEST_F(Folder, UnreadableFolder) {
  if (geteuid() == 0)
    GTEST_SKIP() << "root may read everything";
  addAll();
  fs::permissions(root + "/train/dog", fs::perms::none);
  expectHere({root + "/train/dog", "ermission denied"});
  fs::permissions(root + "/train/dog", fs::perms::owner_all);
}

TEST_F(Folder, BrokenPictures) {
  addAll();
  writeFile(root + "/train/cat/c.png", "no picture");
  writeFile(root + "/train/dog/0.png", "");
  // The first in order is named, whoever finds it.
  for (int i = 0; i < 5; ++i)
    expectHere({root + "/train/cat/c.png", "neither", "--skip-broken"});
  std::string cut = root + "/test/cat/cut.jpg"; // its header is good
  Bytes whole = jpeg(64, 64, [](int y, int x) {
    return std::vector<uint8_t>(3, static_cast<uint8_t>(y * 91 + x * x * 57));
  });
  writeFile(cut, Bytes(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(
                                                          whole.size() / 2)));
  DatasetInfo info = inspectHere(/*skipsBroken=*/true);
  EXPECT_EQ(info.trainExamples, 4);
  EXPECT_EQ(info.testExamples, 2);
  std::string report = skippedReport(info);
  for (const char *part : {"skipped 3 broken pictures of folder:", "c.png",
                           "0.png: an empty file", "cut.jpg"})
    EXPECT_NE(report.find(part), std::string::npos) << report;

  // Without skipping, what a header hides is found when it is decoded.
  fs::remove(root + "/train/cat/c.png");
  fs::remove(root + "/train/dog/0.png");
  info = inspectHere();
  EXPECT_EQ(info.testExamples, 3);
  Examples test = loadExamples(info, Split::Test);
  for (int workers : {0, 1, 3}) {
    Loader loader(test, 1, workers);
    loader.start(exampleOrder(3, Order::Sequential, 0, 0));
    expectError(
        [&] {
          while (loader.next()) {
          }
        },
        {cut});
    loader.start({1, 2}); // another pass is not harmed
    EXPECT_NE(loader.next(), nullptr);
  }
}

// A class with nothing left is an error, not a smaller set.
TEST_F(Folder, AllOfAClassBroken) {
  addAll();
  for (const char *name : {"1.JPEG", "2.PNG"})
    writeFile(root + "/train/dog/" + name, "broken");
  expectError([&] { inspectHere(/*skipsBroken=*/true); },
              {"class `dog` has no picture for training"});
}

TEST_F(Folder, BatchesForAnyNumberOfWorkers) {
  for (int i = 0; i < 23; ++i)
    add(fmt::format("{}/{:02}.png", i % 2 ? "x" : "y", i),
        static_cast<uint8_t>(10 * i));
  DatasetInfo info = inspectHere();
  Examples train = loadExamples(info, Split::Train);
  auto batches = [&](int workers) {
    Loader loader(train, 4, workers);
    loader.start(exampleOrder(train.count, Order::Shuffled, 3, 1));
    Bytes all;
    while (const Batch *batch = loader.next())
      all.insert(all.end(), batch->pixels.begin(), batch->pixels.end());
    return all;
  };
  Bytes alone = batches(0);
  EXPECT_EQ(batches(1), alone);
  EXPECT_EQ(batches(5), alone);
}
