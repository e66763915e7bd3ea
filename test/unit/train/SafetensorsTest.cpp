// Safetensors headers that lie, and files that go out and come back.
#include "runtime/train/Safetensors.h"
#include "runtime/train/SafetensorsHeader.h"
#include "test/unit/train/TestFiles.h"

#include <cstring>
#include <nlohmann/json.hpp>

using namespace netc::runtime::train;
using namespace netc::test;

namespace {

void expectBad(const std::string &json, uint64_t dataBytes,
               const std::vector<std::string> &parts) {
  SCOPED_TRACE(json.substr(0, 200));
  expectError([&] { parseSafetensorsHeader(json, dataBytes); }, parts);
}

/// {"a": {"dtype": TYPE, "shape": SHAPE, "data_offsets": OFFSETS}}
std::string one(const std::string &type, const std::string &shape,
                const std::string &offsets) {
  return R"({"a":{"dtype":)" + type + R"(,"shape":)" + shape +
         R"(,"data_offsets":)" + offsets + "}}";
}

std::string f32(const std::string &shape, const std::string &offsets) {
  return one("\"F32\"", shape, offsets);
}

} // namespace

TEST(SafetensorsHeader, Reads) {
  auto tensors = parseSafetensorsHeader(
      R"({"__metadata__":{"format":"pt"},)"
      R"("b":{"dtype":"F32","shape":[2,3],"data_offsets":[4,28]},)"
      R"("a":{"shape":[],"data_offsets":[0,4],"dtype":"F32"},)"
      R"("none":{"dtype":"BF16","shape":[0,7],"data_offsets":[4,4]}}   )",
      28);
  ASSERT_EQ(tensors.size(), 3u);
  EXPECT_EQ(tensors[0].name, "a");
  EXPECT_TRUE(tensors[0].shape.empty());
  EXPECT_EQ(tensors[1].name, "none");
  EXPECT_EQ(tensors[2].shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(tensors[2].begin, 4u);
  EXPECT_EQ(tensors[2].end, 28u);
  EXPECT_TRUE(parseSafetensorsHeader("{}", 0).empty());
}

TEST(SafetensorsHeader, NotJson) {
  expectBad("", 0, {"no JSON object"});
  expectBad("[]", 0, {"no JSON object"});
  expectBad(" {}", 0, {"no JSON object"});
  expectBad("{", 0, {"not valid JSON at byte"});
  expectBad("{} x", 0, {"not valid JSON at byte"});
  expectBad("{}{}", 0, {"not valid JSON at byte"});
  expectBad(R"({"a":)", 0, {"not valid JSON at byte"});
  expectBad("{\"\xff\":{}}", 0, {"not valid JSON at byte"});
  expectBad(std::string("{\"a\0\":{}}", 9), 0, {"not valid JSON at byte"});
}

TEST(SafetensorsHeader, OtherJson) {
  expectBad(R"({"a":1})", 0, {"did not expect a number", "`a`"});
  expectBad(R"({"a":[1]})", 0, {"did not expect an array"});
  expectBad(R"({"a":"x"})", 0, {"did not expect a string"});
  expectBad(R"({"a":null})", 0, {"did not expect null"});
  expectBad(R"({"a":true})", 0, {"did not expect a truth value"});
  expectBad(R"({"a":{"dtype":{}}})", 0, {"did not expect an object", "`a`"});
  expectBad(R"({"a":{"device":"cpu"}})", 0, {"unknown key `device`"});
  expectBad(R"({"__metadata__":{"a":1}})", 0,
            {"did not expect a number in `__metadata__`"});
  expectBad(R"({"__metadata__":{"a":{}}})", 0, {"did not expect an object"});
  expectBad(f32("[[1]]", "[0,4]"), 4, {"did not expect an array"});
  expectBad(f32("1", "[0,4]"), 4, {"did not expect a number"});
  expectBad(one("[]", "[1]", "[0,4]"), 4, {"did not expect an array"});
  expectBad(one("1", "[1]", "[0,4]"), 4, {"did not expect a number"});
}

TEST(SafetensorsHeader, DeepNesting) {
  expectBad("{\"a\":" + std::string(1'000'000, '['), 0,
            {"did not expect an array"});
  std::string objects = "{";
  for (int i = 0; i < 100'000; ++i)
    objects += "\"a\":{";
  expectBad(objects, 0, {"unknown key `a`"});
}

TEST(SafetensorsHeader, NamesGivenTwice) {
  std::string tensor = R"(:{"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
  expectBad("{\"a\"" + tensor + ",\"a\"" + tensor + "}", 4,
            {"`a` is given twice in the header"});
  expectBad(R"({"a":{"dtype":"F32","dtype":"F32"}})", 0,
            {"`dtype` is given twice in tensor `a`"});
  expectBad(R"({"__metadata__":{"x":"1","x":"2"}})", 0,
            {"`x` is given twice in `__metadata__`"});
  expectBad(R"({"__metadata__":{},"__metadata__":{}})", 0, {"given twice"});
}

TEST(SafetensorsHeader, KeysMissing) {
  expectBad(R"({"a":{"shape":[1],"data_offsets":[0,4]}})", 4, {"no `dtype`"});
  expectBad(R"({"a":{"dtype":"F32","data_offsets":[0,4]}})", 4, {"no `shape`"});
  expectBad(R"({"a":{"dtype":"F32","shape":[1]}})", 4, {"no `data_offsets`"});
}

TEST(SafetensorsHeader, Numbers) {
  expectBad(f32("[-1]", "[0,4]"), 4, {"did not expect a negative number"});
  expectBad(f32("[1.0]", "[0,4]"), 4, {"no 64-bit integer"});
  expectBad(f32("[1]", "[0,18446744073709551616]"), 4, {"no 64-bit integer"});
  expectBad(f32("[9223372036854775808]", "[0,4]"), 4,
            {"a size of 9223372036854775808"});
  expectBad(f32("[1]", "[0]"), 4, {"`data_offsets` are not two numbers"});
  expectBad(f32("[1]", "[0,4,8]"), 4, {"`data_offsets` are not two numbers"});
}

TEST(SafetensorsHeader, ShapesAndOffsets) {
  expectBad(one("\"F33\"", "[1]", "[0,4]"), 4, {"unknown element type `F33`"});
  expectBad(f32("[4294967296,4294967296]", "[0,0]"), 0, {"overflows 64 bits"});
  expectBad(f32("[4611686018427387904]", "[0,0]"), 0, {"overflows 64 bits"});
  expectBad(f32("[2]", "[0,4]"), 4, {"takes 8 bytes, its offsets hold 4"});
  expectBad(f32("[1]", "[4,0]"), 4, {"bytes 4 to 0 are outside the file's 4"});
  expectBad(f32("[2]", "[0,8]"), 4, {"bytes 0 to 8 are outside the file's 4"});
  expectBad(f32("[1]", "[18446744073709551612,18446744073709551615]"), 4,
            {"outside the file's 4"});
}

TEST(SafetensorsHeader, OverlapsAndHoles) {
  auto two = [](const std::string &a, const std::string &b) {
    return R"({"a":{"dtype":"F32","shape":[2],"data_offsets":)" + a +
           R"(},"b":{"dtype":"F32","shape":[2],"data_offsets":)" + b + "}}";
  };
  EXPECT_EQ(parseSafetensorsHeader(two("[8,16]", "[0,8]"), 16)[0].name, "b");
  expectBad(two("[0,8]", "[4,12]"), 12, {"`b`", "overlap"});
  expectBad(two("[0,8]", "[0,8]"), 8, {"overlap"});
  expectBad(two("[0,8]", "[12,20]"), 20,
            {"`b`", "bytes 8 to 12 before it belong to no tensor"});
  expectBad(two("[0,8]", "[8,16]"), 20, {"last 4 bytes belong to no tensor"});
  expectBad("{}", 1, {"last 1 bytes belong to no tensor"});
}

TEST(SafetensorsHeader, NamesAreSafeToPrint) {
  EXPECT_EQ(quoteName("a\x1b[2J\n"), "`a\\x1b[2J\\x0a`");
  EXPECT_EQ(quoteName(std::string(200, 'x')),
            "`" + std::string(80, 'x') + "...`");
}

namespace {

struct SafetensorsFileTest : testing::Test {
  TempFolder folder;
  std::string path = folder.path("w.safetensors");

  void write(uint64_t length, const std::string &rest) {
    std::string text(8, '\0');
    std::memcpy(text.data(), &length, 8);
    writeFile(path, text + rest);
  }
  void expectBadFile(const std::string &what) {
    expectError([&] { SafetensorsFile file(path); }, {path, what});
  }
};

} // namespace

TEST_F(SafetensorsFileTest, GoesOutAndComesBack) {
  std::vector<std::vector<float>> values = {{1, 2, 3, 4, 5, 6}, {7}};
  writeSafetensors(path, {{"b.weight", {2, 3}}, {"a", {1}}},
                   [&](size_t i, std::span<std::byte> bytes) {
                     ASSERT_EQ(bytes.size(), values[i].size() * 4);
                     std::memcpy(bytes.data(), values[i].data(), bytes.size());
                   });
  SafetensorsFile file(path);
  ASSERT_EQ(file.tensors().size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    std::vector<float> read(values[i].size());
    file.read(file.tensors()[i], std::as_writable_bytes(std::span(read)));
    EXPECT_EQ(read, values[i]);
  }
  EXPECT_EQ(file.tensors()[0].type, "F32");

  std::string text = readFile(path);
  uint64_t length = 0;
  std::memcpy(&length, text.data(), 8);
  EXPECT_EQ(length % 8, 0u);
  auto header = nlohmann::json::parse(text.substr(8, length));
  EXPECT_EQ(header["__metadata__"]["format"], "pt");
  EXPECT_EQ(header["b.weight"]["shape"], (std::vector<int>{2, 3}));
  EXPECT_EQ(folder.entries(), 1u);
}

TEST_F(SafetensorsFileTest, FailedWriteLeavesWhatWasThere) {
  writeFile(path, "good");
  expectError(
      [&] {
        writeSafetensors(path, {{"a", {1}}}, [](size_t, std::span<std::byte>) {
          throw netc::Error("no");
        });
      },
      {"no"});
  EXPECT_EQ(readFile(path), "good");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST_F(SafetensorsFileTest, LengthLies) {
  writeFile(path, "");
  expectBadFile("not a safetensors file: it has 0 bytes");
  writeFile(path, "1234567");
  expectBadFile("not a safetensors file: it has 7 bytes");
  write(3, "{}");
  expectBadFile("its header would have 3 bytes, the whole file has 10");
  write(UINT64_MAX, "{}");
  expectBadFile("its header would have 18446744073709551615 bytes");
  write(0, "{}");
  expectBadFile("no JSON object");
}

TEST_F(SafetensorsFileTest, HeaderTooLong) {
  // A sparse file: its size is right, its header longer than the format's.
  write(100'000'001, "{}");
  std::filesystem::resize_file(path, 100'000'100);
  expectBadFile("at most 100000000 are allowed");
}

TEST_F(SafetensorsFileTest, TruncatedData) {
  std::string header = f32("[4]", "[0,16]");
  write(header.size(), header + std::string(15, '\0'));
  expectBadFile("tensor `a`: its bytes 0 to 16 are outside the file's 15");
  write(header.size(), header + std::string(17, '\0'));
  expectBadFile("last 1 bytes belong to no tensor");
}

TEST_F(SafetensorsFileTest, NoFile) {
  expectBadFile("no such file");
  expectError([&] { SafetensorsFile file(folder.path()); },
              {"not a regular file"});
}
