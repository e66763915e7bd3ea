// The walk over a network's body: layers are expanded, named and given their
// shapes in one pass. Shared by its files: Expand.cpp (calls and names) and
// ExpandShapes.cpp.
#pragma once

#include "dsl/Layers.h"
#include "dsl/Sema.h"

namespace netc::dsl {

/// What reaches a layer.
struct Flow {
  std::optional<shape::Shape> shape; // nullopt after an error
  int64_t value = networkInput;      // the layer that gives it
  int64_t producer = networkInput;   // the last layer that could change it
};

/// A level of names: the network, or a labelled combinator.
struct NameLevel {
  std::string prefix;
  std::map<std::string, int64_t> counts;
  std::map<std::string, SourceRange> labels;
};

class Expander {
public:
  Expander(Evaluator &evaluator, Diagnostics &diagnostics, Network &network)
      : evaluator(evaluator), diagnostics(diagnostics), network(network) {}

  Flow flow;

  void expandCall(const Call &call, const std::optional<Name> &label,
                  NameLevel &level);
  void checkOutput();

private:
  void expandCombinator(const Call &call, const std::optional<Name> &label,
                        NameLevel &level);
  void expandSequence(const Block &block, NameLevel &level);
  /// Each item is a branch of what flows in.
  void expandBranches(const Call &call, std::string name, NameLevel &level);
  void expandLayer(const Call &call, const LayerKind &kind,
                   const std::optional<Name> &label, NameLevel &level);
  void reportUnknown(const Call &call);
  void checkLabel(const Name &label, NameLevel &level);
  std::string layerName(std::string_view kind, const std::optional<Name> &label,
                        NameLevel &level);

  // Shapes.
  /// False, with an error, if the network is full.
  bool hasRoom(SourceRange range);
  void infer(Layer &layer, const BoundArguments &arguments);
  void inferBlindly(Layer &layer, const BoundArguments &arguments);
  /// Joins the branches, of which nothing is known where a shape is missing.
  void join(Layer &layer, const std::vector<Flow> &branches);
  void append(Layer layer, std::string how);
  void reportMisfit(const Layer &layer, const shape::ShapeError &error,
                    const BoundArguments &arguments);
  void reportBranches(const Layer &layer, const shape::ShapeError &error,
                      const std::vector<Flow> &branches);
  void noteProducer(Diagnostic &error, const Flow &from,
                    std::string_view what = "");
  bool hintAtProducer(Diagnostic &error, const Layer &layer);

  Evaluator &evaluator;
  Diagnostics &diagnostics;
  Network &network;
  std::vector<std::string> arithmetic; // of each layer, for notes
  bool isFull = false;
};

} // namespace netc::dsl
