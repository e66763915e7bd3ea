// What an expression evaluates to.
#pragma once

#include "compiler/shape/Shape.h"

#include <memory>

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

struct Value;

/// The elements of a list. Copies share them, so that passing a list on costs
/// nothing however long it is.
class ValueList {
public:
  ValueList();
  explicit ValueList(std::vector<Value> list);

  size_t size() const;
  bool empty() const { return size() == 0; }
  const Value &operator[](size_t index) const;
  const Value *begin() const;
  const Value *end() const;

private:
  std::shared_ptr<const std::vector<Value>> elements;
};

struct Value {
  using List = ValueList;
  std::variant<ErrorValue, int64_t, double, bool, std::string, shape::Shape,
               NamedValue, List>
      content;
  unsigned depth = 0; // of a list: how deep lists nest in it, itself included
  size_t size = 1;    // of a list: its elements, those of lists in it included

  bool isError() const { return std::holds_alternative<ErrorValue>(content); }
  template <typename T> const T *as() const { return std::get_if<T>(&content); }
};

/// Writes the value as a text would, long lists and strings cut short: `0.5`,
/// `[1, 2]`.
std::string toText(const Value &value);

} // namespace netc::dsl
