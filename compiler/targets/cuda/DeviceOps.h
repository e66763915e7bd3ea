// What becomes of ops on a GPU, by their families.
#pragma once

#include "compiler/targets/cuda/GraphWriter.h"

#include "mlir/IR/OpDefinition.h"

#include "compiler/targets/cuda/CudaInterfaces.h.inc"

namespace netc::cuda {

/// What a family of graphs says; it derives from this and hides what it says
/// otherwise, and has `graph(op, precision)` for each of its ops. Its
/// activations and gradients are bf16 where others are.
struct GraphFamily {
  static mlir::LogicalResult expandBeforeGradients(mlir::Operation *) {
    return mlir::success();
  }
  static mlir::LogicalResult expand(mlir::Operation *) {
    return mlir::success();
  }
  static bool fusesActivation(mlir::Operation *) { return false; }
  static bool fusesActivationGradient(mlir::Operation *) { return false; }
  static std::optional<bool> wantsBf16(mlir::Operation *) { return true; }
  static bool givesBf16(mlir::Operation *) { return true; }
};

/// The interface of `OpTy` by what its family says.
template <typename Family, typename OpTy>
struct GraphModel
    : DeviceOpInterface::ExternalModel<GraphModel<Family, OpTy>, OpTy> {
  std::optional<CudaGraph> getGraph(mlir::Operation *op,
                                    Precision precision) const {
    return Family::graph(llvm::cast<OpTy>(op), precision);
  }
  bool hasChannelsLast(mlir::Operation *) const { return true; }
  mlir::LogicalResult expandBeforeGradients(mlir::Operation *op) const {
    return Family::expandBeforeGradients(llvm::cast<OpTy>(op));
  }
  mlir::LogicalResult expand(mlir::Operation *op) const {
    return Family::expand(llvm::cast<OpTy>(op));
  }
  bool fusesActivation(mlir::Operation *op) const {
    return Family::fusesActivation(llvm::cast<OpTy>(op));
  }
  bool fusesActivationGradient(mlir::Operation *op) const {
    return Family::fusesActivationGradient(llvm::cast<OpTy>(op));
  }
  std::optional<bool> wantsBf16(mlir::Operation *op) const {
    return Family::wantsBf16(llvm::cast<OpTy>(op));
  }
  bool givesBf16(mlir::Operation *op) const {
    return Family::givesBf16(llvm::cast<OpTy>(op));
  }
};

template <typename Family, typename... Ops>
void attachGraphs(mlir::MLIRContext &context) {
  (Ops::template attachInterface<GraphModel<Family, Ops>>(context), ...);
}

/// The interface of `OpTy`, which becomes other ops by `Family::expand(op)`.
template <typename Family, typename OpTy>
struct ExpansionModel
    : DeviceOpInterface::ExternalModel<ExpansionModel<Family, OpTy>, OpTy> {
  mlir::LogicalResult expand(mlir::Operation *op) const {
    return Family::expand(llvm::cast<OpTy>(op));
  }
};

template <typename Family, typename... Ops>
void attachExpansions(mlir::MLIRContext &context) {
  (Ops::template attachInterface<ExpansionModel<Family, Ops>>(context), ...);
}

/// The interface of an op that moves values as they are: bf16 where activations
/// are.
template <typename OpTy>
struct MoveModel : DeviceOpInterface::ExternalModel<MoveModel<OpTy>, OpTy> {
  std::optional<bool> wantsBf16(mlir::Operation *) const { return true; }
  bool givesBf16(mlir::Operation *) const { return true; }
};

} // namespace netc::cuda
