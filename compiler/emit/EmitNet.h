// From a proved network to the `net` dialect.
#pragma once

#include "dsl/Network.h"
#include "runtime/Enumerations.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace netc::dsl {

/// What the network is compiled for, beyond its text.
struct EmitOptions {
  int64_t batch = 128;
  shape::Shape pixels; // [C, H, W] of one example, or [D]
  runtime::ElementType element = runtime::ElementType::U8; // of `pixels`
  bool takesNumbers = false; // labels are numbers of the output's shape
  bool standardizes = false; // the columns of [D], by statistics of the set
  int64_t lastBatch = 0;     // an epoch's smaller last batch, 0 if none
  int64_t evaluateBatch = 0; // of evaluation, 0 if it is `batch` too
  bool trains = true;        // else it is only evaluated
  bool takesLoss = true;     // else the evaluation gives the output alone
};

/// The module: `@train_transforms` and `@test_transforms` from the pixels to
/// the network's input, a `net.parameter` for each parameter, `@network` with
/// the layers, `net.training`. \pre the network and its transforms are proved
/// for `pixels`.
mlir::OwningOpRef<mlir::ModuleOp> emitNet(mlir::MLIRContext &context,
                                          const Network &network,
                                          const EmitOptions &options);

} // namespace netc::dsl
