// Finding data sets, and sets whose files disagree.
#include "runtime/data/Dataset.h"
#include "test/unit/train/TestFiles.h"

using namespace netc::runtime::data;
using namespace netc::test;

namespace {

struct Dataset : testing::Test {
  TempFolder folder;

  /// Only the folders of this test.
  SearchPath search(const std::string &explicitDirectory = "") {
    return {explicitDirectory, "", folder.path("user"), folder.path("system")};
  }
  std::string file(const std::string &name) {
    return folder.path("fashion-mnist/" + name);
  }
  DatasetInfo inspectHere() {
    return inspect("fashion-mnist", search(folder.path()));
  }
};

} // namespace

TEST_F(Dataset, HeadersAndExamples) {
  writeDataset(folder.path("fashion-mnist"), 25, 12);
  DatasetInfo info = inspectHere();
  EXPECT_EQ(info.name, "fashion-mnist");
  EXPECT_EQ(info.directory, folder.path("fashion-mnist"));
  EXPECT_EQ(info.shape, (std::vector<int64_t>{1, 2, 3}));
  EXPECT_EQ(info.classes, 10);
  EXPECT_EQ(info.trainExamples, 25);
  EXPECT_EQ(info.testExamples, 12);

  Examples test = loadExamples(info, Split::Test);
  EXPECT_EQ(test.count, 12);
  EXPECT_EQ(test.exampleBytes, 6);
  EXPECT_EQ(test.pixels[6 * 11 + 5], 16);
  EXPECT_EQ(test.labels[11], 1);
  EXPECT_EQ(loadExamples(info, Split::Train).count, 25);
}

TEST_F(Dataset, GzippedFiles) {
  writeDataset(folder.path("fashion-mnist"), 5, 4);
  for (const char *name :
       {"train-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}) {
    std::string text = readFile(file(name));
    writeFile(file(name) + std::string(".gz"),
              gzip(Bytes(text.begin(), text.end())));
    std::filesystem::remove(file(name));
  }
  DatasetInfo info = inspectHere();
  EXPECT_EQ(info.trainExamples, 5);
  EXPECT_EQ(loadExamples(info, Split::Train).pixels.size(), 30u);
}

TEST_F(Dataset, PlacesInOrder) {
  SearchPath path = search();
  path.variable = folder.path("variable");
  writeDataset(folder.path("system/fashion-mnist"), 1, 1);
  EXPECT_EQ(inspect("fashion-mnist", path).trainExamples, 1);
  writeDataset(folder.path("user/fashion-mnist"), 2, 1);
  EXPECT_EQ(inspect("fashion-mnist", path).trainExamples, 2);
  writeDataset(folder.path("variable/fashion-mnist"), 3, 1);
  EXPECT_EQ(inspect("fashion-mnist", path).trainExamples, 3);
  path.explicitDirectory = folder.path("explicit");
  writeDataset(folder.path("explicit"), 4, 1); // the folder itself
  EXPECT_EQ(inspect("fashion-mnist", path).trainExamples, 4);
}

TEST_F(Dataset, ExplicitFolderIsTheOnlyOne) {
  writeDataset(folder.path("system/fashion-mnist"), 1, 1);
  expectError([&] { inspect("fashion-mnist", search(folder.path("empty"))); },
              {"`fashion-mnist` not found", folder.path("empty/fashion-mnist"),
               "without --data", folder.path("system/fashion-mnist"),
               "apt install dataset-fashion-mnist"});
}

TEST_F(Dataset, MissingNamesThePlaces) {
  expectError([&] { inspect("fashion-mnist", search()); },
              {"not found", folder.path("user/fashion-mnist"),
               folder.path("system/fashion-mnist"), "$NETC_DATA is not set",
               "apt install dataset-fashion-mnist"});
}

TEST_F(Dataset, UnknownName) {
  expectError(
      [&] { inspect("fashion-mist", search()); },
      {"unknown data set `fashion-mist`", "did you mean `fashion-mnist`?"});
  expectError([&] { inspect("fashon_mnist", search()); },
              {"did you mean `fashion-mnist`?"});
  expectError([&] { inspect("q", search()); },
              {"known: mnist, fashion-mnist, emnist-balanced, ",
               "emnist-mnist, cifar-10, "
               "cifar-100, and folder:PATH"});
  expectError(
      [&] { inspect("emnist", search()); },
      {"its parts are emnist-balanced, emnist-byclass", "emnist-letters"});
  expectError([&] { inspect("", search()); }, {"known: mnist, fashion-mnist"});
}

TEST_F(Dataset, EnvironmentNamesTheFolders) {
  setenv("NETC_DATA", "/a", 1);
  setenv("XDG_DATA_HOME", "/b", 1);
  SearchPath path = SearchPath::fromEnvironment("/c");
  EXPECT_EQ(path.explicitDirectory, "/c");
  EXPECT_EQ(path.variable, "/a");
  EXPECT_EQ(path.userDirectory, "/b/netc/datasets");
  EXPECT_EQ(path.systemDirectory, "/usr/share/datasets");
  unsetenv("NETC_DATA");
  unsetenv("XDG_DATA_HOME");
  EXPECT_EQ(SearchPath::fromEnvironment().variable, "");
}

TEST_F(Dataset, OneFileMissing) {
  writeDataset(folder.path("fashion-mnist"), 5, 4);
  std::filesystem::remove(file("t10k-labels-idx1-ubyte"));
  expectError([&] { inspectHere(); },
              {folder.path("fashion-mnist"), "t10k-labels-idx1-ubyte"});
}

TEST_F(Dataset, CountsDiffer) {
  writeDataset(folder.path("fashion-mnist"), 5, 4);
  writeFile(file("train-labels-idx1-ubyte"), idx({3}, {1, 2, 3}));
  expectError([&] { inspectHere(); },
              {file("train-images-idx3-ubyte"), "5 images, but 3 labels in",
               file("train-labels-idx1-ubyte")});
}

TEST_F(Dataset, SizesDiffer) {
  writeDataset(folder.path("fashion-mnist"), 5, 2);
  writeFile(file("t10k-images-idx3-ubyte"), idx({2, 3, 2}, Bytes(12)));
  expectError([&] { inspectHere(); },
              {"images for training are 2x3, those for testing 3x2"});
}

TEST_F(Dataset, LabelOutsideTheClasses) {
  writeDataset(folder.path("fashion-mnist"), 5, 4);
  writeFile(file("train-labels-idx1-ubyte"), idx({5}, {1, 9, 3, 10, 200}));
  DatasetInfo info = inspectHere();
  expectError(
      [&] { loadExamples(info, Split::Train); },
      {file("train-labels-idx1-ubyte"), "label 10 of example 3", "10 classes"});
}

TEST_F(Dataset, ChangedSinceItsHeader) {
  writeDataset(folder.path("fashion-mnist"), 5, 4);
  DatasetInfo info = inspectHere();
  writeDataset(folder.path("fashion-mnist"), 6, 4);
  expectError([&] { loadExamples(info, Split::Train); }, {"changed since"});
}

TEST_F(Dataset, ZeroExamples) {
  writeDataset(folder.path("fashion-mnist"), 5, 0);
  expectError([&] { inspectHere(); },
              {file("t10k-images-idx3-ubyte"), "holds no examples"});
}
