// Bodies of the kernels that netc generates: vector loops over flat buffers,
// shared among the parts of a parallel region.
#pragma once

#include "compiler/net/NetDialect.h"

#include "mlir/IR/BuiltinTypes.h"

namespace netc::net {

/// A kernel's function body under construction: its buffers in the order of
/// the launch, then `part` and `parts`.
struct KernelBody {
  mlir::OpBuilder &builder;
  mlir::Location location;
  mlir::ValueRange buffers;
  mlir::Value part, parts;
  int64_t width; // lanes of f32 of the target
  /// Whether parts are threads of a GPU, which should touch neighbouring
  /// elements at once: part p then takes elements p, p + parts ... one by one.
  bool interleaved = false;
};

/// [begin, end) of this part of `count` units, as index.
std::pair<mlir::Value, mlir::Value> partition(KernelBody &body, int64_t count);

/// Calls `emit(index, width)` in a loop over this part of `count` elements:
/// vectors first, then the rest one by one.
void emitFlatLoop(
    KernelBody &body, int64_t count,
    llvm::function_ref<void(mlir::Value index, int64_t width)> emit);

/// The buffer as one dimension.
mlir::Value flatten(KernelBody &body, mlir::Value buffer);

/// An element op, or `net.fused`; `buffers` are the operands then the result.
/// Returns whether every operand is read at the written index only, so that
/// the result may take the place of one that is as large.
bool emitElementKernel(KernelBody &body, mlir::Operation *op);

/// Whether the `channels` channels of `type` from `offset` on are whole blocks
/// of memory in the layout `tag`.
bool cutsBetweenBlocks(mlir::RankedTensorType type, llvm::StringRef tag,
                       int64_t offset, int64_t channels);

/// Whether emitBatchStatisticsKernel can read `type`.
bool canSumChannels(mlir::RankedTensorType type);

/// net.batch_statistics: input [N, C, ...], mean [C], variance [C].
void emitBatchStatisticsKernel(KernelBody &body, BatchStatisticsOp op);

/// net.concat or net.channel_slice: operands then the result, all in one
/// layout whose blocks every cut respects.
void emitConcatKernel(KernelBody &body, mlir::Operation *op);

/// Softmax cross-entropy, its gradient, or both, or the count of hits: operands
/// then results.
void emitLossKernel(KernelBody &body, mlir::Operation *op);

/// A loss of elements or its gradient: operands then the result.
void emitElementLossKernel(KernelBody &body, ElementLossOpInterface op);

/// An update: parameter, gradient, run state, then what is kept.
void emitUpdateKernel(KernelBody &body, UpdateOpInterface op);

/// net.update_statistic: parameter, value.
void emitStatisticKernel(KernelBody &body, UpdateStatisticOp op);

} // namespace netc::net
