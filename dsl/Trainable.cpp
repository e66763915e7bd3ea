// What a network needs to be trained, beyond shapes that fit.
#include "dsl/Sema.h"

#include <algorithm>

namespace netc::dsl {

bool checkLoss(const Network &network, Diagnostics &diagnostics) {
  const Loss &loss = network.train.loss;
  const shape::Shape &output = network.output;
  if (output.empty()) // told before
    return true;
  SourceRange range = network.train.lossRange;
  auto report = [&](const std::string &takes) -> Diagnostic & {
    return diagnostics
        .error(DiagnosticKind::LossInput, range.file ? range : network.range,
               loss.kind->name, takes, network.name, shape::toString(output))
        .note(network.outputRange,
              fmt::format("the output of `{}` is here", network.name));
  };
  if (!loss.targetsInput) {
    if (!loss.kind->isOfClasses || output[0] > 1)
      return true;
    std::string_view other = loss.kind->forOneOutput;
    report("logits of two classes or more")
        .hint(network.train.declared
                  ? fmt::format("`{}` is the loss of one output", other)
                  : fmt::format("`train {{ loss = {} }}` gives it the loss of "
                                "one output",
                                other));
    return false;
  }
  if (output == network.input || network.input.empty())
    return true;
  Diagnostic &error = report(fmt::format("the shape of its target, {}",
                                         shape::toString(network.input)));
  error.note(network.inputRange,
             fmt::format("`{}` is here", network.inputName));
  if (shape::elementCount(output) == shape::elementCount(network.input))
    error.hint(network.outputRange,
               fmt::format("`Reshape({})` as the last layer gives it that "
                           "shape",
                           shape::toString(network.input)));
  return false;
}

static bool checkParameters(const Network &network, Diagnostics &diagnostics) {
  bool hasSome = std::ranges::any_of(network.layers, [](const Layer &layer) {
    return shape::cost(layer.spec, layer.input).parameters > 0;
  });
  if (hasSome)
    return true;
  diagnostics.error(DiagnosticKind::NothingToTrain, network.range,
                    network.name);
  return false;
}

/// In a batch, by the largest output of a layer; at least one, since a shape is
/// within the bound.
static int64_t mostExamples(const Network &network) {
  int64_t largest = 1;
  for (const Layer &layer : network.layers)
    largest = std::max(largest, shape::elementCount(layer.output).value_or(1));
  return shape::maxElements / largest;
}

bool fitsLoss(const Network &network) {
  Diagnostics unsaid;
  return checkLoss(network, unsaid);
}

/// A batch multiplies what every layer keeps.
bool checkBatch(const Network &network, int64_t batch,
                Diagnostics &diagnostics) {
  for (const Layer &layer : network.layers) {
    std::optional<int64_t> count = shape::elementCount(layer.output);
    if (!count || *count <= shape::maxElements / batch)
      continue;
    SourceRange range = network.train.batchRange;
    diagnostics
        .error(DiagnosticKind::BatchTooLarge,
               range.file ? range : network.range, batch,
               shape::toString(layer.output), layer.name)
        .note(layer.range, fmt::format("`{}` is here", layer.name))
        .hint(fmt::format("`--batch {}` is the most", mostExamples(network)));
    return false;
  }
  return true;
}

/// A batch, or an epoch's smaller last one, of a single example.
static bool leavesOne(int64_t examples, int64_t batch) {
  return batch == 1 || examples % batch == 1;
}

/// The nearest one that leaves none alone; nullopt if there is but one example.
static std::optional<int64_t> batchThatWouldDo(int64_t examples,
                                               int64_t batch) {
  if (examples < 2)
    return std::nullopt;
  for (int64_t distance = 1;; ++distance) // all of them at once leave none
    for (int64_t other : {batch - distance, batch + distance})
      if (other > 1 && !leavesOne(examples, other))
        return other;
}

/// A vector has one value a channel in each example.
static bool checkStatistics(const Network &network, int64_t batch,
                            std::optional<int64_t> examples,
                            Diagnostics &diagnostics) {
  int64_t count = examples.value_or(batch);
  auto norm = std::ranges::find_if(network.layers, [](const Layer &layer) {
    return std::holds_alternative<shape::BatchNorm>(layer.spec) &&
           shape::elementCount(layer.input) == layer.input[0];
  });
  if (norm == network.layers.end() || !leavesOne(count, batch))
    return true;
  Diagnostic &error = diagnostics.error(
      DiagnosticKind::LoneExample, norm->range, norm->name,
      batch == 1
          ? "a batch of one example"
          : fmt::format("{} example{} one behind batches of {}; it", count,
                        count == 1 ? " leaves" : "s leave", batch),
      norm->input[0]);
  if (!examples) {
    error.hint("`--batch 2` would do, or more");
  } else if (auto other = batchThatWouldDo(count, batch)) {
    int64_t left = count % *other;
    error.hint(fmt::format("`--batch {}` would do: it leaves {}", *other,
                           left == 0 ? "none" : fmt::format("{}", left)));
  }
  return false;
}

bool checkTrainable(const Network &network, int64_t batch,
                    std::optional<int64_t> examples, Diagnostics &diagnostics) {
  return checkLoss(network, diagnostics) &&
         checkParameters(network, diagnostics) &&
         checkStatistics(network, batch, examples, diagnostics);
}

} // namespace netc::dsl
