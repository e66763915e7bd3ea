// When each buffer of a program is in use.
#pragma once

#include "compiler/kernel/KernelDialect.h"

namespace netc::kernel {

/// A temporary, an input or an output of a program. Launches count from 0.
struct Buffer {
  mlir::Value value; // an alloc's or slice's result, or the program's argument
  int64_t bytes;
  unsigned first, last; // the launches it is in use in, both included
};

/// The launches of a program in the order in which they run.
llvm::SmallVector<WorkOpInterface> getLaunches(ProgramOp program);

/// The program's arguments, which are in use all the time (the host writes and
/// reads them between runs), then its temporaries, in their order. Temporaries
/// that no launch names are left out. Reports a temporary that is read before
/// anything writes it and a buffer of more than 2^46 bytes.
mlir::FailureOr<llvm::SmallVector<Buffer>> computeLifetimes(ProgramOp program);

/// No arena may be larger: what an x86-64 process can address.
inline constexpr int64_t maxArenaBytes = int64_t(1) << 46;

} // namespace netc::kernel
