// The enumerations of executables (Enumerations.fbs), and their values as texts
// and messages have them: `InnerProduct` is `inner_product` or `inner product`.
#pragma once

#include "runtime/Enumerations_generated.h"

#include <cassert>
#include <cstddef>
#include <optional>

namespace netc::runtime {

using fb::Comparison;
using fb::ElementType;
using fb::Metric;

template <typename Enum>
inline constexpr size_t countOf = static_cast<size_t>(Enum::MAX) + 1;

/// All values in their order.
template <typename Enum>
inline constexpr auto valuesOf = [] {
  std::array<Enum, countOf<Enum>> values{};
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<Enum>(i);
  return values;
}();

/// Whether what a file holds is a value of the enumeration.
template <typename Enum> constexpr bool isInRange(Enum value) {
  return value <= Enum::MAX;
}

/// `InnerProduct`. \pre isInRange(value)
template <typename Enum> constexpr std::string_view nameOf(Enum value) {
  assert(isInRange(value));
  return namesOf(value)[static_cast<size_t>(value)];
}

/// A name in lower case, with a separator between its words. A word begins with
/// a capital behind a small letter: `BF16` is one.
struct Keyword {
  char letters[48] = {};
  size_t size = 0;

  constexpr Keyword() = default;
  constexpr Keyword(std::string_view name, char separator) {
    auto isUpper = [](char c) { return c >= 'A' && c <= 'Z'; };
    for (size_t i = 0; i < name.size(); ++i) {
      if (i > 0 && isUpper(name[i]) && name[i - 1] >= 'a')
        letters[size++] = separator;
      letters[size++] =
          static_cast<char>(isUpper(name[i]) ? name[i] - 'A' + 'a' : name[i]);
    }
  }
  constexpr operator std::string_view() const { return {letters, size}; }
};

template <typename Enum, char separator>
inline constexpr auto keywords = [] {
  std::array<Keyword, countOf<Enum>> made;
  for (size_t i = 0; i < made.size(); ++i)
    made[i] = Keyword(namesOf(Enum::MIN)[i], separator);
  return made;
}();

/// `inner_product`; with the separator ' ', `inner product`.
/// \pre isInRange(value)
template <char separator = '_', typename Enum>
constexpr std::string_view keyword(Enum value) {
  assert(isInRange(value));
  return keywords<Enum, separator>[static_cast<size_t>(value)];
}

/// The value whose keyword it is: the inverse.
template <typename Enum>
constexpr std::optional<Enum> fromKeyword(std::string_view word) {
  for (Enum value : valuesOf<Enum>)
    if (word == keyword(value))
      return value;
  return std::nullopt;
}

} // namespace netc::runtime
