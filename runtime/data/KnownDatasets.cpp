// Finds and checks files as all known data sets do.
#include "runtime/data/KnownDatasets.h"
#include "runtime/Printable.h"

#include "runtime/data/ByteReader.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <numeric>
#include <unordered_set>
#include <utility>

namespace netc::runtime::data {

size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t substituted = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

std::optional<std::string> findFile(const std::string &directory,
                                    std::string_view name) {
  for (std::string_view suffix : {"", ".gz"}) {
    std::string path = fmt::format("{}/{}{}", directory, name, suffix);
    std::error_code ignored; // what cannot be looked at is not there
    if (std::filesystem::exists(path, ignored))
      return path;
  }
  return std::nullopt;
}

std::string requireFile(const std::string &directory, std::string_view name) {
  std::optional<std::string> path = findFile(directory, name);
  if (!path)
    throw Error(fmt::format("{0}: no file `{1}` or `{1}.gz` beside the "
                            "other files of the data set",
                            directory, name));
  return *path;
}

std::vector<std::string> namesIn(const std::string &directory) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entry(directory, error), end;
  for (; !error && entry != end; entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (!name.starts_with('.'))
      names.push_back(std::move(name));
  }
  if (error)
    throw Error(fmt::format("{}: {}", printable(directory), error.message()));
  std::sort(names.begin(), names.end());
  return names;
}

std::string contentReport(const std::string &directory,
                          std::string_view begin) {
  constexpr size_t most = 6, longest = 60;
  std::vector<std::string> names;
  try {
    names = namesIn(directory);
  } catch (const Error &) {
    return "";
  }
  if (names.empty())
    return "";
  std::string report(begin);
  for (size_t i = 0; i < std::min(most, names.size()); ++i) {
    std::string name = printable(names[i]);
    if (name.size() > longest)
      name = name.substr(0, longest) + "...";
    report += (i == 0 ? "" : ", ") + name;
  }
  if (names.size() > most)
    report += fmt::format(" and {} more", names.size() - most);
  return report;
}

std::vector<std::string> readClassNames(const std::string &path) {
  constexpr size_t longest = size_t{1} << 22, mostClasses = 65536;
  auto fail = [&](const std::string &what) {
    throw Error(fmt::format("{}: {}", path, what));
  };
  ByteReader reader(path);
  std::string text(longest + 1, '\0');
  text.resize(
      reader.read(reinterpret_cast<uint8_t *>(text.data()), text.size()));
  if (text.size() > longest)
    fail(fmt::format("more than {} bytes of names", longest));
  if (!isUtf8(text))
    fail("is not UTF-8");
  std::vector<std::string> names;
  std::unordered_set<std::string> seen;
  size_t start = text.starts_with("\xEF\xBB\xBF") ? 3 : 0; // a byte order mark
  while (start < text.size()) {
    size_t end = std::min(text.find('\n', start), text.size());
    std::string name = text.substr(start, end - start);
    start = end + 1;
    if (name.ends_with('\r'))
      name.pop_back();
    bool isLast = text.find_first_not_of("\r\n", end) == std::string::npos;
    if (name.empty() && !isLast)
      fail(fmt::format("line {} has no name", names.size() + 1));
    if (name.empty())
      break;
    if (!seen.insert(name).second)
      fail(fmt::format("the class `{}` is there twice", name));
    names.push_back(std::move(name));
    if (names.size() > mostClasses)
      fail(fmt::format("more than {} classes", mostClasses));
  }
  if (names.empty())
    fail("names no class");
  return names;
}

void checkLabels(const DatasetInfo &info, const std::string &path,
                 std::span<const uint8_t> labels, int64_t exampleLabels) {
  auto wrong = std::find_if(labels.begin(), labels.end(), [&](uint8_t label) {
    return label >= info.classes;
  });
  if (wrong != labels.end())
    throw Error(
        fmt::format("{}: label {} of example {}; `{}` has {} classes, 0 to {}",
                    path, *wrong, (wrong - labels.begin()) / exampleLabels,
                    info.name, info.classes, info.classes - 1));
}

} // namespace netc::runtime::data
