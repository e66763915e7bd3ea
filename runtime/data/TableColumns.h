// What the columns of a table are: numbers with their mean and deviation,
// categories, or classes; found by reading the table once or twice.
#pragma once

#include "runtime/data/CsvReader.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace netc::runtime::data {

/// More different values are no categories: names, dates, decimal commas.
constexpr size_t mostCategories = 1024;

struct TableColumn {
  enum class Role { Input, Target, Dropped };
  std::string name;
  Role role = Role::Input;
  bool isNumber = true; // until a value is none
  // Of numbers of the training rows.
  int64_t count = 0;
  double mean = 0, squares = 0; // of the differences from the mean, summed
  /// Of categories, in the order of their bytes.
  std::vector<std::string> categories;

  /// The population's, or 1 where all values are the same.
  double deviation() const;
  /// Which category it is; none if none.
  std::optional<uint16_t> categoryOf(std::string_view value) const;
};

/// A table's file and how it is read.
struct TableFile {
  std::string path;
  char separator = ',';
};

/// The number that a field is, blanks around it left out; none if it is none.
/// It may be infinite.
std::optional<double> parseNumber(std::string_view field);
/// Whether a field says that there is no number: empty, NA, N/A, NaN, null,
/// None, ?; of text, whether it is empty.
bool isMissing(std::string_view field, bool ofNumber);

/// Calls `use` with each row and its number, from 0. Throws Error for a row
/// that has not as many fields as there are columns, and for other names of
/// columns.
void forEachRow(const TableFile &file, const std::vector<TableColumn> &columns,
                const std::function<void(const CsvReader &, int64_t)> &use);

/// The columns by the header's names. Throws Error: no row, a name that is
/// empty, there twice, or no UTF-8.
std::vector<TableColumn> readColumns(const TableFile &file);

/// Finds out which columns hold numbers only, and counts the rows.
int64_t findKinds(const TableFile &file, std::vector<TableColumn> &columns);

/// The statistics of the numbers of those rows that `isTrained` says, and the
/// categories of all rows. A target of numbers has categories too where
/// `wantsClasses`, in the order of the numbers. Throws Error: a missing value,
/// unless `fillsMissing`; too many categories.
void findStatistics(const TableFile &file, std::vector<TableColumn> &columns,
                    const std::function<bool(int64_t)> &isTrained,
                    bool fillsMissing, bool wantsClasses);

} // namespace netc::runtime::data
