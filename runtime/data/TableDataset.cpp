// Decides what a table means for a network, and keeps its rows: a float for
// each number, an index for each category.
#include "runtime/data/TableDataset.h"
#include "runtime/Printable.h"

#include "runtime/data/KnownDatasets.h"
#include "runtime/data/TableColumns.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <functional>
#include <numeric>

namespace netc::runtime::data {
namespace {

using Role = TableColumn::Role;

constexpr int64_t oneIn = 5; // is there to test, where no other file is

bool isOfTest(int64_t row) { return row % oneIn == oneIn - 1; }

/// The rows of a split. A category that is not known is `missing`.
struct TableRows {
  static constexpr uint16_t missing = 0xffff;

  int64_t count = 0;
  std::vector<float> numbers;       // [count, columns of numbers]
  std::vector<uint16_t> categories; // [count, columns of categories]
  std::vector<uint16_t> labels;     // [count], or
  std::vector<float> targets;
};

class TableRowsOfBoth final : public DatasetFiles {
public:
  Examples load(Split split) const override;

  int64_t width = 0; // elements of an example
  std::vector<TableColumn> columns;
  std::shared_ptr<TableRows> train = std::make_shared<TableRows>(),
                             test = std::make_shared<TableRows>();
};

/// Writes an example's elements, those of a category 0 or 1.
void expand(const std::vector<TableColumn> &columns, const TableRows &rows,
            int64_t example, std::span<float> out) {
  int64_t numberColumns =
              static_cast<int64_t>(rows.numbers.size()) / rows.count,
          categoryColumns =
              static_cast<int64_t>(rows.categories.size()) / rows.count;
  auto number = rows.numbers.begin() + example * numberColumns;
  auto category = rows.categories.begin() + example * categoryColumns;
  std::fill(out.begin(), out.end(), 0.0F);
  size_t at = 0;
  for (const TableColumn &column : columns) {
    if (column.role != Role::Input)
      continue;
    if (column.isNumber) {
      out[at++] = *number++;
      continue;
    }
    if (*category != TableRows::missing)
      out[at + *category] = 1;
    ++category;
    at += column.categories.size();
  }
}

Examples TableRowsOfBoth::load(Split split) const {
  std::shared_ptr<const TableRows> rows = split == Split::Train ? train : test;
  Examples examples;
  examples.count = rows->count;
  examples.exampleBytes = width * static_cast<int64_t>(sizeof(float));
  examples.labels = rows->labels;
  examples.numbers = rows->targets;
  examples.decode = [rows, columns = columns](int64_t example,
                                              std::span<uint8_t> out) {
    std::vector<float> elements(out.size() / sizeof(float));
    expand(columns, *rows, example, elements);
    std::memcpy(out.data(), elements.data(), out.size());
  };
  return examples;
}

class TableReader {
public:
  TableReader(const DatasetName &name, const PictureRequest &request)
      : name(name), labels(request.labels) {}

  DatasetInfo inspect();

private:
  [[noreturn]] void fail(const std::string &what) const {
    throw Error(fmt::format("{}: {}", printable(name.path), what));
  }
  void readOptions();
  TableColumn &columnCalled(const std::string &wanted);
  void decideTarget();
  void encode(const TableFile &file, const std::function<bool(int64_t)> &takes,
              TableRows &rows) const;
  void encodeField(const TableFile &file, const CsvReader &row, size_t index,
                   TableRows &rows) const;
  void encodeTarget(const TableFile &file, const CsvReader &row, size_t index,
                    TableRows &rows) const;
  void fillInfo();

