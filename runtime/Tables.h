// The tables of executables (Executable.fbs), and what they record read back.
#pragma once

#include "runtime/Executable_generated.h"
#include "runtime/TensorType.h"

namespace netc::runtime {

/// A recorded type. \pre its element type is in range
TensorType readType(const fb::TensorType &type);

} // namespace netc::runtime
