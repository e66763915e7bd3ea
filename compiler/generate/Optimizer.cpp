// The kernels of updates in place: SGD's (the order of operations is PyTorch's)
// and a running statistic's.
#include "compiler/generate/Generators.h"
#include "compiler/net/ElementEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace netc::net;

void netc::net::emitUpdateKernel(KernelBody &body, SgdUpdateOp op) {
  OpBuilder &b = body.builder;
  Location loc = body.location;
  int64_t count = cast<MemRefType>(body.buffers[0].getType()).getNumElements();
  Value weights = flatten(body, body.buffers[0]),
        gradients = flatten(body, body.buffers[1]);
  Value velocities =
      op.getVelocity() ? flatten(body, body.buffers[3]) : Value();
  Value word = b.create<arith::ConstantIndexOp>(
      loc, static_cast<int64_t>(netc::runtime::StateWord::LearningRate));
  Value bits = b.create<memref::LoadOp>(loc, body.buffers[2], word);
  Value learningRate = b.create<arith::BitcastOp>(loc, b.getF32Type(), bits);
  if (double scale = op.getLearningRateScale().convertToDouble(); scale != 1) {
    Value factor = b.create<arith::ConstantOp>(
        loc, b.getF32FloatAttr(static_cast<float>(scale)));
    learningRate = b.create<arith::MulFOp>(loc, learningRate, factor);
  }

  emitFlatLoop(body, count, [&](Value index, int64_t width) {
    auto type = VectorType::get({width}, b.getF32Type());
    auto load = [&](Value from) -> Value {
      if (width == 1) {
        Value value = b.create<memref::LoadOp>(loc, from, index);
        if (value.getType().isBF16()) // a gradient of a GPU's
          value = b.create<arith::ExtFOp>(loc, b.getF32Type(), value);
        return value;
      }
      return b.create<vector::LoadOp>(loc, type, from, index);
    };
    auto store = [&](Value value, Value to) {
      if (width == 1)
        b.create<memref::StoreOp>(loc, value, to, index);
      else
        b.create<vector::StoreOp>(loc, value, to, index);
    };
    auto splat = [&](Value scalar) -> Value {
      return width == 1 ? scalar : b.create<vector::SplatOp>(loc, scalar, type);
    };
    auto scaled = [&](Value value, double factor) -> Value {
      Value constant = b.create<arith::ConstantOp>(
          loc, b.getF32FloatAttr(static_cast<float>(factor)));
      return b.create<arith::MulFOp>(loc, value, splat(constant));
    };
    Value weight = load(weights), step = load(gradients);
    if (!op.getWeightDecay().isZero())
      step = b.create<arith::AddFOp>(
          loc, step, scaled(weight, op.getWeightDecay().convertToDouble()));
    Value gradient = step; // with its decay
    if (velocities) {
      step = b.create<arith::AddFOp>(
          loc, scaled(load(velocities), op.getMomentum().convertToDouble()),
          step);
      store(step, velocities);
      if (op.getNesterov()) // one step ahead of the velocity
        step = b.create<arith::AddFOp>(
            loc, gradient, scaled(step, op.getMomentum().convertToDouble()));
    }
    Value change = b.create<arith::MulFOp>(loc, splat(learningRate), step);
    store(b.create<arith::SubFOp>(loc, weight, change), weights);
  });
}

void netc::net::emitStatisticKernel(KernelBody &body, UpdateStatisticOp op) {
  OpBuilder &b = body.builder;
  Location loc = body.location;
  Value running = flatten(body, body.buffers[0]),
        values = flatten(body, body.buffers[1]);
  double momentum = op.getMomentum().convertToDouble();
  auto factor = [&](double value) -> Value {
    return b.create<arith::ConstantOp>(
        loc, b.getF32FloatAttr(static_cast<float>(value)));
  };
  Value kept = factor(1 - momentum),
        taken = factor(momentum * op.getScale().convertToDouble());
  int64_t count = cast<MemRefType>(body.buffers[0].getType()).getNumElements();
  emitFlatLoop(body, count, [&](Value index, int64_t width) {
    auto type = VectorType::get({width}, b.getF32Type());
    auto scaled = [&](Value from, Value scalar) -> Value {
      if (width == 1)
        return b.create<arith::MulFOp>(
            loc, b.create<memref::LoadOp>(loc, from, index), scalar);
      return b.create<arith::MulFOp>(
          loc, b.create<vector::LoadOp>(loc, type, from, index),
          b.create<vector::SplatOp>(loc, scalar, type));
    };
    Value sum = b.create<arith::AddFOp>(loc, scaled(running, kept),
                                        scaled(values, taken));
    if (width == 1)
      b.create<memref::StoreOp>(loc, sum, running, index);
    else
      b.create<vector::StoreOp>(loc, sum, running, index);
  });
}
