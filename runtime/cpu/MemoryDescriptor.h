// Between our tensor types and oneDNN's memory descriptors.
#pragma once

#include "runtime/TensorType.h"

#include <oneapi/dnnl/dnnl_types.h>

#include <optional>

namespace netc::runtime::cpu {

/// The descriptor of a type; the layout `any` leaves it to the library.
/// Throws netc::Error for a malformed tag.
dnnl_memory_desc_t memoryDescriptor(const TensorType &type);

/// The tag of a descriptor, in the spelling that gives the descriptor back.
/// None where the memory is not dense, the format is the library's secret
/// (Winograd, packed), or extra data is attached.
std::optional<std::string> layoutOf(const dnnl_memory_desc_t &descriptor);

} // namespace netc::runtime::cpu
