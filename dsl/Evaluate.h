// Expressions -> values, in a scope of parameters.
#pragma once

#include "dsl/Ast.h"
#include "dsl/Value.h"

#include <map>
#include <span>

namespace netc::dsl {

/// The words that stand for themselves: activations (`relu` ...), and
/// the modes of upsampling (`nearest` ...).
std::span<const std::string_view> valueNames();

/// The most elements of a list, those of the lists in it included.
constexpr size_t maxListSize = 1 << 12;

class Evaluator {
public:
  explicit Evaluator(Diagnostics &diagnostics) : diagnostics(diagnostics) {}

  void define(const std::string &name, Value value) {
    scope[name] = std::move(value);
  }
  /// Null if nothing of that name has been defined.
  const Value *find(const std::string &name) const;

  /// The value; an error value after an error that has been reported.
  Value evaluate(const Expr &expr);

private:
  struct Visitor;
  Diagnostics &diagnostics;
  std::map<std::string, Value> scope;
};

} // namespace netc::dsl
