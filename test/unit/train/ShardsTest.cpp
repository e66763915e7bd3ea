// Shards: which files a pattern means, what tars hold, and the order in which
// their examples are read and given.
#include "runtime/data/Loader.h"
#include "runtime/data/ShardDataset.h"
#include "runtime/data/ShardNames.h"
#include "runtime/data/ShardStream.h"
#include "test/unit/train/TestFiles.h"

#include <algorithm>
#include <numeric>

using namespace netc::runtime::data;
using namespace netc::test;

namespace {

/// A member of a tar, by POSIX.1-1988 (ustar).
Bytes member(const std::string &name, const Bytes &content) {
  Bytes header(512, 0);
  auto put = [&](size_t at, const std::string &text) {
    std::copy(text.begin(), text.end(),
              header.begin() + static_cast<ptrdiff_t>(at));
  };
  auto octal = [](size_t number, int digits) {
    std::string text(static_cast<size_t>(digits), '0');
    for (size_t i = text.size(); i-- > 0; number /= 8)
      text[i] = static_cast<char>('0' + number % 8);
    return text;
  };
  put(0, name);
  put(100, "0000644");
  put(124, octal(content.size(), 11));
  put(136, octal(0, 11));
  put(148, "        ");
  header[156] = '0';
  put(257, "ustar");
  put(263, "00");
  size_t sum = std::accumulate(header.begin(), header.end(), size_t{0});
  put(148, octal(sum, 6) + '\0');
  header.insert(header.end(), content.begin(), content.end());
  header.resize((header.size() + 511) / 512 * 512);
  return header;
}

Bytes text(const std::string &text) { return {text.begin(), text.end()}; }

/// A tar of examples whose pictures are the bytes of their numbers.
Bytes shardOf(int first, int last) {
  Bytes tar;
  for (int i = first; i < last; ++i)
    for (const Bytes &part :
         {member(std::to_string(i) + ".jpg", Bytes(10, uint8_t(i))),
          member(std::to_string(i) + ".json", text("{}")),
          member(std::to_string(i) + ".cls", text(std::to_string(i % 3)))})
      tar.insert(tar.end(), part.begin(), part.end());
  tar.resize(tar.size() + 1024);
  return tar;
}

std::vector<ShardExample> inShards(std::vector<uint32_t> sizes) {
  std::vector<ShardExample> examples;
  for (uint32_t shard = 0; shard < sizes.size(); ++shard)
    for (uint32_t i = 0; i < sizes[shard]; ++i)
      examples.push_back({0, 1, shard, 0});
  return examples;
}

bool isPermutation(std::vector<uint32_t> order) {
  std::sort(order.begin(), order.end());
  for (uint32_t i = 0; i < order.size(); ++i)
    if (order[i] != i)
      return false;
  return true;
}

} // namespace

TEST(Shards, Patterns) {
  TempFolder folder;
  std::vector<std::string> paths;
  for (const char *name : {"a-08.tar", "a-09.tar", "a-10.tar", "b.tar"}) {
    paths.push_back(folder.path(name));
    writeFile(paths.back(), text("x"));
  }
  auto find = [&](const std::string &name) {
    return findShards(folder.path(name));
  };
  std::vector<std::string> first(paths.begin(), paths.begin() + 3);
  EXPECT_EQ(find("a-{08..10}.tar"), first);
  EXPECT_EQ(find("a-*.tar"), first);
  EXPECT_EQ(find("{b,a-08}.tar"), (std::vector{paths[3], paths[0]}));
  EXPECT_EQ(find("a-{0,1}[0-9].tar"), first);
  EXPECT_EQ(find("b.tar"), std::vector{paths[3]});
  EXPECT_EQ(findShards(folder.path()), paths);
  expectError([&] { find("a-{08..11}.tar"); }, {"a-11.tar is not there"});
  expectError([&] { find("c*.tar"); }, {"no such file"});
  expectError([&] { find("a-{1..x}.tar"); }, {"not `{1..x}`"});
  expectError([&] { find("a-{2..1}.tar"); }, {"a range from 2 to 1"});
  expectError([&] { find("a-{0..4294967295}.tar"); }, {"a range from 0"});
  expectError([&] { find("a-{1.tar"); }, {"a brace is not closed"});
  expectError([&] { find("{0..999999}{0..999999}"); }, {"more than 1048576"});
}

TEST(Shards, Roles) {
  EXPECT_EQ(roleOfShard("data/train-000.tar"), ShardRole::Train);
  EXPECT_EQ(roleOfShard("data/imagenet_val_01.tar"), ShardRole::Validation);
  EXPECT_EQ(roleOfShard("test/a-000.tar"), ShardRole::Test);
  EXPECT_EQ(roleOfShard("test/train-000.tar"), ShardRole::Train);
  EXPECT_EQ(roleOfShard("/test/data/a-000.tar"), ShardRole::None);
  EXPECT_EQ(roleOfShard("data/latest-000.tar"), ShardRole::None);
}

