// Digits in groups, and prefixes of units.
#include "tools/netc/Numbers.h"

#include <fmt/format.h>
#include <iterator>

namespace netc::tools {

std::string grouped(int64_t number) {
  std::string digits = std::to_string(number), result;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0 && digits[i - 1] != '-')
      result += ',';
    result += digits[i];
  }
  return result;
}

std::string scaled(int64_t number, std::string_view unit) {
  static constexpr const char *prefixes[] = {"", "k", "M", "G", "T", "P"};
  auto value = static_cast<double>(number);
  size_t prefix = 0;
  while (value >= 999.95 && prefix + 1 < std::size(prefixes)) {
    value /= 1000;
    ++prefix;
  }
  if (prefix == 0)
    return unit.empty() ? std::to_string(number)
                        : fmt::format("{} {}", number, unit);
  return fmt::format("{:.1f} {}{}", value, prefixes[prefix], unit);
}

std::string plain(double number) { return fmt::format("{}", number); }

} // namespace netc::tools
