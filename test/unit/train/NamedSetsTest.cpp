// CIFAR's binary files, whole and damaged; the digits; maps of labels.
#include "runtime/data/Loader.h"
#include "test/unit/train/TestFiles.h"

using namespace netc::runtime::data;
using namespace netc::test;

namespace {

struct NamedSets : testing::Test {
  TempFolder folder;

  SearchPath search() { return {folder.path(), "", "", ""}; }

  void write(const std::string &name, const Bytes &bytes) {
    std::filesystem::create_directories(folder.path("set"));
    writeFile(folder.path("set/" + name), bytes);
  }
  DatasetInfo inspectSet(const std::string &name) {
    return inspect(name, {folder.path("set"), "", "", ""});
  }
};

/// Records of `labelBytes` labels and 3072 pixels; record i has the class
/// first + i, and pixel p is i + p.
Bytes records(int count, int labelBytes, int first) {
  Bytes bytes;
  for (int i = 0; i < count; ++i) {
    if (labelBytes == 2)
      bytes.push_back(19); // the coarse one
    bytes.push_back(static_cast<uint8_t>(first + i));
    for (int p = 0; p < 3072; ++p)
      bytes.push_back(static_cast<uint8_t>(i + p));
  }
  return bytes;
}

Bytes names(int count) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += "class " + std::to_string(i) + "\n";
  text += "\n"; // as cifar-10 has it
  return {text.begin(), text.end()};
}

} // namespace

TEST_F(NamedSets, Cifar10) {
  for (int i = 1; i <= 5; ++i)
    write("data_batch_" + std::to_string(i) + ".bin", records(i, 1, i));
  write("test_batch.bin", records(3, 1, 7));
  write("batches.meta.txt", names(10));
  DatasetInfo info = inspectSet("cifar-10");
  EXPECT_EQ(info.shape, (std::vector<int64_t>{3, 32, 32}));
  EXPECT_EQ(info.classes, 10);
  EXPECT_EQ(info.trainExamples, 15);
  EXPECT_EQ(info.testExamples, 3);
  EXPECT_EQ(info.classNames[9], "class 9");
  Examples train = loadExamples(info, Split::Train);
  EXPECT_EQ(train.count, 15);
  EXPECT_EQ(train.exampleBytes, 3072);
  EXPECT_EQ(train.pixels.size(), 15u * 3072);
  EXPECT_EQ(train.labels[14], 9); // the fifth file's last
  EXPECT_EQ(train.pixels[14 * 3072 + 3071], static_cast<uint8_t>(4 + 3071));
  EXPECT_EQ(loadExamples(info, Split::Test).labels,
            (std::vector<uint16_t>{7, 8, 9}));

  // Found beside others under its name or its archive's.
  std::filesystem::rename(folder.path("set"), folder.path("cifar-10"));
  EXPECT_EQ(inspect("cifar-10", search()).testExamples, 3);
  std::filesystem::rename(folder.path("cifar-10"),
                          folder.path("cifar-10-batches-bin"));
  EXPECT_EQ(inspect("cifar-10", search()).testExamples, 3);
}

TEST_F(NamedSets, Cifar100TakesTheFineLabels) {
  write("train.bin", records(4, 2, 96));
  write("test.bin", records(2, 2, 3));
  write("fine_label_names.txt", names(100));
  DatasetInfo info = inspectSet("cifar-100");
  EXPECT_EQ(info.classes, 100);
  EXPECT_EQ(loadExamples(info, Split::Train).labels,
            (std::vector<uint16_t>{96, 97, 98, 99}));
  EXPECT_EQ(loadExamples(info, Split::Test).pixels[3072], 1);
}

