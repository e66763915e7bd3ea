// CSV's corners, and what the columns of a table are.
#include "runtime/data/ByteReader.h"
#include "runtime/data/CsvReader.h"
#include "runtime/data/TableDataset.h"
#include "test/unit/train/TestFiles.h"

#include <cmath>
#include <cstring>

using namespace netc::runtime::data;
using namespace netc::test;

namespace {

using Records = std::vector<std::vector<std::string>>;

Records recordsOf(const std::string &text, char separator = ',') {
  TempFolder folder;
  writeFile(folder.path("a.csv"), text);
  ByteReader in(folder.path("a.csv"));
  CsvReader reader(in, "a.csv", separator);
  Records records;
  while (reader.next()) {
    records.emplace_back();
    for (size_t i = 0; i < reader.size(); ++i)
      records.back().emplace_back(reader[i]);
  }
  return records;
}

class Table : public ::testing::Test {
protected:
  DatasetInfo inspect(const std::string &text, const std::string &options,
                      const LabelFormat &labels) {
    writeFile(folder.path("a.csv"), text);
    PictureRequest request;
    request.labels = labels;
    return inspectTable(
        parseDatasetName("table:" + folder.path("a.csv") + options), request);
  }
  static std::vector<float> example(const Examples &examples, int64_t index) {
    std::vector<uint8_t> bytes(static_cast<size_t>(examples.exampleBytes));
    examples.decode(index, bytes);
    std::vector<float> elements(bytes.size() / sizeof(float));
    std::memcpy(elements.data(), bytes.data(), bytes.size());
    return elements;
  }
  const LabelFormat number{std::vector<int64_t>{}, 0, std::vector<int64_t>{1}};
  const LabelFormat threeClasses{std::vector<int64_t>{}, 3, std::nullopt};
  TempFolder folder;
};

} // namespace

