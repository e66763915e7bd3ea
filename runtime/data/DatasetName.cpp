// Splits the name of a data set into its kind, its path and its options.
#include "runtime/data/DatasetName.h"
#include "runtime/Printable.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netc::runtime::data {
namespace {

bool isSmallLetter(char c) { return c >= 'a' && c <= 'z'; }

bool isKey(std::string_view text) {
  return !text.empty() && isSmallLetter(text[0]) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return isSmallLetter(c) || (c >= '0' && c <= '9') || c == '-' ||
                  c == '_';
         });
}

/// `%26` and its like become the bytes that they stand for.
std::string decoded(std::string_view value) {
  std::string result;
  for (size_t i = 0; i < value.size(); ++i) {
    uint8_t byte = 0;
    const char *digits = value.data() + i + 1;
    if (value[i] == '%' && i + 2 < value.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      result += static_cast<char>(byte);
      i += 2;
    } else {
      result += value[i];
    }
  }
  return result;
}

} // namespace

std::optional<std::string> DatasetName::option(std::string_view key) const {
  for (const auto &[name, value] : options)
    if (name == key)
      return value;
  return std::nullopt;
}

void DatasetName::requireOptions(
    std::initializer_list<std::string_view> known) const {
  for (const auto &[name, value] : options) {
    if (std::find(known.begin(), known.end(), name) != known.end())
      continue;
    throw Error(fmt::format(
        "`{}`: no option `{}`; `{}:` {}", printable(text), name, kind,
        known.size() == 0 ? "has none"
                          : fmt::format("has {}", fmt::join(known, ", "))));
  }
}

DatasetName parseDatasetName(std::string_view text) {
  DatasetName name;
  name.text = text;
  std::string_view rest = text;
  size_t colon = rest.find(':');
  if (colon != rest.npos && colon > 0 &&
      std::all_of(rest.begin(), rest.begin() + static_cast<ptrdiff_t>(colon),
                  isSmallLetter)) {
    name.kind = rest.substr(0, colon);
    rest.remove_prefix(colon + 1);
  }
  size_t mark = rest.rfind('?');
  std::string_view options;
  if (!name.kind.empty() && mark != rest.npos) {
    std::string_view tail = rest.substr(mark + 1);
    size_t equals = tail.find('=');
    if (equals != tail.npos && isKey(tail.substr(0, equals))) {
      options = tail;
      rest = rest.substr(0, mark);
    }
  }
  while (rest.size() > 1 && rest.ends_with('/'))
    rest.remove_suffix(1);
  name.path = rest;
  while (!options.empty()) {
    size_t end = std::min(options.find('&'), options.size());
    std::string_view one = options.substr(0, end);
    options.remove_prefix(std::min(end + 1, options.size()));
    size_t equals = one.find('=');
    std::string_view key = one.substr(0, equals);
    if (equals == one.npos || !isKey(key))
      throw Error(fmt::format("`{}`: expected key=value, got `{}`",
                              printable(name.text),
                              printable(std::string(one))));
    if (name.option(key))
      throw Error(fmt::format("`{}`: the option `{}` is given twice",
                              printable(name.text), key));
    name.options.emplace_back(key, decoded(one.substr(equals + 1)));
  }
  return name;
}

} // namespace netc::runtime::data
