// A network's weights to and from safetensors, by name and shape. What is
// trained travels, and running statistics; the optimiser's state stays behind.
#pragma once

#include "runtime/train/Programs.h"
#include "runtime/train/Safetensors.h"

namespace netc::runtime::train {

/// A weights file, and for each of its tensors the parameter it is.
struct MatchedWeights {
  SafetensorsFile file;
  /// Parallel to file.tensors(); `none` for what is passed over.
  std::vector<size_t> parameters;
  static constexpr size_t none = static_cast<size_t>(-1);
};

/// Reads the header and proves that the file holds the model's trainable
/// parameters and statistics, each a float32 of its shape, and nothing that the
/// model has no place for. PyTorch's `num_batches_tracked` beside a running
/// mean is passed over: no batch's share depends on it here. Throws Error
/// naming every tensor that is missing, extra, misshapen or of another type.
MatchedWeights openWeights(const Model &model, const std::string &path);

/// Replaces the programs' parameters by what the file holds.
void loadWeights(Programs &programs, MatchedWeights &weights);

/// Bytes of the file that saveWeights() writes.
uint64_t weightsBytes(const Model &model,
                      const SafetensorsMetadata &metadata = {});

/// Writes the trainable parameters and the statistics. Throws Error, and writes
/// nothing, where one holds a value that is not finite.
void saveWeights(const Programs &programs, const std::string &path,
                 const SafetensorsMetadata &metadata = {});
/// The same into a file that is open at `path`, and commits it.
void saveWeights(const Programs &programs, OutputFile &output,
                 const std::string &path, const SafetensorsMetadata &metadata);

} // namespace netc::runtime::train
