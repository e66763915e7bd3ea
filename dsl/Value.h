// What an expression evaluates to.
#pragma once

#include "compiler/shape/Shape.h"

namespace netc::dsl {

/// Already reported: whoever meets it says nothing.
struct ErrorValue {
  bool operator==(const ErrorValue &) const = default;
};

/// A word that stands for itself: `relu`.
struct NamedValue {
  std::string name;
  bool operator==(const NamedValue &) const = default;
};

struct Value {
  using List = std::vector<Value>;
  std::variant<ErrorValue, int64_t, double, bool, std::string, shape::Shape,
               NamedValue, List>
      content;
  unsigned depth = 0; // of a list: how deep lists nest in it, itself included
  size_t size = 1;    // of a list: its elements, those of lists in it included

  bool isError() const { return std::holds_alternative<ErrorValue>(content); }
  template <typename T> const T *as() const { return std::get_if<T>(&content); }
};

/// As a text would write it, long lists and strings cut short: `0.5`,
/// `[1, 2]`.
std::string describe(const Value &value);

} // namespace netc::dsl