TEST_F(NamedSets, DamagedCifar) {
  auto expectHere = [&](const std::vector<std::string> &parts) {
    expectError([&] { loadExamples(inspectSet("cifar-100"), Split::Train); },
                parts);
  };
  expectHere({"`cifar-100` not found", folder.path("set/cifar-100"),
              "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz",
              "fine_label_names.txt"});
  write("train.bin", records(4, 2, 0));
  expectHere({folder.path("set"), "no file `test.bin`"});
  write("test.bin", records(1, 2, 0));
  expectHere({"no file `fine_label_names.txt`"});
  write("fine_label_names.txt", names(99));
  expectHere({"fine_label_names.txt", "99 names of classes, expected 100"});
  write("fine_label_names.txt", {'a', '\n', 'a', '\n'});
  expectHere({"`a` is there twice"});
  write("fine_label_names.txt", {'a', '\n', '\n', 'b', '\n'});
  expectHere({"line 2 has no name"});
  write("fine_label_names.txt", {0xff, '\n'});
  expectHere({"not UTF-8"});
  write("fine_label_names.txt", {});
  expectHere({"names no class"});
  write("fine_label_names.txt", names(100));
  Bytes cut = records(4, 2, 0);
  cut.pop_back();
  write("train.bin", cut);
  expectHere({"train.bin", "12295 bytes are not whole records of 3074"});
  write("train.bin", {});
  expectHere({"train.bin", "holds no examples"});
  write("train.bin", records(2, 2, 99)); // 99 and 100
  expectHere({"train.bin", "label 100 of example 1", "100 classes"});
}

TEST_F(NamedSets, Digits) {
  writeDataset(folder.path("set"), 5, 4);
  DatasetInfo info = inspectSet("mnist");
  EXPECT_EQ(info.classNames[3], "3");
  EXPECT_EQ(inspectSet("fashion-mnist").classNames[9], "ankle boot");
  EXPECT_TRUE(info.labelShape.empty());
  expectError(
      [&] { inspect("mnist", {folder.path("no"), "", "", ""}); },
      {"`mnist` not found", "https://ossci-datasets.s3.amazonaws.com/mnist/"});
}

// As Kaggle and 7-Zip unpack them.
TEST_F(NamedSets, IdxUnderOtherNames) {
  writeDataset(folder.path("set"), 5, 4);
  auto rename = [&](const std::string &from, const std::string &to) {
    std::filesystem::rename(folder.path("set/" + from),
                            folder.path("set/" + to));
  };
  rename("train-images-idx3-ubyte", "train-images.idx3-ubyte");
  rename("t10k-labels-idx1-ubyte", "t10k-labels.idx1-ubyte");
  std::filesystem::create_directories(
      folder.path("set/train-labels.idx1-ubyte"));
  rename("train-labels-idx1-ubyte",
         "train-labels.idx1-ubyte/train-labels-idx1-ubyte");
  rename("t10k-images-idx3-ubyte", "file");
  std::filesystem::create_directories(
      folder.path("set/t10k-images-idx3-ubyte"));
  rename("file", "t10k-images-idx3-ubyte/t10k-images.idx3-ubyte");
  DatasetInfo info = inspectSet("mnist");
  EXPECT_EQ(info.trainExamples, 5);
  EXPECT_EQ(info.testExamples, 4);
  EXPECT_EQ(loadExamples(info, Split::Test).labels[3], 3);
  // Torchvision's folders.
  std::filesystem::create_directories(folder.path("FashionMNIST"));
  std::filesystem::rename(folder.path("set"), folder.path("FashionMNIST/raw"));
  EXPECT_EQ(inspect("fashion-mnist", search()).trainExamples, 5);
}

TEST_F(NamedSets, Emnist) {
  auto put = [&](const std::string &part, uint8_t label) {
    for (const char *half : {"train", "test"}) {
      std::string prefix = "emnist-" + part + "-" + half;
      write(prefix + "-images-idx3-ubyte", idx({1, 2, 2}, {1, 2, 3, 4}));
      write(prefix + "-labels-idx1-ubyte", gzip(idx({1}, {label})));
    }
  };
  struct Part {
    std::string name;
    int64_t classes;
    std::string last;
  };
  for (const Part &part : {Part{"letters", 27, "z"}, Part{"balanced", 47, "t"},
                           Part{"bymerge", 47, "t"}, Part{"byclass", 62, "z"},
                           Part{"digits", 10, "9"}, Part{"mnist", 10, "9"}}) {
    auto label = static_cast<uint8_t>(part.classes - 1);
    put(part.name, label);
    DatasetInfo info = inspectSet("emnist-" + part.name);
    EXPECT_EQ(info.classes, part.classes) << part.name;
    EXPECT_EQ(info.classNames.back(), part.last) << part.name;
    EXPECT_EQ(loadExamples(info, Split::Test).labels[0], label);
  }
  EXPECT_EQ(inspectSet("emnist-letters").classNames[1], "a");
  EXPECT_EQ(inspectSet("emnist-balanced").classNames[36], "a");
  expectError([&] { inspectSet("mnist"); },
              {"has other files: emnist-balanced-test-images-idx3-ubyte",
               "these are of `emnist-"});
  std::filesystem::rename(folder.path("set"), folder.path("gzip"));
  EXPECT_EQ(inspect("emnist-letters", search()).trainExamples, 1);
  expectError(
      [&] { inspect("emnist-letters", {folder.path("no"), "", "", ""}); },
      {"https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip"});
}

