// Which shards are for what, how many examples they hold, and of which classes.
#include "runtime/data/ShardDataset.h"
#include "runtime/Printable.h"

#include "runtime/data/KnownDatasets.h"
#include "runtime/data/PictureFolder.h"
#include "runtime/data/ShardNames.h"
#include "runtime/data/ShardStream.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fmt/format.h>

namespace netc::runtime::data {
namespace {

constexpr int64_t oneIn = 5; // is there to test, where no shards are

class ShardFiles final : public DatasetFiles {
public:
  Examples load(Split split) const override;

  std::shared_ptr<const ShardIndex> index;
  std::vector<ShardExample> train, test;
  PictureFormat format;
  size_t buffer = 1000;
};

Examples ShardFiles::load(Split split) const {
  auto stream = std::make_shared<ShardStream>(
      index, split == Split::Train ? train : test, buffer);
  Examples examples;
  examples.count = static_cast<int64_t>(stream->all().size());
  examples.exampleBytes =
      format.channels * format.size.height * format.size.width;
  for (const ShardExample &example : stream->all())
    examples.labels.push_back(example.label);
  examples.decode = [stream, format = format](int64_t example,
                                              std::span<uint8_t> out) {
    auto number = static_cast<uint32_t>(example);
    std::vector<uint8_t> bytes = stream->take(number);
    try {
      decodePicture("", bytes, format, out);
    } catch (const Error &error) {
      throw Error(stream->nameOf(number) + error.what());
    }
  };
  examples.stream = stream;
  return examples;
}

class ShardSetReader {
public:
  ShardSetReader(const DatasetName &name, const PictureRequest &request)
      : name(name), request(request) {}

  DatasetInfo inspect();

private:
  [[noreturn]] void fail(const std::string &what) const {
    throw Error(fmt::format("{}: {}", info.name, what));
  }
  void readOptions();
  void findFiles(std::vector<std::string> &paths, size_t &trainShards);
  void splitEveryFifth();
  void leaveOutBroken(std::vector<ShardExample> &examples);
  void decideClasses();

