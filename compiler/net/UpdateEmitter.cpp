// What an update reads of the run state.
#include "compiler/net/UpdateEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace netc::net;

Value RunEmitter::word(runtime::StateWord word) {
  Value index = builder.create<arith::ConstantIndexOp>(
      location, static_cast<int64_t>(word));
  return builder.create<memref::LoadOp>(location, state, index);
}

Value RunEmitter::learningRate() {
  Value rate = builder.create<arith::BitcastOp>(
      location, builder.getF32Type(), word(runtime::StateWord::LearningRate));
  if (rateScale == 1)
    return rate;
  Value factor = builder.create<arith::ConstantOp>(
      location, builder.getF32FloatAttr(static_cast<float>(rateScale)));
  return builder.create<arith::MulFOp>(location, rate, factor);
}
