// What a call may be given, and the check of what it is given: names, kinds,
// what is missing. Layers, transforms and optimizers all have signatures.
#pragma once

#include "dsl/Evaluate.h"
#include "dsl/Network.h"

namespace netc::dsl {

enum class ArgumentKind {
  Integer,
  Pair, // two sizes: `3`, `3x5`, `[3, 5]`
  Number,
  Boolean,
  Activation,
  Numbers,       // `0.5`, `[0.1, 0.2]`
  Interpolation, // `nearest`, `bilinear`
  Sides,         // `1`, `1x2` (height, width), `[1, 0, 2, 0]`
  Shape,         // `10`, `1x28x28`, `[1, n, n]`
  Word,          // `label`, a value that stands for itself
  Any            // a parameter of the text's own layers
};

struct ArgumentSpec {
  std::string_view name;
  ArgumentKind kind;
  bool isRequired = false;
};

/// The first argument may be given without its name.
struct Signature {
  std::string_view name;
  std::vector<ArgumentSpec> arguments;
};

using ArgumentValue =
    std::variant<int64_t, shape::Pair, double, bool, shape::ActivationKind,
                 std::vector<double>, shape::Interpolation, shape::Sides,
                 shape::Shape, std::string, Value>;

/// The arguments of a call that has passed its check.
class BoundArguments {
public:
  struct Entry {
    ArgumentValue value;
    SourceRange range; // of the name where it stands, else of the value
  };

  void add(std::string_view name, Entry entry) { entries[name] = entry; }
  const Entry *find(std::string_view name) const {
    auto it = entries.find(name);
    return it == entries.end() ? nullptr : &it->second;
  }
  /// \pre T is what the kind of the argument holds.
  template <typename T> T get(std::string_view name, T otherwise = {}) const {
    const Entry *entry = find(name);
    return entry ? std::get<T>(entry->value) : otherwise;
  }

private:
  std::map<std::string_view, Entry> entries; // names live in the signature
};

/// Checks the arguments of a call (null if it has none); nullopt after an
/// error.
std::optional<BoundArguments>
bind(const Signature &signature, const Name &callee, const Arguments *arguments,
     Evaluator &evaluator, Diagnostics &diagnostics);

/// Binds those of a layer, which takes `lr_scale` and `decay_scale` besides.
std::optional<BoundArguments> bindLayer(const Signature &signature,
                                        const Name &callee,
                                        const Arguments *arguments,
                                        Evaluator &evaluator,
                                        Diagnostics &diagnostics);

/// What every layer takes: the names of its scales.
std::span<const ArgumentSpec> scaleArguments();
/// The arguments for people, in the signature's order; equal sizes of a pair
/// are written once.
std::vector<GivenArgument> givenArguments(const Signature &signature,
                                          const BoundArguments &arguments);

/// Evaluates the arguments of a call that is unknown, for their errors alone.
void evaluateAll(const Arguments &arguments, Evaluator &evaluator);

} // namespace netc::dsl
