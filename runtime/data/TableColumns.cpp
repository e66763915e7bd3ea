// Passes over a table, a row at a time.
#include "runtime/data/TableColumns.h"
#include "runtime/Printable.h"

#include "runtime/data/ByteReader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <map>

namespace netc::runtime::data {
namespace {

std::string_view trimmed(std::string_view field) {
  while (!field.empty() && (field.front() == ' ' || field.front() == '\t'))
    field.remove_prefix(1);
  while (!field.empty() && (field.back() == ' ' || field.back() == '\t'))
    field.remove_suffix(1);
  return field;
}

/// A value in a message, cut.
std::string quoted(std::string_view value) {
  constexpr size_t most = 40;
  return fmt::format("`{}{}`", printable(std::string(value.substr(0, most))),
                     value.size() > most ? "..." : "");
}

[[noreturn]] void failAt(const TableFile &file, int64_t line,
                         const TableColumn &column, const std::string &what) {
  throw Error(fmt::format("{}: line {}: column {}: {}", printable(file.path),
                          line, quoted(column.name), what));
}

} // namespace

double TableColumn::deviation() const {
  double variance = count > 0 ? squares / static_cast<double>(count) : 0;
  double deviation = std::sqrt(variance);
  return static_cast<float>(deviation) > 0 ? deviation : 1;
}

std::optional<uint16_t> TableColumn::categoryOf(std::string_view value) const {
  auto found = std::lower_bound(categories.begin(), categories.end(), value);
  if (found == categories.end() || *found != value)
    return std::nullopt;
  return static_cast<uint16_t>(found - categories.begin());
}

std::optional<double> parseNumber(std::string_view field) {
  field = trimmed(field);
  if (field.starts_with('+') && !field.starts_with("+-"))
    field.remove_prefix(1);
  double number = 0;
  auto [end, error] =
      std::from_chars(field.data(), field.data() + field.size(), number);
  if (field.empty() || error == std::errc::invalid_argument ||
      end != field.data() + field.size() || std::isnan(number))
    return std::nullopt;
  // What a double cannot hold becomes infinite, or zero.
  return error == std::errc()
             ? number
             : std::strtod(std::string(field).c_str(), nullptr);
}

bool isMissing(std::string_view field, bool ofNumber) {
  constexpr std::array<std::string_view, 10> words = {
      "", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?", "-"};
  field = trimmed(field);
  return ofNumber ? std::find(words.begin(), words.end(), field) != words.end()
                  : field.empty();
}

void forEachRow(const TableFile &file, const std::vector<TableColumn> &columns,
                const std::function<void(const CsvReader &, int64_t)> &use) {
  ByteReader in(file.path);
  std::string name = printable(file.path);
  CsvReader row(in, name, file.separator);
  bool isSame = row.next() && row.size() == columns.size();
  for (size_t i = 0; isSame && i < columns.size(); ++i)
    isSame = row[i] == columns[i].name;
  if (!isSame)
    throw Error(fmt::format("{}: has not the columns of the other rows of the "
                            "data set, in their order",
                            name));
  for (int64_t index = 0; row.next(); ++index) {
    if (row.size() != columns.size())
      throw Error(fmt::format("{}: line {}: has {} fields, there are {} "
                              "columns",
                              name, row.line(), row.size(), columns.size()));
    use(row, index);
  }
}

std::vector<TableColumn> readColumns(const TableFile &file) {
  ByteReader in(file.path);
  std::string name = printable(file.path);
  CsvReader header(in, name, file.separator);
  if (!header.next())
    throw Error(
        fmt::format("{}: is empty; the names of its columns are needed", name));
  std::vector<TableColumn> columns;
  std::set<std::string_view> seen;
  for (size_t i = 0; i < header.size(); ++i) {
    std::string_view text = header[i];
    if (text.empty())
      throw Error(fmt::format("{}: column {} has no name", name, i + 1));
    if (!isUtf8(text))
      throw Error(
          fmt::format("{}: the name of column {} is not UTF-8", name, i + 1));
    if (!seen.insert(text).second)
      throw Error(
          fmt::format("{}: two columns are called {}", name, quoted(text)));
    columns.emplace_back().name = text;
  }
  return columns;
}

int64_t findKinds(const TableFile &file, std::vector<TableColumn> &columns) {
  int64_t rows = 0;
  forEachRow(file, columns, [&](const CsvReader &row, int64_t) {
    ++rows;
    for (size_t i = 0; i < columns.size(); ++i)
      columns[i].isNumber = columns[i].isNumber &&
                            (isMissing(row[i], true) || parseNumber(row[i]));
  });
  return rows;
}

namespace {

/// Adds to what is known of a column, row by row.
class StatisticsReader {
public:
  StatisticsReader(const TableFile &file, std::vector<TableColumn> &columns,
                   bool fillsMissing, bool wantsClasses)
      : file(file), columns(columns), fillsMissing(fillsMissing),
        wantsClasses(wantsClasses), texts(columns.size()) {}

  void add(size_t index, std::string_view field, int64_t line, bool isTrained);
  void finish();

private:
  void addNumber(TableColumn &column, double number, int64_t line,
                 bool isTrained);
  void addText(size_t index, std::string value, int64_t line);

  const TableFile &file;
  std::vector<TableColumn> &columns;
  const bool fillsMissing, wantsClasses;
  std::vector<std::set<std::string, std::less<>>> texts;
};

void StatisticsReader::add(size_t index, std::string_view field, int64_t line,
                           bool isTrained) {
  TableColumn &column = columns[index];
  if (column.role == TableColumn::Role::Dropped)
    return;
  bool isTarget = column.role == TableColumn::Role::Target;
  if (isMissing(field, column.isNumber)) {
    if (isTarget)
      failAt(file, line, column, "has no value, and it is the target");
    if (!fillsMissing)
      failAt(file, line, column,
             "has no value; `missing=mean` fills such gaps");
    return;
  }
  if (column.isNumber)
    addNumber(column, *parseNumber(field), line, isTrained);
  if (isTarget && wantsClasses && column.isNumber)
    addText(index, fmt::format("{}", *parseNumber(field)), line);
  else if (!column.isNumber)
    addText(index, std::string(field), line);
}

/// Welford's way, which does not cancel.
void StatisticsReader::addNumber(TableColumn &column, double number,
                                 int64_t line, bool isTrained) {
  if (!std::isfinite(static_cast<float>(number)))
    failAt(file, line, column,
           fmt::format("{} does not fit a 32-bit float", number));
  if (!isTrained)
    return;
  double difference = number - column.mean;
  column.mean += difference / static_cast<double>(++column.count);
  column.squares += difference * (number - column.mean);
}

void StatisticsReader::addText(size_t index, std::string value, int64_t line) {
  const TableColumn &column = columns[index];
  if (!isUtf8(value))
    failAt(file, line, column, "is not UTF-8");
  texts[index].insert(std::move(value));
  if (texts[index].size() > mostCategories)
    failAt(file, line, column,
           fmt::format("more than {} different values, one of them {}; {}",
                       mostCategories, quoted(*texts[index].begin()),
                       column.role == TableColumn::Role::Target
                           ? "the network's loss takes classes"
                           : "`drop=` leaves columns out"));
}

void StatisticsReader::finish() {
  for (size_t i = 0; i < columns.size(); ++i) {
    TableColumn &column = columns[i];
    column.categories.assign(texts[i].begin(), texts[i].end());
    if (column.isNumber && column.count == 0 &&
        column.role == TableColumn::Role::Input)
      throw Error(fmt::format("{}: column {} has no value to train with",
                              printable(file.path), quoted(column.name)));
  }
}

} // namespace

void findStatistics(const TableFile &file, std::vector<TableColumn> &columns,
                    const std::function<bool(int64_t)> &isTrained,
                    bool fillsMissing, bool wantsClasses) {
  StatisticsReader reader(file, columns, fillsMissing, wantsClasses);
  forEachRow(file, columns, [&](const CsvReader &row, int64_t index) {
    for (size_t i = 0; i < columns.size(); ++i)
      reader.add(i, row[i], row.line(), isTrained(index));
  });
  reader.finish();
}

} // namespace netc::runtime::data