TEST(Shards, Index) {
  TempFolder folder;
  writeFile(folder.path("a.tar"), shardOf(0, 3));
  ShardIndex index = indexShards({folder.path("a.tar")});
  ASSERT_EQ(index.examples.size(), 3u);
  EXPECT_EQ(index.others, 3);
  EXPECT_EQ(index.examples[2].label, 2);
  ShardFile file(folder.path("a.tar"));
  EXPECT_EQ(file.read(index.examples[1]), Bytes(10, 1));
  EXPECT_NE(index.nameOf(index.examples[1]).find("a.tar: 1.jpg"),
            std::string::npos);

  auto refuse = [&](std::vector<Bytes> members, const std::string &why) {
    Bytes tar;
    for (const Bytes &each : members)
      tar.insert(tar.end(), each.begin(), each.end());
    tar.resize(tar.size() + 1024);
    writeFile(folder.path("b.tar"), tar);
    expectError([&] { indexShards({folder.path("b.tar")}); }, {"b.tar: ", why});
  };
  refuse({member("k.jpg", {1})}, "`k` has a picture and no label");
  refuse({member("k.cls", {'1'})}, "`k` has a label and no picture");
  refuse({member("k.jpg", {1}), member("k.png", {1})}, "two pictures");
  refuse({member("k.cls", {'1'}), member("k.cls", {'1'})}, "two labels");
  for (const char *label : {"", "x", "-1", "65536", "1.5", "1 2",
                            "00000000000000000000000000000000000000001"})
    refuse({member("k.jpg", {1}), member("k.cls", text(label))},
           "no whole number below 65536");
  Bytes damaged = member("k.jpg", {1});
  damaged[150] ^= 7; // its checksum
  refuse({damaged}, "");
  writeFile(folder.path("c.tar"), text(std::string(2000, 'x')));
  expectError([&] { indexShards({folder.path("c.tar")}); }, {"c.tar: "});
}

TEST(Shards, OrderIsOfTheSeedAndWithinTheBuffer) {
  std::vector<ShardExample> examples = inShards({40, 7, 0, 30, 23});
  constexpr size_t buffer = 16;
  ShardOrder order = shardOrder(examples, buffer, Order::Shuffled, 7, 1);
  EXPECT_TRUE(isPermutation(order.read));
  EXPECT_TRUE(isPermutation(order.given));
  EXPECT_NE(order.given, order.read);
  // A shard is read as it lies, from its beginning to its end.
  for (size_t i = 1; i < order.read.size(); ++i)
    if (examples[order.read[i]].shard == examples[order.read[i - 1]].shard)
      EXPECT_EQ(order.read[i], order.read[i - 1] + 1);
  for (size_t i = 0; i < order.given.size(); ++i) {
    auto place =
        std::find(order.read.begin(), order.read.end(), order.given[i]);
    EXPECT_LT(static_cast<size_t>(place - order.read.begin()), i + buffer);
  }
  EXPECT_EQ(shardOrder(examples, buffer, Order::Shuffled, 7, 1).given,
            order.given);
  EXPECT_NE(shardOrder(examples, buffer, Order::Shuffled, 7, 2).given,
            order.given);
  EXPECT_NE(shardOrder(examples, buffer, Order::Shuffled, 8, 1).given,
            order.given);
  ShardOrder inOrder = shardOrder(examples, buffer, Order::Sequential, 7, 1);
  EXPECT_TRUE(std::is_sorted(inOrder.given.begin(), inOrder.given.end()));
}

TEST(Shards, BatchesDoNotDependOnWorkersOrBuffers) {
  TempFolder folder;
  writeFile(folder.path("a.tar"), shardOf(0, 100));
  writeFile(folder.path("b.tar"), shardOf(100, 150));
  auto index = std::make_shared<const ShardIndex>(
      indexShards({folder.path("a.tar"), folder.path("b.tar")}));
  auto run = [&](int workers, int64_t stopAfter) {
    auto stream = std::make_shared<ShardStream>(index, index->examples, 8);
    Examples examples;
    examples.count = 150;
    examples.exampleBytes = 10;
    for (const ShardExample &example : index->examples)
      examples.labels.push_back(example.label);
    examples.decode = [stream](int64_t example, std::span<uint8_t> out) {
      Bytes bytes = stream->take(static_cast<uint32_t>(example));
      std::copy(bytes.begin(), bytes.end(), out.begin());
    };
    examples.stream = stream;
    Loader loader(examples, 7, workers);
    std::vector<uint8_t> seen;
    for (uint32_t epoch = 0; epoch < 3; ++epoch) {
      loader.start(Order::Shuffled, 5, epoch);
      for (int64_t i = 0; i != stopAfter; ++i) {
        const Batch *batch = loader.next();
        if (!batch)
          break;
        for (int64_t row = 0; row < batch->size; ++row) {
          auto number = static_cast<size_t>(batch->samples[row]);
          EXPECT_EQ(batch->pixels[row * 10], uint8_t(number));
          EXPECT_EQ(batch->labels[row], int(number % 3));
          seen.push_back(uint8_t(number));
        }
      }
    }
    // What was given before is read for itself.
    EXPECT_EQ(stream->take(17), Bytes(10, 17));
    EXPECT_EQ(stream->take(17), Bytes(10, 17));
    return seen;
  };
  std::vector<uint8_t> expected = run(0, -1);
  EXPECT_EQ(expected.size(), 450u);
  EXPECT_EQ(run(1, -1), expected);
  EXPECT_EQ(run(5, -1), expected);
  run(3, 4); // passes that are dropped
}

TEST(Shards, AShardThatIsGoneIsAnError) {
  TempFolder folder;
  writeFile(folder.path("a.tar"), shardOf(0, 10));
  auto index =
      std::make_shared<const ShardIndex>(indexShards({folder.path("a.tar")}));
  ShardStream stream(index, index->examples, 4);
  std::filesystem::resize_file(folder.path("a.tar"), 3000);
  std::vector<uint32_t> order = stream.begin(Order::Sequential, 0, 0);
  EXPECT_EQ(stream.take(0), Bytes(10, 0));
  expectError([&] { stream.take(9); }, {"a.tar: is shorter than when"});
}
