// Which cuDNN graph each `net` op is. The one place that names them all; an op
// that is not here is generated.
#pragma once

#include "compiler/net/NetDialect.h"
#include "runtime/cuda/GraphSpec.h"

namespace netc::net {

/// A graph and the values of its tensors, in their order, virtual ones left
/// out.
struct CudaGraph {
  runtime::cuda::GraphSpec spec;
  llvm::SmallVector<mlir::Value> inputs, outputs;
};

/// Whether the op becomes a graph; asked before layouts are settled.
bool isCudaGraph(mlir::Operation *op);

/// The graph of an op whose tensors lie as `channelsLast` says; null for an op
/// that is none.
std::optional<CudaGraph> toCudaGraph(mlir::Operation *op,
                                     runtime::cuda::Precision precision);

/// The layout that a tensor has on a GPU where nothing else is asked for: NHWC,
/// filters OHWI (with groups GOHWI); empty where that is row-major.
std::string channelsLast(mlir::Type type);

} // namespace netc::net