TEST(Csv, Records) {
  EXPECT_EQ(recordsOf(""), Records());
  EXPECT_EQ(recordsOf("\n\r\n\n"), Records());
  EXPECT_EQ(recordsOf("a,b\n1,2"), (Records{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(recordsOf("a\rb\r\n\r\nc"), (Records{{"a"}, {"b"}, {"c"}}));
  EXPECT_EQ(recordsOf("\xEF\xBB\xBF"
                      "a,,\n,"),
            (Records{{"a", "", ""}, {"", ""}}));
  EXPECT_EQ(recordsOf("\"a,\"\"b\"\"\n\",\"\"\n"),
            (Records{{"a,\"b\"\n", ""}}));
  EXPECT_EQ(recordsOf("5\" pipe;x", ';'), (Records{{"5\" pipe", "x"}}));
  std::string wide(200000, 'x');
  EXPECT_EQ(recordsOf(wide + ",y"), (Records{{wide, "y"}}));
}

TEST(Csv, Mistakes) {
  auto refuse = [](const std::string &text, const std::string &why) {
    expectError([&] { recordsOf(text); }, {"a.csv: line ", why});
  };
  refuse("a\n\"b\n\nc", "line 2: a quote that is never closed");
  refuse("a\r\n\"b\"c", "line 2: something follows a closing quote");
  refuse(std::string("a\nb\0c", 5), "line 2: a byte of zero");
  refuse(std::string("\xFF\xFE"
                     "a\0",
                     4),
         "text of 16-bit characters");
  refuse(std::string(70000, ','), "line 1: more than 65536 columns");
  refuse(std::string((1 << 24) + 1, 'x'), "a record of more than 16777216");
}

TEST_F(Table, NumbersAndCategories) {
  DatasetInfo info =
      inspect("x,kind,y\n1,b,10\n2,a,20\n6,b,30\n3,a,40\n9,c,50\n", "?target=y",
              number);
  EXPECT_EQ(info.shape, std::vector<int64_t>{4});
  EXPECT_EQ(info.element, netc::runtime::ElementType::F32);
  EXPECT_TRUE(info.hasNumbers());
  EXPECT_EQ(info.labelShape, std::vector<int64_t>{1});
  EXPECT_EQ(info.trainExamples, 4);
  EXPECT_EQ(info.testExamples, 1);
  // Of 1, 2, 6 and 3: the fifth row is not there to train with.
  EXPECT_EQ(info.scaling->mean, (std::vector<float>{3, 0, 0, 0}));
  EXPECT_FLOAT_EQ(info.scaling->deviation[0], std::sqrt(14.0F / 4));
  EXPECT_EQ(info.scaling->deviation[1], 1);
  Examples train = loadExamples(info, Split::Train);
  EXPECT_EQ(train.numbers, (std::vector<float>{10, 20, 30, 40}));
  EXPECT_EQ(example(train, 0), (std::vector<float>{1, 0, 1, 0}));
  EXPECT_EQ(example(train, 3), (std::vector<float>{3, 1, 0, 0}));
  Examples test = loadExamples(info, Split::Test);
  EXPECT_EQ(test.numbers, std::vector<float>{50});
  EXPECT_EQ(example(test, 0), (std::vector<float>{9, 0, 0, 1}));
}

TEST_F(Table, Classes) {
  const char *rows = "x,y\n1,b\n2,a\n3,c\n4,a\n5,a\n";
  DatasetInfo info = inspect(rows, "?target=y", threeClasses);
  EXPECT_EQ(info.classNames, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(loadExamples(info, Split::Train).labels,
            (std::vector<uint16_t>{1, 0, 2, 0}));
  expectError([&] { inspect(rows, "?target=y", number); },
              {"column `y` holds text; the network takes numbers"});
  // Numbers, in their order: 10 is behind 9.
  info =
      inspect("x,y\n1,10\n2,9.0\n3,-1\n4,10\n5,9\n", "?target=y", threeClasses);
  EXPECT_EQ(info.classNames, (std::vector<std::string>{"-1", "9", "10"}));
  EXPECT_EQ(loadExamples(info, Split::Train).labels,
            (std::vector<uint16_t>{2, 1, 0, 2}));
}

TEST_F(Table, Gaps) {
  const char *rows = "x,kind,y\n1,a,1\n,a,2\n3,,3\nNA,a,4\n5,a,5\n";
  expectError([&] { inspect(rows, "?target=y", number); },
              {"a.csv: line 3: column `x`: has no value"});
  Examples train = loadExamples(inspect(rows, "?target=y&missing=mean", number),
                                Split::Train);
  EXPECT_EQ(example(train, 1), (std::vector<float>{2, 1}));
  EXPECT_EQ(example(train, 2), (std::vector<float>{3, 0}));
  expectError(
      [&] {
        inspect("x,y\n1,\n2,2\n3,3\n4,4\n5,5\n", "?target=y&missing=mean",
                number);
      },
      {"line 2: column `y`: has no value, and it is the target"});
}

TEST_F(Table, AnotherFileToTestWith) {
  writeFile(folder.path("b.csv"), "x,y\n7,70\n");
  std::string options = "?target=y&test=" + folder.path("b.csv");
  DatasetInfo info = inspect("x,y\n1,10\n3,30\n", options, number);
  EXPECT_EQ(info.trainExamples, 2);
  EXPECT_EQ(info.scaling->mean, std::vector<float>{2});
  EXPECT_EQ(example(loadExamples(info, Split::Test), 0), std::vector<float>{7});
  writeFile(folder.path("b.csv"), "x,y\nseven,70\n");
  expectError([&] { inspect("x,y\n1,10\n3,30\n", options, number); },
              {"b.csv: line 2: column `x`: `seven` is no number"});
}

TEST_F(Table, LargeNumbersKeepTheirSpread) {
  DatasetInfo info = inspect("x,y\n1000000001,1\n1000000003,2\n1000000002,3\n"
                             "1000000002,4\n0,5\n",
                             "?target=y", number);
  EXPECT_FLOAT_EQ(info.scaling->deviation[0], std::sqrt(0.5F));
}
