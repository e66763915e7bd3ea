// An executable made by hand: one dense layer of the library's, two kernels.
#pragma once

#include "runtime/executor/Executable.h"

namespace netc::runtime {

/// Programs:
///   initialize: state -> parameters dense_1.weight [6, 7], dense_1.bias [6]
///   forward:    x f32 [5, 7] -> y = 2 * (x * weight^T + bias) f32 [5, 6]
///   report:     state -> read i32 [8], counts i32 [32]
fb::ExecutableT smallExecutable();

std::vector<uint8_t> pack(const fb::ExecutableT &executable);

} // namespace netc::runtime