TEST_F(NamedSets, OtherFormsAreRecognised) {
  write("data_batch_1", {0x80, 2});
  write("batches.meta", {0x80, 2});
  expectError([&] { inspectSet("cifar-10"); },
              {folder.path("set") + " has other files: batches.meta, "
                                    "data_batch_1 (this is CIFAR in its "
                                    "Python form",
               "the binary version is", "cifar-10-binary.tar.gz"});
  std::filesystem::rename(folder.path("set"),
                          folder.path("cifar-10-batches-py"));
  expectError([&] { inspect("cifar-10", search()); }, {"Python form"});
  write("cifar-100-binary.tar.gz", {1});
  expectError([&] { inspectSet("cifar-100"); },
              {"cifar-100-binary.tar.gz is not unpacked: tar -xzf"});
  expectError([&] { inspectSet("mnist"); },
              {"cifar-100-binary.tar.gz is not unpacked"});
  std::string file = folder.path("set/cifar-100-binary.tar.gz");
  expectError([&] { inspect("mnist", {file, "", "", ""}); },
              {file + " is a file, not a folder"});
  write("train-images-idx3-ubyte",
        {'<', '!', 'D', 'O', 'C', 'T', 'Y', 'P', 'E'});
  expectError([&] { inspectSet("mnist"); },
              {"no file `train-labels-idx1-ubyte`", "in it are cifar-100-"});
  write("train-labels-idx1-ubyte", {'<', '!', 'D', 'O', 'C'});
  expectError([&] { inspectSet("mnist"); }, {"is a page of the web, not IDX"});
  for (int i = 1; i <= 5; ++i)
    write("data_batch_" + std::to_string(i) + ".bin", {0x80, 2, 3});
  expectError([&] { inspectSet("cifar-10"); },
              {"data_batch_1.bin", "Python form (a pickle)"});
}

TEST_F(NamedSets, LabelMaps) {
  writeDataset(folder.path("set"), 3, 2);
  for (const char *name : {"train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte"})
    std::filesystem::remove(folder.path("set/" + std::string(name)));
  Bytes labels;
  for (int i = 0; i < 18; ++i)
    labels.push_back(static_cast<uint8_t>(i % 3));
  write("train-labels-idx3-ubyte", idx({3, 2, 3}, labels));
  labels.resize(12);
  write("t10k-labels-idx3-ubyte", idx({2, 2, 3}, labels));
  write("classes.txt", {'s', 'k', 'y', '\n', 'a', '\n', 'b', '\r', '\n'});
  DatasetInfo info = inspectSet("mnist");
  EXPECT_EQ(info.labelShape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(info.classes, 3);
  EXPECT_EQ(info.classNames, (std::vector<std::string>{"sky", "a", "b"}));
  Examples train = loadExamples(info, Split::Train);
  EXPECT_EQ(train.exampleLabels, 6);
  ASSERT_EQ(train.labels.size(), 18u);

  Loader loader(train, 2, 1);
  loader.start({2, 0, 1});
  const Batch *batch = loader.next();
  EXPECT_EQ(batch->samples, (std::vector<int32_t>{2, 0}));
  EXPECT_EQ(batch->labels,
            (std::vector<int32_t>{0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2}));
  batch = loader.next(); // filled up with zeros
  EXPECT_EQ(batch->size, 1);
  EXPECT_EQ(batch->labels,
            (std::vector<int32_t>{0, 1, 2, 0, 1, 2, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(batch->samples, (std::vector<int32_t>{1, 0}));

  write("classes.txt", {'s', '\n', 'a', '\n'});
  expectError([&] { loadExamples(inspectSet("mnist"), Split::Train); },
              {"train-labels-idx3-ubyte", "label 2 of example 0", "2 classes"});
  write("t10k-labels-idx3-ubyte", idx({2, 3, 2}, labels));
  expectError([&] { inspectSet("mnist"); },
              {"are not of the shape of those for testing"});
  write("train-labels-idx1-ubyte", idx({3}, {0, 1, 2}));
  expectError([&] { inspectSet("mnist"); },
              {"train-labels-idx1-ubyte", "beside labels of pixels"});
}
