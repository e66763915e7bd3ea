// .npy files: headers as Python writes them and as nobody does, element types,
// orders.
#include "runtime/data/NpyFile.h"
#include "test/unit/train/TestFiles.h"

#include <cmath>
#include <cstring>

using namespace netc::runtime::data;
using namespace netc::test;

namespace {

class MemoryStream final : public ByteStream {
public:
  explicit MemoryStream(Bytes bytes) : bytes(std::move(bytes)) {}
  size_t read(uint8_t *out, size_t count) override {
    count = std::min(count, bytes.size() - at);
    if (count > 0)
      std::memcpy(out, bytes.data() + at, count);
    at += count;
    return count;
  }
  uint64_t maximumSize() const override { return bytes.size(); }

private:
  const Bytes bytes;
  size_t at = 0;
};

Bytes withHeader(const std::string &text, const Bytes &elements = {}) {
  Bytes bytes = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  bytes.push_back(static_cast<uint8_t>(text.size()));
  bytes.push_back(static_cast<uint8_t>(text.size() >> 8));
  bytes.insert(bytes.end(), text.begin(), text.end());
  bytes.insert(bytes.end(), elements.begin(), elements.end());
  return bytes;
}

Bytes array(const std::string &type, const std::string &shape,
            const Bytes &elements, bool isFortran = false) {
  return withHeader("{'descr': '" + type + "', 'fortran_order': " +
                        (isFortran ? "True" : "False") + ", 'shape': " + shape +
                        ", }          \n",
                    elements);
}

template <typename T> Bytes bytesOf(const std::vector<T> &values) {
  Bytes bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

NpyHeader headerOf(const Bytes &bytes) {
  MemoryStream in(bytes);
  return readNpyHeader(in, "a.npy");
}

std::vector<float> numbersOf(const Bytes &bytes,
                             std::vector<int64_t> strides = {}) {
  MemoryStream in(bytes);
  NpyHeader header = readNpyHeader(in, "a.npy");
  if (strides.empty())
    strides = rowMajor(header.shape);
  std::vector<float> out(static_cast<size_t>(header.count()));
  readNpyNumbers(in, header, strides, "a.npy", out);
  return out;
}

std::vector<uint16_t> classesOf(const Bytes &bytes, int64_t classes) {
  MemoryStream in(bytes);
  NpyHeader header = readNpyHeader(in, "a.npy");
  std::vector<uint16_t> out(static_cast<size_t>(header.count()));
  readNpyClasses(in, header, classes, "a.npy", out);
  return out;
}

} // namespace

TEST(NpyFile, Headers) {
  NpyHeader header = headerOf(array("<f4", "(2, 3)", Bytes(24), true));
  EXPECT_EQ(header.type, NpyType::F32);
  EXPECT_TRUE(header.isFortran);
  EXPECT_EQ(header.shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(headerOf(array("|u1", "()", Bytes(1))).count(), 1);
  EXPECT_EQ(headerOf(array("<i8", "(3,)", Bytes(24))).shape,
            std::vector<int64_t>{3});
  EXPECT_EQ(headerOf(withHeader("{\"shape\":(1,0),\"fortran_order\":False,"
                                "\"descr\":\"|b1\"}"))
                .count(),
            0);
}

TEST(NpyFile, HeadersThatAreNone) {
  auto refuse = [](const Bytes &bytes, const std::string &why) {
    expectError([&] { headerOf(bytes); }, {"a.npy: ", why});
  };
  refuse({}, "is no .npy file");
  refuse({0x93, 'N', 'U', 'M', 'P', 'Y', 4, 0, 1, 0}, "version 4");
  refuse({0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, 255, 255, 255, 255},
         "a header of 4294967295 bytes");
  refuse({0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 90, 0, '{'},
         "ends within its header");
  refuse(array(">f4", "(1,)", Bytes(4)), "float32 in big endian");
  refuse(array("|O", "(1,)", Bytes(8)), "holds `|O`");
  refuse(array("<U5", "(1,)", Bytes(20)), "holds `<U5`");
  refuse(array("<f16", "(1,)", Bytes(16)), "holds `<f16`");
  refuse(array("<f4", "(1000000,)", Bytes(4)), "is shorter than its header");
  refuse(array("<f4", "(4294967296, 4294967296, 4294967296)", Bytes(4)),
         "is shorter than its header");
  refuse(array("<f4", "(-1,)", Bytes(4)), "a size that no array has");
  refuse(array("<f4", "(99999999999999999999,)", Bytes(4)),
         "a size that no array has");
  refuse(array("<f4", "(1, 1, 1, 1, 1, 1, 1, 1, 1)", Bytes(4)),
         "more than 8 dimensions");
  refuse(withHeader("{'descr': [('a', '<f4')], 'fortran_order': False, "
                    "'shape': (1,)}"),
         "records of several fields");
  for (const char *text :
       {"", "{", "{}", "{'descr': '<f4'}", "{'descr': '<f4', 'descr': '<f4'}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': ()}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1 2)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x",
        "{'descr': '<f4, 'fortran_order': False, 'shape': (1,)}"})
    refuse(withHeader(text), "");
}

TEST(NpyFile, ElementTypes) {
  std::vector<float> expected = {0, 1, 100};
  auto read = [](const std::string &type, const Bytes &bytes) {
    return numbersOf(array(type, "(3,)", bytes));
  };
  EXPECT_EQ(read("|u1", {0, 1, 100}), expected);
  EXPECT_EQ(read("<u2", bytesOf<uint16_t>({0, 1, 100})), expected);
  EXPECT_EQ(read("<u4", bytesOf<uint32_t>({0, 1, 100})), expected);
  EXPECT_EQ(read("<u8", bytesOf<uint64_t>({0, 1, 100})), expected);
  EXPECT_EQ(read("<f8", bytesOf<double>({0, 1, 100})), expected);
  EXPECT_EQ(read("<f2", bytesOf<uint16_t>({0, 0x3c00, 0x5640})), expected);
  EXPECT_EQ(read("|b1", {0, 1, 1}), (std::vector<float>{0, 1, 1}));
  std::vector<float> signs = {-1, 0, 7};
  EXPECT_EQ(read("|i1", bytesOf<int8_t>({-1, 0, 7})), signs);
  EXPECT_EQ(read("<i2", bytesOf<int16_t>({-1, 0, 7})), signs);
  EXPECT_EQ(read("<i4", bytesOf<int32_t>({-1, 0, 7})), signs);
  EXPECT_EQ(read("<i8", bytesOf<int64_t>({-1, 0, 7})), signs);
  EXPECT_EQ(read("<f4", bytesOf<float>({-1, 0, 7})), signs);
  EXPECT_EQ(read("<f2", bytesOf<uint16_t>({0xbc00, 0x8000, 0x4700})), signs);
}

TEST(NpyFile, Orders) {
  Bytes six = {0, 1, 2, 3, 4, 5};
  EXPECT_EQ(numbersOf(array("|u1", "(2, 3)", six)),
            (std::vector<float>{0, 1, 2, 3, 4, 5}));
  // [2, 3] in Fortran's order holds the columns, one behind the other.
  EXPECT_EQ(numbersOf(array("|u1", "(2, 3)", six, true)),
            (std::vector<float>{0, 2, 4, 1, 3, 5}));
  EXPECT_EQ(numbersOf(array("|u1", "(1, 2, 3)", six), {6, 1, 2}),
            (std::vector<float>{0, 3, 1, 4, 2, 5}));
}

TEST(NpyFile, WhatNumbersAndClassesMayBe) {
  auto refuse = [](auto action, const std::string &why) {
    expectError(action, {"a.npy: ", why});
  };
  auto floats = [](std::vector<float> values) {
    return array("<f4", "(2, 2)", bytesOf(values));
  };
  refuse([&] { numbersOf(floats({0, 0, 0, NAN})); }, "nan in example 1");
  refuse([&] { numbersOf(floats({0, INFINITY, 0, 0})); }, "inf in example 0");
  refuse([&] { numbersOf(array("<f8", "(1,)", bytesOf<double>({1e300}))); },
         "1e+300 does not fit a 32-bit float");
  EXPECT_EQ(classesOf(array("<i8", "(3,)", bytesOf<int64_t>({2, 0, 1})), 3),
            (std::vector<uint16_t>{2, 0, 1}));
  EXPECT_EQ(classesOf(array("<u2", "(1,)", {255, 255}), 65536),
            std::vector<uint16_t>{65535});
  for (int64_t label : {int64_t{-1}, int64_t{3}, int64_t{1} << 62})
    refuse(
        [&] {
          classesOf(array("<i8", "(2,)", bytesOf<int64_t>({0, label})), 3);
        },
        "in example 1");
  Bytes whole = array("|u1", "(4,)", {1, 2, 3, 4}), cut = whole, longer = whole;
  cut.pop_back();
  longer.push_back(0);
  refuse([&] { numbersOf(cut); }, "shorter");
  refuse([&] { numbersOf(longer); }, "longer");
}