  const DatasetName &name;
  const PictureRequest &request;
  DatasetInfo info;
  std::shared_ptr<ShardFiles> files = std::make_shared<ShardFiles>();
  std::vector<std::string> broken;
};

void ShardSetReader::readOptions() {
  name.requireOptions({"test", "buffer"});
  if (name.path.empty())
    fail("names no shards; write shards:data/train-{000..009}.tar");
  if (auto text = name.option("buffer")) {
    constexpr size_t most = 1 << 20;
    auto [end, error] = std::from_chars(
        text->data(), text->data() + text->size(), files->buffer);
    if (error != std::errc() || end != text->data() + text->size() ||
        files->buffer < 1 || files->buffer > most)
      fail(fmt::format("`buffer={}`: a number of examples, 1 to {}",
                       printable(text->substr(0, 64)), most));
  }
}

/// The shards to train with, and behind them those to test with.
void ShardSetReader::findFiles(std::vector<std::string> &paths,
                               size_t &trainShards) {
  std::vector<std::string> found = findShards(name.path), test, validation;
  if (auto pattern = name.option("test")) {
    paths = found;
    test = findShards(*pattern);
    for (const std::string &path : test)
      if (std::find(paths.begin(), paths.end(), path) != paths.end())
        fail(fmt::format("{} is to train with and to test with",
                         printable(path)));
  } else {
    for (std::string &path : found)
      switch (roleOfShard(path)) {
      case ShardRole::Test:
        test.push_back(std::move(path));
        break;
      case ShardRole::Validation:
        validation.push_back(std::move(path));
        break;
      case ShardRole::Train:
      case ShardRole::None:
        paths.push_back(std::move(path));
        break;
      }
    if (paths.empty()) // they are what is named
      fail("all shards are there to test; `test=` says which are");
    if (test.empty())
      test = std::move(validation);
    else if (!validation.empty())
      info.notes.push_back(fmt::format("{}: {} shards for validation are left "
                                       "out, since there are some to test with",
                                       info.name, validation.size()));
  }
  trainShards = paths.size();
  paths.insert(paths.end(), test.begin(), test.end());
}

void ShardSetReader::splitEveryFifth() {
  std::vector<ShardExample> all = std::move(files->train);
  files->train.clear();
  for (size_t i = 0; i < all.size(); ++i)
    (i % oneIn == oneIn - 1 ? files->test : files->train).push_back(all[i]);
  info.notes.push_back(fmt::format(
      "{}: no shards called test or val; every fifth example, {} of {}, is "
      "there to test",
      info.name, files->test.size(), all.size()));
}

/// Decodes each picture: those that are counted can be decoded.
void ShardSetReader::leaveOutBroken(std::vector<ShardExample> &examples) {
  std::vector<uint8_t> out(
      static_cast<size_t>(info.shape[0] * info.shape[1] * info.shape[2]));
  std::optional<ShardFile> file;
  uint32_t shard = 0;
  std::erase_if(examples, [&](const ShardExample &example) {
    if (!file || shard != example.shard)
      file.emplace(files->index->paths[example.shard]);
    shard = example.shard;
    try {
      decodePicture("", file->read(example), files->format, out);
      return false;
    } catch (const Error &error) {
      broken.push_back(files->index->nameOf(example) + error.what());
      return true;
    }
  });
}

void ShardSetReader::decideClasses() {
  std::error_code ignored;
  std::filesystem::path folder =
      std::filesystem::path(files->index->paths[0]).parent_path();
  int64_t largest = 0;
  for (const auto *part : {&files->train, &files->test})
    for (const ShardExample &example : *part)
      largest = std::max<int64_t>(largest, example.label);
  info.classes = std::max(request.labels.classes, largest + 1);
  for (const auto &place : {folder, folder.parent_path()}) {
    std::string path = place / "classes.txt";
    if (!std::filesystem::exists(path, ignored))
      continue;
    info.classNames = readClassNames(path);
    info.classes = static_cast<int64_t>(info.classNames.size());
    if (largest >= info.classes)
      fail(fmt::format("has the label {}; {} names {} classes", largest,
                       printable(path), info.classes));
    return;
  }
}

DatasetInfo ShardSetReader::inspect() {
  info.name = printable(name.text);
  info.directory = name.path;
  checkPictureChannels(fmt::format("`{}`", info.name), request.format.channels);
  readOptions();
  files->format = request.format;
  const PictureFormat &format = files->format;
  info.shape = {format.channels, format.size.height, format.size.width};

  std::vector<std::string> paths;
  size_t trainShards = 0;
  findFiles(paths, trainShards);
  files->index =
      std::make_shared<const ShardIndex>(indexShards(std::move(paths)));
  for (const ShardExample &example : files->index->examples)
    (example.shard < trainShards ? files->train : files->test)
        .push_back(example);
  if (request.skipsBroken) {
    leaveOutBroken(files->train);
    leaveOutBroken(files->test);
    if (!broken.empty())
      info.notes.push_back(skippedReport(broken, " of " + info.name));
  }
  if (trainShards == files->index->paths.size())
    splitEveryFifth();
  decideClasses();
  if (files->train.empty())
    fail("no example to train with: pictures and labels are KEY.jpg (or .png) "
         "and KEY.cls");
  if (files->test.empty())
    fail("no example to test with");
  info.trainExamples = static_cast<int64_t>(files->train.size());
  info.testExamples = static_cast<int64_t>(files->test.size());
  info.files = files;
  return std::move(info);
}

} // namespace

DatasetInfo inspectShards(const DatasetName &name,
                          const PictureRequest &request) {
  return ShardSetReader(name, request).inspect();
}

} // namespace netc::runtime::data
