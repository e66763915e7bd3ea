// Expressions -> values, in scopes of parameters.
#pragma once

#include "dsl/Ast.h"
#include "dsl/Value.h"

#include <deque>
#include <map>
#include <span>

namespace netc::dsl {

/// The words that stand for themselves: activations (`relu` ...), and
/// the modes of upsampling (`nearest` ...).
std::span<const std::string_view> valueNames();

/// Names with their values.
using Scope = std::map<std::string, Value, std::less<>>;

/// The most elements of a list, those of the lists in it included.
constexpr size_t maxListSize = 1 << 12;

class Evaluator {
public:
  explicit Evaluator(Diagnostics &diagnostics) : diagnostics(diagnostics) {}

  /// Defines the name in the innermost scope; it shadows what is outside.
  void define(const std::string &name, Value value) {
    (layers.empty() ? network : layers.back().scope)[name] = std::move(value);
  }
  /// The names of one layer while it lives: nothing outside of it is known,
  /// but for what the file defines, the network's parameters, if
  /// `seesNetwork`.
  class LayerScope {
  public:
    LayerScope(Evaluator &evaluator, bool seesNetwork) : evaluator(evaluator) {
      evaluator.layers.push_back({seesNetwork, {}});
    }
    ~LayerScope() { evaluator.layers.pop_back(); }
    LayerScope(const LayerScope &) = delete;
    LayerScope &operator=(const LayerScope &) = delete;

  private:
    Evaluator &evaluator;
  };
  /// A name that has its value while this lives: a loop's. Layers that are used
  /// meanwhile do not see it.
  class Binding {
  public:
    Binding(Evaluator &evaluator, std::string name, Value value);
    ~Binding();
    Binding(const Binding &) = delete;
    Binding &operator=(const Binding &) = delete;

  private:
    Scope &scope;
    std::string name;
    std::optional<Value> shadowed;
  };

  /// Null if nothing of that name has been defined.
  const Value *find(std::string_view name) const;

  /// The value; an error value after an error that has been reported.
  Value evaluate(const Expr &expr);

  /// Expressions evaluated so far, parts counted.
  uint64_t steps() const { return stepCount; }

private:
  struct Visitor;
  struct Layer {
    bool seesNetwork;
    Scope scope;
  };
  /// Lists the names that can be meant where `find` finds none.
  std::vector<std::string_view> knownNames() const;

  Diagnostics &diagnostics;
  Scope network, networkLoops; // what the file defines; its body's loops
  std::deque<Layer> layers;    // references stay valid
  uint64_t stepCount = 0;
};

} // namespace netc::dsl
