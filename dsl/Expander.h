// The walk over a network's body: layers are expanded, named and given their
// shapes in one pass. Shared by its files: Expand.cpp (calls),
// ExpandControl.cpp
// (`if`, `repeat`, `for`, branches), ExpandNames.cpp and ExpandShapes.cpp.
#pragma once

#include "dsl/Layers.h"
#include "dsl/Sema.h"

#include <functional>
#include <set>

namespace netc::dsl {

/// What reaches a layer.
struct Flow {
  std::optional<shape::Shape> shape; // nullopt after an error
  int64_t value = networkInput;      // the layer that gives it
  int64_t producer = networkInput;   // the last layer that could change it
};

/// A level of names: the network, a use of a layer of the text's own, or a
/// labelled combinator.
struct NameLevel {
  /// Where a label stands, and the `if`, `repeat` or `for` around it.
  struct LabelPlace {
    SourceRange range;
    const Block *control;
  };
  std::string prefix;
  std::map<std::string, int64_t> counts;
  std::map<std::string, std::vector<LabelPlace>> labels;
  std::map<std::string, SourceRange> taken; // every name, without the prefix
};

class Expander {
public:
  Expander(const LayerTable &table, Evaluator &evaluator,
           Diagnostics &diagnostics, Network &network)
      : table(table), evaluator(evaluator), diagnostics(diagnostics),
        network(network) {}

  /// The network's body from its input, whose shape is nullopt after an error.
  void expandNetwork(const Call &body, std::optional<shape::Shape> input);
  /// For errors alone: what expansion has not reached, every name in it an
  /// unknown value.
  void checkNetwork(const NetworkDecl &decl);
  void checkLayer(const UserLayer &layer);

private:
  // Calls.
  void expandCall(const Call &call, const std::optional<Name> &label,
                  NameLevel &level);
  void expandCombinator(const Call &call, const std::optional<Name> &label,
                        NameLevel &level);
  void expandLayer(const Call &call, const LayerKind &kind,
                   const std::optional<Name> &label, NameLevel &level);
  void expandUserLayer(const Call &call, const UserLayer &layer,
                       const std::optional<Name> &label, NameLevel &level);
  void expandBody(const Call &call, const UserLayer &layer,
                  const BoundArguments &arguments, NameLevel &level);
  void defineParameters(const UserLayer &layer,
                        const BoundArguments &arguments);
  void expandUnknown(const Call &call);
  void reportUnknown(const Name &callee);

  // Sequences and branches.
  void expandSequence(const Block &block, NameLevel &level);
  void expandBranches(const Call &call, std::string name, NameLevel &level);
  /// Calls `expand` for each block that the item passes through; false if an
  /// error hides which ones.
  using ExpandBlock = std::function<void(const Block &)>;
  bool forEachPass(const IfItem &item, const ExpandBlock &expand);
  bool forEachPass(const RepeatItem &item, const ExpandBlock &expand);
  bool forEachPass(const ForItem &item, const ExpandBlock &expand);
  bool forEachElement(const ForItem &item, const Value &list,
                      const ExpandBlock &expand);
  bool forEachNumber(const ForItem &item, const Value &begin,
                     const ExpandBlock &expand);
  bool passWith(const ForItem &item, const Value &element,
                const ExpandBlock &expand);
  void pass(const Block &block, const ExpandBlock &expand);
  bool checkNames(const ForItem &item);
  /// An integer of 0..maxLayers; nullopt after an error.
  std::optional<int64_t> evaluateCount(const Expr &expr, std::string_view what);
  /// False, with an error, if the braces are empty.
  bool checkBlock(const Block &block, std::string_view owner);

  // Bounds: false, with an error, where the expansion goes too far; nothing is
  // expanded from there on.
  bool hasRoom(SourceRange range);
  bool maySpend(SourceRange range);
  /// One level of nesting more, which the caller leaves.
  bool enter(SourceRange range);
  bool stop() {
    isStopped = true;
    flow.shape.reset();
    return false;
  }

  // Names.
  void checkLabel(const Name &label, NameLevel &level);
  std::string name(std::string_view kind, SourceRange range,
                   const std::optional<Name> &label, NameLevel &level);

  // Scales.
  struct Scales {
    double learningRate = 1, decay = 1;
  };
  /// Those of the enclosing layers with the call's own.
  Scales scaled(const BoundArguments &arguments);

  // Shapes.
  void infer(Layer layer, const BoundArguments &arguments);
  void inferBlindly(Layer &layer, const BoundArguments &arguments);
  void join(Layer layer, const std::vector<Flow> &branches);
  void append(Layer layer, std::string how);
  void checkOutput();
  void reportMisfit(const Layer &layer, const shape::ShapeError &error,
                    const BoundArguments &arguments);
  void reportBranches(const Layer &layer, const shape::ShapeError &error,
                      const std::vector<Flow> &branches);
  void noteProducer(Diagnostic &error, const Flow &from,
                    std::string_view what = "");
  bool hintAtProducer(Diagnostic &error, const Layer &layer);

  const LayerTable &table;
  Evaluator &evaluator;
  Diagnostics &diagnostics;
  Network &network;

  Flow flow;
  Scales scales;
  std::vector<std::string> arithmetic; // of each layer, for notes
  const Block *control = nullptr;      // of the innermost `if`, `repeat`, `for`
  int64_t use = noUse;
  uint64_t steps = 0;
  unsigned nesting = 0, passes = 0;
  bool isStopped = false;
  bool isDry = false; // checks only: makes no layers, enters no user layers
};

} // namespace netc::dsl
