// One layer from its text to its launches.
#include "tools/netc/Explain.h"

#include "dsl/Names.h"
#include "runtime/Contract.h"
#include "runtime/Error.h"
#include "tools/netc/Numbers.h"
#include "tools/netc/Paragraph.h"

#include <algorithm>
#include <fmt/format.h>

namespace netc::tools {

size_t findLayer(const dsl::Network &network, const std::string &name) {
  std::vector<std::string_view> known;
  for (size_t i = 0; i < network.layers.size(); ++i) {
    if (network.layers[i].name == name)
      return i;
    known.push_back(network.layers[i].name);
  }
  std::string_view nearest = dsl::nearestName(name, known);
  std::string message =
      fmt::format("`{}` has no layer called `{}`", network.name, name);
  message += nearest.empty()
                 ? fmt::format("; its first one is `{}`", known.front())
                 : fmt::format("; did you mean `{}`?", nearest);
  throw Error(message);
}

/// How the shape comes about: `(28 + 2*2 - 5)/1 + 1 = 28`.
static std::string arithmeticOf(const dsl::Network &network,
                                const dsl::Layer &layer) {
  std::vector<shape::Shape> inputs;
  for (int64_t input : layer.inputs)
    inputs.push_back(input == dsl::networkInput
                         ? network.input
                         : network.layers[size_t(input)].output);
  shape::InferResult result = shape::infer(layer.spec, inputs);
  const auto *inferred = std::get_if<shape::Inferred>(&result);
  return inferred ? inferred->arithmetic : "";
}

static std::string inputsText(const dsl::Network &network,
                              const dsl::Layer &layer) {
  std::string text;
  for (int64_t input : layer.inputs)
    text += fmt::format(
        "{}{} of {}", text.empty() ? "" : ", ",
        shape::toString(input == dsl::networkInput
                            ? network.input
                            : network.layers[size_t(input)].output),
        input == dsl::networkInput ? network.inputName
                                   : network.layers[size_t(input)].name);
  return text;
}

static std::string_view titleOf(std::string_view program) {
  if (program == runtime::program::trainStep)
    return "a training step";
  if (program == runtime::program::trainLastStep)
    return "the last, smaller training step of an epoch";
  if (program == runtime::program::evaluate)
    return "evaluation";
  return program == runtime::program::initialize ? "initialization" : program;
}

static std::string launchesText(std::span<const LaunchFacts> launches) {
  std::string text;
  std::string_view program;
  for (const LaunchFacts &launch : launches) {
    if (launch.program != program)
      text += fmt::format("\n{}\n", titleOf(launch.program));
    program = launch.program;
    text +=
        fmt::format("{:>4} {}: {}\n", launch.number, launch.role, launch.what);
    for (const std::string &detail : launch.details)
      text += paragraph("       ", detail, 7);
    if (launch.bytesAside > 0)
      text += fmt::format("       {} beside it for the library\n",
                          scaled(launch.bytesAside, "B"));
  }
  return text;
}

std::string explainText(const dsl::Network &network, size_t index,
                        int64_t batch, std::span<const LaunchFacts> launches) {
  const dsl::Layer &layer = network.layers[index];
  shape::Cost cost = shape::cost(layer.spec, layer.input);
  std::string arguments;
  for (const dsl::GivenArgument &argument : layer.arguments)
    arguments += fmt::format("{}{}={}", arguments.empty() ? "" : ", ",
                             argument.name, argument.value);
  std::string text =
      fmt::format("{}: {}{}\n", layer.name, shape::kindName(layer.spec),
                  arguments.empty() ? "" : "(" + arguments + ")");
  if (layer.range.file) {
    dsl::LineColumn place = dsl::lineColumn(layer.range);
    text += paragraph("written", fmt::format("{}:{}:{}", layer.range.file->name,
                                             place.line, place.column));
  }
  text += paragraph("reads", inputsText(network, layer));
  std::string arithmetic = arithmeticOf(network, layer);
  text += paragraph("gives", shape::toString(layer.output) +
                                 (arithmetic.empty() ? "" : ": " + arithmetic));

  std::string parameters = grouped(cost.parameters);
  std::string_view separator = ": ";
  for (const shape::ParameterShape &parameter :
       shape::parameters(layer.spec, layer.input)) {
    parameters += fmt::format("{}{} {}", separator, parameter.name,
                              shape::toString(parameter.shape));
    separator = ", ";
  }
  text += paragraph("parameters", parameters);
  text += paragraph("mult-adds", fmt::format("{} for one example forward",
                                             grouped(cost.multiplyAdds)));
  int64_t elements = shape::elementCount(layer.output).value_or(0);
  text += paragraph(
      "memory", fmt::format("{} of parameters, {} of output for a batch of {}",
                            scaled(4 * cost.parameters, "B"),
                            scaled(4 * elements * batch, "B"), batch));
  if (launches.empty())
    text += "\nno launches: what it does is part of others', or of none\n";
  return text + launchesText(launches);
}

} // namespace netc::tools
