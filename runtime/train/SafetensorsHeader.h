// Parses and checks the JSON header of a safetensors file, as bytes in memory:
// what a fuzzer can drive without a file.
#pragma once

#include "runtime/train/Safetensors.h"

#include <string_view>

namespace netc::runtime::train {

/// The tensors of `json`, in the order of their bytes, proved to cover
/// [0, dataBytes) exactly. Throws Error (without the file's name). The metadata
/// goes to `metadata` where that is asked for.
std::vector<TensorEntry>
parseSafetensorsHeader(std::string_view json, uint64_t dataBytes,
                       SafetensorsMetadata *metadata = nullptr);

} // namespace netc::runtime::train
