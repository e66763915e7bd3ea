// IDX files, plain and gzipped, right and wrong.
#include "runtime/data/IdxFile.h"
#include "runtime/data/ByteReader.h"
#include "test/unit/train/TestFiles.h"

using namespace netc::runtime::data;
using namespace netc::test;

namespace {

struct IdxFile : testing::Test {
  TempFolder folder;
  std::string path = folder.path("images");

  void expectBad(const Bytes &bytes, const std::string &what, int rank = 3) {
    writeFile(path, bytes);
    expectError([&] { readIdx(path, rank); }, {path, what});
  }
};

const Bytes twelve = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

} // namespace

TEST_F(IdxFile, ReadsPlainAndGzipped) {
  for (const Bytes &bytes :
       {idx({2, 2, 3}, twelve), gzip(idx({2, 2, 3}, twelve))}) {
    writeFile(path, bytes);
    EXPECT_EQ(readIdxShape(path, 3), (std::vector<int64_t>{2, 2, 3}));
    IdxContent content = readIdx(path, 3);
    EXPECT_EQ(content.shape, (std::vector<int64_t>{2, 2, 3}));
    EXPECT_EQ(content.bytes, twelve);
  }
}

TEST_F(IdxFile, ReadsSeveralGzipMembers) {
  Bytes whole = idx({2, 2, 3}, twelve);
  Bytes joined = gzip(Bytes(whole.begin(), whole.begin() + 9));
  Bytes rest = gzip(Bytes(whole.begin() + 9, whole.end()));
  joined.insert(joined.end(), rest.begin(), rest.end());
  writeFile(path, joined);
  EXPECT_EQ(readIdx(path, 3).bytes, twelve);
}

TEST_F(IdxFile, ReadsMoreThanABuffer) {
  Bytes data(100 * 40 * 50);
  for (size_t i = 0; i < data.size(); ++i)
    data[i] = static_cast<uint8_t>(i * 2654435761u >> 13);
  writeFile(path, gzip(idx({100, 40, 50}, data)));
  EXPECT_EQ(readIdx(path, 3).bytes, data);
  writeFile(path, idx({100, 40, 50}, data));
  EXPECT_EQ(readIdx(path, 3).bytes, data);
}

TEST_F(IdxFile, HeaderAloneNeedsNoMore) {
  // A damaged end is not seen: the header was all that was inflated.
  Bytes data(4'000'000);
  for (size_t i = 0; i < data.size(); ++i)
    data[i] = static_cast<uint8_t>(i * 2654435761u >> 13);
  Bytes bytes = gzip(idx({40, 1000, 100}, data));
  bytes.resize(bytes.size() - 100);
  writeFile(path, bytes);
  EXPECT_EQ(readIdxShape(path, 3), (std::vector<int64_t>{40, 1000, 100}));
  expectError([&] { readIdx(path, 3); }, {path, "truncated"});
}

TEST_F(IdxFile, WrongMagic) {
  expectBad(idx({12}, twelve), "magic number 0x00000801, expected 0x00000803");
  expectBad({0, 0, 0x0d, 3, 0, 0, 0, 1}, "magic number 0x00000d03");
  expectBad({'P', 'K', 3, 4, 0, 0, 0, 0}, "magic number");
}

TEST_F(IdxFile, TooShort) {
  expectBad({}, "truncated: it ends within its header");
  expectBad({0, 0, 8}, "truncated: it ends within its header");
  expectBad({0, 0, 8, 3, 0, 0, 0, 1}, "truncated: it ends within its header");
  expectBad(gzip({0, 0, 8}), "truncated: it ends within its header");
}

TEST_F(IdxFile, TruncatedPlain) {
  Bytes bytes = idx({2, 2, 3}, twelve);
  bytes.pop_back();
  expectBad(bytes, "2x2x3 bytes of data, more than the file can hold");
}

TEST_F(IdxFile, TruncatedGzip) {
  Bytes bytes = gzip(idx({2, 2, 3}, twelve));
  for (size_t cut : {1, 4, 8, 12})
    expectBad(Bytes(bytes.begin(), bytes.end() - static_cast<ptrdiff_t>(cut)),
              "truncated");
}

TEST_F(IdxFile, GzipWithTooLittleInIt) {
  expectBad(gzip(idx({2, 2, 3}, {1, 2, 3})),
            "truncated: its header says 12 bytes of data (2x2x3), it has 3");
}

TEST_F(IdxFile, DamagedGzip) {
  Bytes bytes = gzip(idx({2, 2, 3}, twelve));
  Bytes checksum = bytes;
  checksum[checksum.size() - 6] ^= 1;
  expectBad(checksum, "damaged gzip stream");
  Bytes header = bytes;
  header[2] = 7; // no such method
  expectBad(header, "damaged gzip stream");
}

TEST_F(IdxFile, BytesAfterTheEnd) {
  Bytes plain = idx({2, 2, 3}, twelve);
  plain.push_back(0);
  expectBad(plain, "has bytes after the 12 of data");
  expectBad(gzip(plain), "has bytes after the 12 of data");
  Bytes zipped = gzip(idx({2, 2, 3}, twelve));
  zipped.push_back(0);
  expectBad(zipped, "has bytes after the end of its gzip stream");
}

TEST_F(IdxFile, NoExamples) {
  expectBad(idx({0, 2, 3}, {}), "holds no examples");
  expectBad(idx({2, 0, 3}, {}), "its examples are empty: dimensions 2x0x3");
}

TEST_F(IdxFile, AbsurdSizesAreNotAllocated) {
  uint32_t huge = 0xffffffff;
  expectBad(idx({huge, huge, huge}, twelve), "more than the file can hold");
  expectBad(idx({huge, 1, 1}, twelve), "more than the file can hold");
  expectBad(gzip(idx({huge, 28, 28}, twelve)), "more than the file can hold");
  expectBad(gzip(idx({huge, huge, 0x10000}, twelve)),
            "more than the file can hold");
  expectBad(idx({huge}, {}), "more than the file can hold", 1);
}

TEST_F(IdxFile, NoRegularFile) {
  expectError([&] { readIdx(folder.path("none"), 1); },
              {"none", "No such file"});
  expectError([&] { readIdx(folder.path(), 1); },
              {folder.path(), "not a regular file"});
}
