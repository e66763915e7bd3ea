// How a family attaches its kernels, in its own file: `attachConcat` in
// Concat.cpp.
#pragma once

#include "compiler/generate/Generators.h"

namespace netc::generate {

/// The interface of `OpTy` by the function that emits its kernel.
template <typename OpTy, void (*emit)(KernelBuilder &, OpTy),
          unsigned operandsAtOnce>
struct KernelModel : GeneratedOpInterface::ExternalModel<
                         KernelModel<OpTy, emit, operandsAtOnce>, OpTy> {
  void emitKernel(mlir::Operation *op, KernelBuilder &kernel) const {
    emit(kernel, llvm::cast<OpTy>(op));
  }
  unsigned operandsOfLaunch(mlir::Operation *) const { return operandsAtOnce; }
};

/// `operandsAtOnce`: how many a launch takes; 0: all.
template <typename OpTy, void (*emit)(KernelBuilder &, OpTy),
          unsigned operandsAtOnce = 0>
void attachKernel(mlir::MLIRContext &context) {
  OpTy::template attachInterface<KernelModel<OpTy, emit, operandsAtOnce>>(
      context);
}

/// The layouts of `OpTy`'s kernel by the function that chooses them.
template <typename OpTy,
          void (*choose)(OpTy, const select::Situation &, select::Candidate &)>
struct LayoutModel
    : LayoutOpInterface::ExternalModel<LayoutModel<OpTy, choose>, OpTy> {
  void chooseLayouts(mlir::Operation *op, const select::Situation &situation,
                     select::Candidate &candidate) const {
    choose(llvm::cast<OpTy>(op), situation, candidate);
  }
};

template <typename OpTy,
          void (*choose)(OpTy, const select::Situation &, select::Candidate &)>
void attachLayouts(mlir::MLIRContext &context) {
  OpTy::template attachInterface<LayoutModel<OpTy, choose>>(context);
}

/// The interface of all ops of `Interface` by the function that emits their
/// kernels.
template <typename Interface, void (*emit)(KernelBuilder &, Interface)>
struct InterfaceKernelModel : GeneratedOpInterface::FallbackModel<
                                  InterfaceKernelModel<Interface, emit>> {
  void emitKernel(mlir::Operation *op, KernelBuilder &kernel) const {
    emit(kernel, llvm::cast<Interface>(op));
  }
  unsigned operandsOfLaunch(mlir::Operation *) const { return 0; }
};

template <typename Interface, void (*emit)(KernelBuilder &, Interface)>
void attachKernels(mlir::MLIRContext &context) {
  for (mlir::RegisteredOperationName op : context.getRegisteredOperations())
    if (op.hasInterface<Interface>())
      op.attachInterface<InterfaceKernelModel<Interface, emit>>();
}

} // namespace netc::generate
