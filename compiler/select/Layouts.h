// How `net` types lie in memory, in the runtime's words.
#pragma once

#include "runtime/TensorType.h"

#include "mlir/IR/Types.h"

namespace netc::select {

/// The shape, element and layout of a ranked tensor as the runtime records
/// them. The type's layout, where it has one, is settled.
runtime::TensorType toRuntime(mlir::Type type);

} // namespace netc::select
