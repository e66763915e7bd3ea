// Tables of a network's layers and what they cost.
#include "tools/netc/Check.h"

#include "tools/netc/Numbers.h"
#include "tools/netc/Paragraph.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <set>

namespace netc::tools {

namespace {

/// What a layer as written costs: its own kind, its activation is free.
struct LayerCost {
  shape::Cost cost;
  int64_t bytes = 0; // its parameters and its output for the whole batch
};

LayerCost costOf(const dsl::Layer &layer, int64_t batch) {
  LayerCost result;
  result.cost = shape::cost(layer.spec, layer.input);
  int64_t elements = shape::elementCount(layer.output).value_or(0);
  result.bytes = 4 * (result.cost.parameters + elements * batch);
  return result;
}

std::string_view kindOf(const dsl::Layer &layer) {
  return shape::kindName(layer.spec);
}

/// Cut to a column's width, its end kept: that is where names mostly differ.
std::string fitted(std::string name, size_t width) {
  return name.size() <= width ? name
                              : "~" + name.substr(name.size() - width + 1);
}

/// Whether the layers' names can be told apart when they are cut.
bool areDistinct(const std::vector<dsl::Layer> &layers, size_t width) {
  std::set<std::string> seen;
  return std::ranges::all_of(layers, [&](const dsl::Layer &layer) {
    return seen.insert(fitted(layer.name, width)).second;
  });
}

} // namespace

std::string checkText(const dsl::Network &network, const CheckFacts &facts) {
  std::string out =
      fmt::format("{}({}: {}) -> {}, batch {}\n\n", fitted(network.name, 20),
                  fitted(network.inputName, 10), shape::toString(network.input),
                  shape::toString(network.output), facts.batch);
  LayerCost total;
  // What is wider than its column takes the room from the names.
  size_t shapes = 12, counts = 11, names = 18;
  for (const dsl::Layer &layer : network.layers) {
    total.cost.parameters += costOf(layer, facts.batch).cost.parameters;
    shapes = std::max(shapes, shape::toString(layer.output).size());
  }
  counts = std::max(counts, grouped(total.cost.parameters).size());
  names -= std::min<size_t>(names - 6, shapes - 12 + counts - 11);
  constexpr size_t widest = 240; // no terminal shows more
  if (!areDistinct(network.layers, names))
    for (const dsl::Layer &layer : network.layers)
      names = std::max(names, std::min(layer.name.size(), widest));
  auto row = [&](const std::string &name, std::string_view kind,
                 const std::string &output, const std::string &parameters,
                 const std::string &multiplyAdds, const std::string &bytes) {
    out += fmt::format("{:<{}} {:<15} {:>{}} {:>{}} {:>9} {:>9}\n",
                       fitted(name, names), names, kind, output, shapes,
                       parameters, counts, multiplyAdds, bytes);
  };
  row("layer", "kind", "output", "parameters", "mult-adds", "bytes");
  for (const dsl::Layer &layer : network.layers) {
    LayerCost cost = costOf(layer, facts.batch);
    total.cost.multiplyAdds += cost.cost.multiplyAdds;
    total.bytes += cost.bytes;
    row(layer.name, kindOf(layer), shape::toString(layer.output),
        grouped(cost.cost.parameters), scaled(cost.cost.multiplyAdds),
        scaled(cost.bytes, "B"));
  }
  row("total", "", "", grouped(total.cost.parameters),
      scaled(total.cost.multiplyAdds), scaled(total.bytes, "B"));
  out += '\n';
  if (!facts.refusal.empty())
    out += paragraph("training", "none: " + facts.refusal, 12);
  out += fmt::format("{:<12}{} for {}{} example{} on {} ({})\n",
                     facts.refusal.empty() ? "training" : "evaluation",
                     scaled(facts.plannedBytes, "B"),
                     facts.refusal.empty() ? "a step of " : "", facts.batch,
                     facts.batch == 1 ? "" : "s", facts.target, facts.machine);
  if (facts.datasetBytes > 0)
    out += fmt::format("            {} of them the training set, kept there\n",
                       scaled(facts.datasetBytes, "B"));
  if (facts.aheadBytes > 0)
    out += fmt::format("            {} beside it for batches gathered ahead; "
                       "more --workers\n"
                       "            take up to {}\n",
                       scaled(facts.aheadBytes, "B"),
                       scaled(facts.mostAheadBytes, "B"));
  out += "columns     mult-adds of one example forward; bytes of the "
         "parameters and\n"
         "            of the batch's outputs\n";
  if (facts.pixelsAssumed)
    out += fmt::format("assumed     {} of {}, {}\n",
                       facts.pixels.size() == 3 ? "pictures" : "vectors",
                       shape::toString(facts.pixels),
                       facts.pixels == network.input
                           ? "the network's input"
                           : "from which `RandomCrop` cuts");
  return out;
}

std::string checkJson(const dsl::Network &network, const CheckFacts &facts) {
  nlohmann::ordered_json object;
  object["version"] = NETC_VERSION;
  object["network"] = network.name;
  object["batch"] = facts.batch;
  object["target"] = facts.target;
  object["input"] = network.input;
  object["output"] = network.output;
  shape::Cost total;
  nlohmann::ordered_json layers = nlohmann::ordered_json::array();
  for (const dsl::Layer &layer : network.layers) {
    LayerCost cost = costOf(layer, facts.batch);
    total.parameters += cost.cost.parameters;
    total.multiplyAdds += cost.cost.multiplyAdds;
    dsl::LineColumn place = dsl::lineColumn(layer.range);
    layers.push_back({{"name", layer.name},
                      {"kind", kindOf(layer)},
                      {"input", layer.input},
                      {"output", layer.output},
                      {"parameters", cost.cost.parameters},
                      {"macs", cost.cost.multiplyAdds},
                      {"bytes", cost.bytes},
                      {"file", layer.range.file ? layer.range.file->name : ""},
                      {"line", place.line},
                      {"column", place.column}});
  }
  object["parameters"] = total.parameters;
  object["macs"] = total.multiplyAdds;
  if (facts.refusal.empty()) {
    object["training_bytes"] = facts.plannedBytes;
  } else {
    object["training_bytes"] = nullptr;
    object["evaluation_bytes"] = facts.plannedBytes;
    object["not_trained"] = facts.refusal;
  }
  if (facts.datasetBytes > 0)
    object["dataset_bytes"] = facts.datasetBytes;
  if (facts.aheadBytes > 0) {
    object["ahead_bytes"] = facts.aheadBytes;
    object["most_ahead_bytes"] = facts.mostAheadBytes;
  }
  object["layers"] = std::move(layers);
  object["warnings"] = nlohmann::ordered_json::parse(facts.warnings);
  return object.dump(2, ' ', false,
                     nlohmann::ordered_json::error_handler_t::replace) +
         "\n";
}

} // namespace netc::tools
