// net.random_rotation and net.random_affine: one inverse map for each example,
// by which its pixels are read.
#include "compiler/net/ExampleDraws.h"
#include "compiler/net/NetDialect.h"
#include "compiler/net/Warp.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

static shape::Interpolation toShape(Interpolation interpolation) {
  return interpolation == Interpolation::Bilinear
             ? shape::Interpolation::Bilinear
             : shape::Interpolation::Nearest;
}

static std::vector<double> toVector(ArrayRef<double> values) {
  return {values.begin(), values.end()};
}

/// The fill of labels is none of a picture's channels.
static std::vector<double> fillOf(Type input, ArrayRef<double> fill) {
  auto ranked = dyn_cast<RankedTensorType>(input);
  if (ranked && ranked.getElementType().isInteger(32))
    return {0};
  return toVector(fill);
}

LogicalResult RandomRotationOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  Type input = adaptor.getInput().getType();
  shape::RandomRotation rotation;
  rotation.degrees = toVector(adaptor.getDegrees());
  rotation.center = toVector(adaptor.getCenter());
  rotation.interpolation = toShape(adaptor.getInterpolation());
  rotation.fill = fillOf(input, adaptor.getFill());
  return inferTransform(location, input, rotation, types);
}

LogicalResult RandomAffineOp::inferReturnTypes(MLIRContext *,
                                               std::optional<Location> location,
                                               Adaptor adaptor,
                                               SmallVectorImpl<Type> &types) {
  Type input = adaptor.getInput().getType();
  shape::RandomAffine affine;
  affine.degrees = toVector(adaptor.getDegrees());
  affine.translate = toVector(adaptor.getTranslate());
  affine.scale = toVector(adaptor.getScale());
  affine.shear = toVector(adaptor.getShear());
  affine.center = toVector(adaptor.getCenter());
  affine.interpolation = toShape(adaptor.getInterpolation());
  affine.fill = fillOf(input, adaptor.getFill());
  return inferTransform(location, input, affine, types);
}

/// The centre of the map [x, y], from that of the picture.
static std::array<double, 2> centreOf(ArrayRef<double> center,
                                      shape::Pair picture) {
  if (center.empty())
    return {0, 0};
  return {center[0] - static_cast<double>(picture[1]) / 2,
          center[1] - static_cast<double>(picture[0]) / 2};
}

template <typename Op>
static Value emitWarped(ElementEmitter &emitter, Op op, ArrayRef<Value> grid) {
  Sampling sampling{op.getInterpolation() == Interpolation::Bilinear,
                    op.getFill(), static_cast<int64_t>(op.getLevels())};
  return emitWarpedPixel(emitter, op.getInput(), grid, sampling);
}

Value RandomRotationOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  shape::Pair picture = pictureOf(getInput().getType());
  auto grid = emitter.perExample(*this, [&](Value example) {
    ExampleDraws draws(emitter, *this, example);
    auto words = draws.block(emitter.constantInt(0));
    Value angle = draws.between(words[0], getDegrees()[0], getDegrees()[1]);
    PictureMap map; // whose angles are clockwise
    map.degrees = toDouble(emitter, b.create<arith::NegFOp>(getLoc(), angle));
    map.centre = centreOf(getCenter(), picture);
    return emitGrid(emitter, emitInverse(emitter, map), picture);
  });
  return emitWarped(emitter, *this, grid);
}

/// What RandomAffine draws for an example.
static PictureMap emitDrawnMap(ElementEmitter &emitter, RandomAffineOp op,
                               Value example, shape::Pair picture) {
  OpBuilder &b = emitter.builder;
  ExampleDraws draws(emitter, op, example);
  auto words = draws.block(emitter.constantInt(0));
  auto between = [&](Value word, double low, double high) {
    return toDouble(emitter, draws.between(word, low, high));
  };
  PictureMap map;
  map.degrees = between(words[0], op.getDegrees()[0], op.getDegrees()[1]);
  map.centre = centreOf(op.getCenter(), picture);
  for (unsigned d = 0; d < op.getTranslate().size(); ++d) {
    double most = op.getTranslate()[d] * static_cast<double>(picture[1 - d]);
    map.shift[d] = b.create<math::RoundEvenOp>(
        op.getLoc(), between(words[1 + d], -most, most));
  }
  if (!op.getScale().empty())
    map.scale = between(words[3], op.getScale()[0], op.getScale()[1]);
  if (op.getShear().empty())
    return map;
  words = draws.block(emitter.constantInt(1));
  for (unsigned d = 0; d < op.getShear().size() / 2; ++d)
    map.shear[d] =
        between(words[d], op.getShear()[2 * d], op.getShear()[2 * d + 1]);
  return map;
}

Value RandomAffineOp::emitElement(ElementEmitter &emitter) {
  shape::Pair picture = pictureOf(getInput().getType());
  auto grid = emitter.perExample(*this, [&](Value example) {
    PictureMap map = emitDrawnMap(emitter, *this, example, picture);
    return emitGrid(emitter, emitInverse(emitter, map), picture);
  });
  return emitWarped(emitter, *this, grid);
}
