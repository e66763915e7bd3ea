// What launches cost on a processor, estimated from constants of its
// instruction set: the same on every machine, so that the same text is compiled
// to the same executable everywhere.
#pragma once

#include "compiler/kernel/KernelDialect.h"
#include "runtime/cpu/Primitive.h"

namespace netc::cpu {

/// The library's name as an engine of candidates.
inline constexpr llvm::StringLiteral engine = "oneDNN";

/// Nanoseconds of a launch of the primitive, whose layouts are settled: the
/// longer of its arithmetic and its traffic (Williams, Waterman and Patterson,
/// "Roofline", 2009).
double nanosecondsOf(const runtime::cpu::PrimitiveSpec &spec,
                     const runtime::cpu::PrimitiveChoice &choice,
                     kernel::CpuAttr target);

/// Nanoseconds to read or write so many bytes of memory.
double nanosecondsOfBytes(int64_t bytes, kernel::CpuAttr target);

} // namespace netc::cpu