  const DatasetName &name;
  const LabelFormat &labels;
  TableFile file;
  std::optional<TableFile> testFile;
  bool fillsMissing = false, hasClasses = false;
  std::vector<TableColumn> columns;
  TableColumn *target = nullptr;
  std::shared_ptr<TableRowsOfBoth> both = std::make_shared<TableRowsOfBoth>();
  DatasetInfo info;
};

TableColumn &TableReader::columnCalled(const std::string &wanted) {
  auto found = std::find_if(columns.begin(), columns.end(), [&](auto &column) {
    return column.name == wanted;
  });
  if (found != columns.end())
    return *found;
  auto nearest =
      std::min_element(columns.begin(), columns.end(), [&](auto &a, auto &b) {
        return editDistance(wanted.substr(0, 64), a.name.substr(0, 64)) <
               editDistance(wanted.substr(0, 64), b.name.substr(0, 64));
      });
  fail(fmt::format("has no column `{}`; did you mean `{}`?",
                   printable(wanted.substr(0, 64)),
                   printable(nearest->name.substr(0, 64))));
}

void TableReader::readOptions() {
  name.requireOptions({"target", "test", "separator", "drop", "missing"});
  if (name.path.empty())
    throw Error("`table:` names no file; write table:FILE.csv?target=COLUMN");
  std::string separator = name.option("separator").value_or(",");
  if (separator == "tab" || separator == "\\t")
    separator = "\t";
  if (separator.size() != 1 || std::strchr("\"\r\n", separator[0]))
    fail(fmt::format("`separator={}`: one character is needed, or `tab`",
                     printable(separator.substr(0, 64))));
  if (auto missing = name.option("missing")) {
    if (*missing != "mean")
      fail(fmt::format("`missing={}`: `mean` is all that is known",
                       printable(missing->substr(0, 64))));
    fillsMissing = true;
  }
  file = {name.path, separator[0]};
  if (auto test = name.option("test"))
    testFile = TableFile{*test, separator[0]};

  columns = readColumns(file);
  bool takesLabels = labels.shape || labels.numbers;
  if (auto wanted = name.option("target")) {
    target = &columnCalled(*wanted);
    target->role = Role::Target;
  } else if (takesLabels) {
    fail(fmt::format("which column is the target? `{}?target={}`",
                     printable(name.text),
                     printable(columns.back().name.substr(0, 64))));
  }
  std::string rest = name.option("drop").value_or("");
  while (!rest.empty()) {
    size_t comma = std::min(rest.find(','), rest.size());
    TableColumn &column = columnCalled(rest.substr(0, comma));
    if (&column == target)
      fail(fmt::format("`{}` is the target, and dropped too",
                       printable(column.name.substr(0, 64))));
    column.role = Role::Dropped;
    rest.erase(0, comma + 1);
  }
}

/// Classes where its values are text or the loss takes nothing else.
void TableReader::decideTarget() {
  if (!target)
    return;
  bool takesClass = labels.shape && labels.shape->empty(),
       takesNumber =
           labels.numbers &&
           std::accumulate(labels.numbers->begin(), labels.numbers->end(),
                           int64_t{1}, std::multiplies<>()) == 1;
  if (target->isNumber && takesNumber && labels.classes != 2)
    return;
  if (!takesClass || labels.classes == 0) {
    if (!labels.shape && !labels.numbers)
      return; // the network takes no labels
    fail(fmt::format("column `{}` holds {}; the network takes {}",
                     printable(target->name.substr(0, 64)),
                     target->isNumber ? "one number a row" : "text",
                     target->isNumber ? "labels of another shape" : "numbers"));
  }
  hasClasses = true;
}

[[noreturn]] static void failAt(const TableFile &from, const CsvReader &row,
                                const TableColumn &column,
                                const std::string &what) {
  throw Error(fmt::format("{}: line {}: column `{}`: {}", printable(from.path),
                          row.line(), printable(column.name.substr(0, 64)),
                          what));
}

void TableReader::encodeTarget(const TableFile &from, const CsvReader &row,
                               size_t index, TableRows &rows) const {
  const TableColumn &column = columns[index];
  std::string_view field = row[index];
  auto failHere = [&](const std::string &what) {
    failAt(from, row, column, what);
  };
  if (isMissing(field, column.isNumber))
    failHere("has no value, and it is the target");
  std::optional<double> number;
  if (column.isNumber)
    number = parseNumber(field);
  if (column.isNumber && (!number || !std::isfinite(float(*number))))
    failHere(fmt::format("`{}` is no number",
                         printable(std::string(field.substr(0, 64)))));
  if (!hasClasses) {
    rows.targets.push_back(static_cast<float>(number.value_or(0)));
    return;
  }
  std::string text = number ? fmt::format("{}", *number) : std::string(field);
  auto known = std::find(info.classNames.begin(), info.classNames.end(), text);
  if (known == info.classNames.end())
    failHere(fmt::format("`{}` is none of the classes of {}",
                         printable(text.substr(0, 64)), printable(file.path)));
  rows.labels.push_back(static_cast<uint16_t>(known - info.classNames.begin()));
}

void TableReader::encodeField(const TableFile &from, const CsvReader &row,
                              size_t index, TableRows &rows) const {
  const TableColumn &column = columns[index];
  std::string_view field = row[index];
  auto failHere = [&](const std::string &what) {
    failAt(from, row, column, what);
  };
  bool missing = isMissing(field, column.isNumber);
  if (missing && !fillsMissing)
    failHere("has no value; `missing=mean` fills such gaps");
  if (!column.isNumber) {
    std::optional<uint16_t> category = column.categoryOf(field);
    if (!missing && !category)
      failHere(fmt::format("`{}` does not occur in {}",
                           printable(std::string(field.substr(0, 64))),
                           printable(file.path)));
    rows.categories.push_back(category.value_or(TableRows::missing));
    return;
  }
  std::optional<double> number = parseNumber(field);
  if (missing)
    number = column.mean;
  if (!number || !std::isfinite(static_cast<float>(*number)))
    failHere(fmt::format("`{}` is no number",
                         printable(std::string(field.substr(0, 64)))));
  rows.numbers.push_back(static_cast<float>(*number));
}

void TableReader::encode(const TableFile &from,
                         const std::function<bool(int64_t)> &takes,
                         TableRows &rows) const {
  forEachRow(from, columns, [&](const CsvReader &row, int64_t index) {
    if (!takes(index))
      return;
    ++rows.count;
    for (size_t i = 0; i < columns.size(); ++i)
      if (&columns[i] == target)
        encodeTarget(from, row, i, rows);
      else if (columns[i].role == Role::Input)
        encodeField(from, row, i, rows);
    if (!target)
      rows.labels.push_back(0);
  });
}

void TableReader::fillInfo() {
  auto scaling = std::make_shared<Scaling>();
  int64_t numbers = 0, categories = 0;
  for (const TableColumn &column : columns) {
    if (column.role != Role::Input)
      continue;
    if (column.isNumber) {
      ++numbers;
      scaling->mean.push_back(static_cast<float>(column.mean));
      scaling->deviation.push_back(static_cast<float>(column.deviation()));
    } else {
      ++categories;
      scaling->mean.resize(scaling->mean.size() + column.categories.size(), 0);
      scaling->deviation.resize(scaling->mean.size(), 1);
    }
    scaling->columns.push_back({column.name, column.categories});
  }
  both->width = static_cast<int64_t>(scaling->mean.size());
  if (both->width == 0)
    fail("has no column besides the target");
  info.shape = {both->width};
  info.element = ElementType::F32;
  info.scaling = std::move(scaling);
  auto count = [](int64_t number, std::string_view one, std::string_view more) {
    return fmt::format("{} column{} of {}", number, number == 1 ? "" : "s",
                       number == 1 ? one : more);
  };
  info.notes.push_back(
      fmt::format("{}: {} and {} make vectors of {}", info.name,
                  count(numbers, "numbers", "numbers"),
                  count(categories, "categories", "categories"), both->width));
}

DatasetInfo TableReader::inspect() {
  info.name = printable(name.text);
  info.directory = name.path;
  readOptions();
  int64_t rows = findKinds(file, columns);
  if (testFile ? rows == 0 : rows < oneIn)
    fail(fmt::format("has {} row{}{}", rows, rows == 1 ? "" : "s",
                     testFile ? "" : ", and every fifth is there to test"));
  decideTarget();
  auto isTrained = [&](int64_t row) { return testFile || !isOfTest(row); };
  findStatistics(file, columns, isTrained, fillsMissing, hasClasses);
  if (hasClasses) {
    info.classNames = target->categories;
    if (target->isNumber)
      std::sort(
          info.classNames.begin(), info.classNames.end(),
          [](auto &a, auto &b) { return *parseNumber(a) < *parseNumber(b); });
    info.classes = static_cast<int64_t>(info.classNames.size());
  } else if (target && (labels.shape || labels.numbers)) {
    info.labelKind = LabelKind::Numbers;
    info.labelShape = *labels.numbers;
  }
  fillInfo();
  encode(file, isTrained, *both->train);
  if (testFile)
    encode(*testFile, [](int64_t) { return true; }, *both->test);
  else
    encode(file, isOfTest, *both->test);
  if (both->test->count == 0)
    throw Error(fmt::format("{}: has no rows", printable(testFile->path)));
  info.trainExamples = both->train->count;
  info.testExamples = both->test->count;
  if (!testFile)
    info.notes.push_back(fmt::format("{}: every fifth row, {} of {}, is there "
                                     "to test; `test=` names another "
                                     "file",
                                     info.name, info.testExamples, rows));
  both->columns = columns;
  info.files = both;
  return std::move(info);
}

} // namespace

DatasetInfo inspectTable(const DatasetName &name,
                         const PictureRequest &request) {
  return TableReader(name, request).inspect();
}

} // namespace netc::runtime::data
