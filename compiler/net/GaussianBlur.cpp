// net.draw_gaussian_blur and net.gaussian_blur: the bell of both dimensions is
// the product of one along each.
#include "compiler/net/ExampleDraws.h"
#include "compiler/net/NetDialect.h"
#include "compiler/net/Pixels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

LogicalResult DrawGaussianBlurOp::inferReturnTypes(
    MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> kernel = adaptor.getKernel();
  if (kernel.size() != 2 || adaptor.getSigma().size() != 2)
    return emitOptionalError(location, "expected two sizes and a range");
  Type element = Float32Type::get(context);
  if (auto samples = dyn_cast<RankedTensorType>(adaptor.getSamples().getType()))
    types.push_back(RankedTensorType::get(
        {samples.getDimSize(0), kernel[0] + kernel[1]}, element));
  else
    types.push_back(UnrankedTensorType::get(element));
  return success();
}

/// exp(-x*x/(2*sigma*sigma)) of the weight `i` (i32) of `count` (i32).
static Value emitBell(ElementEmitter &emitter, Value i, Value count,
                      Value sigma) {
  OpBuilder &b = emitter.builder;
  Location loc = emitter.location;
  auto number = [&](Value x) -> Value {
    return b.create<arith::SIToFPOp>(loc, b.getF32Type(), x);
  };
  Value last = b.create<arith::SubIOp>(loc, count, emitter.constantInt(1));
  Value middle =
      b.create<arith::MulFOp>(loc, number(last), emitter.constant(0.5));
  Value x = b.create<arith::SubFOp>(loc, number(i), middle);
  x = b.create<arith::DivFOp>(loc, x, sigma);
  Value power = b.create<arith::MulFOp>(loc, b.create<arith::MulFOp>(loc, x, x),
                                        emitter.constant(-0.5));
  return b.create<math::ExpOp>(loc, power);
}

Value DrawGaussianBlurOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  SmallVector<Value> at(emitter.coordinates());
  ExampleDraws draws(emitter, *this, at[0]);
  Value sigma = draws.between(draws.block(emitter.constantInt(0))[0],
                              getSigma()[0], getSigma()[1]);
  Value i = b.create<arith::IndexCastOp>(getLoc(), b.getI32Type(), at[1]);
  Value rows = emitter.constantInt(getKernel()[0]);
  Value isColumn =
      b.create<arith::CmpIOp>(getLoc(), arith::CmpIPredicate::sge, i, rows);
  Value count = b.create<arith::SelectOp>(
      getLoc(), isColumn, emitter.constantInt(getKernel()[1]), rows);
  i = b.create<arith::SelectOp>(getLoc(), isColumn,
                                b.create<arith::SubIOp>(getLoc(), i, rows), i);
  Value zero = b.create<arith::ConstantIndexOp>(getLoc(), 0);
  Value one = b.create<arith::ConstantIndexOp>(getLoc(), 1);
  auto sum = b.create<scf::ForOp>(
      getLoc(), zero,
      b.create<arith::IndexCastOp>(getLoc(), b.getIndexType(), count), one,
      ValueRange{emitter.constant(0)},
      [&](OpBuilder &, Location, Value j, ValueRange carried) {
        Value word = b.create<arith::IndexCastOp>(getLoc(), b.getI32Type(), j);
        Value next = b.create<arith::AddFOp>(
            getLoc(), carried[0], emitBell(emitter, word, count, sigma));
        b.create<scf::YieldOp>(getLoc(), next);
      });
  return b.create<arith::DivFOp>(getLoc(), emitBell(emitter, i, count, sigma),
                                 sum.getResult(0));
}

LogicalResult GaussianBlurOp::inferReturnTypes(MLIRContext *,
                                               std::optional<Location> location,
                                               Adaptor adaptor,
                                               SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> kernel = adaptor.getKernel();
  if (kernel.size() != 2 || adaptor.getDimension() < 0 ||
      adaptor.getDimension() > 1)
    return emitOptionalError(location, "expected two sizes and a dimension");
  shape::GaussianBlur blur;
  blur.kernel = {kernel[0], kernel[1]};
  return inferTransform(location, adaptor.getInput().getType(), blur, types);
}

Value GaussianBlurOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  auto d = static_cast<unsigned>(getDimension());
  auto levels = static_cast<int64_t>(getLevels());
  int64_t size = pictureOf(getInput().getType())[d];
  int64_t count = getKernel()[d], first = d == 0 ? 0 : getKernel()[0];
  auto index = [&](int64_t value) -> Value {
    return b.create<arith::ConstantIndexOp>(getLoc(), value);
  };
  Value row = emitter.coordinates()[0];
  ValuePair place = placeOf(emitter);
  Value before = b.create<arith::SubIOp>(getLoc(), place[d], index(count / 2));
  auto term = [&](OpBuilder &, Location, Value j, ValueRange carried) {
    Value at = b.create<arith::AddIOp>(getLoc(), before, j);
    // Mirrored at the first pixel, then at the last.
    Value negative = b.create<arith::SubIOp>(getLoc(), index(0), at);
    at = b.create<arith::MaxSIOp>(getLoc(), at, negative);
    Value back = b.create<arith::SubIOp>(getLoc(), index(2 * (size - 1)), at);
    at = b.create<arith::MinSIOp>(getLoc(), at, back);
    ValuePair there = place;
    there[d] = at;
    Value pixel = emitPixelAt(emitter, getInput(), there);
    if (getRoundsInput())
      pixel = emitLevel(emitter, pixel, levels);
    Value weight = emitter.elementAt(
        getWeights(),
        {row, b.create<arith::AddIOp>(getLoc(), j, index(first))});
    Value part = b.create<arith::MulFOp>(getLoc(), pixel, weight);
    b.create<scf::YieldOp>(
        getLoc(),
        b.create<arith::AddFOp>(getLoc(), carried[0], part).getResult());
  };
  Value sum = b.create<scf::ForOp>(getLoc(), index(0), index(count), index(1),
                                   ValueRange{emitter.constant(0)}, term)
                  .getResult(0);
  return getRoundsOutput() ? emitLevel(emitter, sum, levels) : sum;
}
