// Strict matching of a weights file to a model.
#include "runtime/train/Weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unordered_map>

namespace netc::runtime::train {
namespace {

std::string shapeText(const std::vector<int64_t> &shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

/// "missing `a`, `b` and 3 more"; nothing for an empty list.
void addList(std::vector<std::string> &parts, std::string_view what,
             const std::vector<std::string> &names) {
  constexpr size_t most = 8; // a wrong file would name hundreds
  if (names.empty())
    return;
  auto end =
      names.begin() + static_cast<ptrdiff_t>(std::min(names.size(), most));
  std::string list =
      fmt::format("{} {}", what, fmt::join(names.begin(), end, ", "));
  if (names.size() > most)
    list += fmt::format(" and {} more", names.size() - most);
  parts.push_back(list);
}

using Indices = std::unordered_map<std::string, size_t>;

/// `NAME.num_batches_tracked` where `NAME.running_mean` is known.
bool isBatchCount(const std::string &name, const Indices &indices) {
  constexpr std::string_view suffix = ".num_batches_tracked";
  if (!name.ends_with(suffix))
    return false;
  std::string layer = name.substr(0, name.size() - suffix.size());
  return indices.contains(layer + ".running_mean");
}

} // namespace

MatchedWeights openWeights(const Model &model, const std::string &path) {
  MatchedWeights weights{SafetensorsFile(path), {}};
  Indices indices;
  for (size_t i = 0; i < model.parameters.size(); ++i)
    indices.emplace(model.parameters[i].name, i);

  std::vector<std::string> missing, extra, misshapen, mistyped;
  std::vector<bool> found(model.parameters.size());
  for (const TensorEntry &tensor : weights.file.tensors()) {
    auto index = indices.find(tensor.name);
    if (index == indices.end() && isBatchCount(tensor.name, indices)) {
      weights.parameters.push_back(MatchedWeights::none);
      continue;
    }
    if (index == indices.end()) {
      extra.push_back(quoteName(tensor.name));
      continue;
    }
    found[index->second] = true;
    weights.parameters.push_back(index->second);
    const ParameterInfo &parameter = model.parameters[index->second];
    if (tensor.shape != parameter.shape)
      misshapen.push_back(fmt::format("{} {} for {}", quoteName(tensor.name),
                                      shapeText(tensor.shape),
                                      shapeText(parameter.shape)));
    else if (tensor.type != "F32")
      mistyped.push_back(
          fmt::format("{} {}", quoteName(tensor.name), tensor.type));
  }
  for (size_t i = 0; i < found.size(); ++i)
    if (!found[i] && model.parameters[i].isSaved())
      missing.push_back(quoteName(model.parameters[i].name));

  std::vector<std::string> parts;
  addList(parts, "missing", missing);
  addList(parts, "not in the network", extra);
  addList(parts, "of another shape", misshapen);
  addList(parts, "not F32", mistyped);
  if (!parts.empty())
    throw Error(fmt::format("{}: does not fit network `{}`: {}", path,
                            model.network, fmt::join(parts, "; ")));
  return weights;
}

void loadWeights(Programs &programs, MatchedWeights &weights) {
  std::vector<std::byte> bytes;
  const std::vector<TensorEntry> &tensors = weights.file.tensors();
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (weights.parameters[i] == MatchedWeights::none)
      continue;
    bytes.resize(tensors[i].end - tensors[i].begin);
    weights.file.read(tensors[i], bytes);
    programs.writeParameter(weights.parameters[i], bytes);
  }
}

/// What files hold of the parameters; the index of each in `indices`.
static std::vector<TensorHeader>
savedTensors(const Model &model, std::vector<size_t> *indices = nullptr) {
  std::vector<TensorHeader> tensors;
  for (size_t i = 0; i < model.parameters.size(); ++i) {
    if (!model.parameters[i].isSaved())
      continue;
    tensors.push_back({model.parameters[i].name, model.parameters[i].shape});
    if (indices)
      indices->push_back(i);
  }
  return tensors;
}

uint64_t weightsBytes(const Model &model, const SafetensorsMetadata &metadata) {
  return safetensorsBytes(savedTensors(model), metadata);
}

void saveWeights(const Programs &programs, OutputFile &output,
                 const std::string &path, const SafetensorsMetadata &metadata) {
  std::vector<size_t> indices;
  std::vector<TensorHeader> tensors = savedTensors(programs.model(), &indices);
  auto fill = [&](size_t i, std::span<std::byte> bytes) {
    programs.readParameter(indices[i], bytes);
    for (size_t at = 0; at < bytes.size(); at += sizeof(float)) {
      float value = 0;
      std::memcpy(&value, bytes.data() + at, sizeof value);
      if (!std::isfinite(value))
        throw Error(fmt::format("{}: not saved: `{}` holds {}", path,
                                tensors[i].name, value));
    }
  };
  writeSafetensors(output, tensors, fill, metadata);
}

void saveWeights(const Programs &programs, const std::string &path,
                 const SafetensorsMetadata &metadata) {
  OutputFile output(path);
  saveWeights(programs, output, path, metadata);
}

} // namespace netc::runtime::train
