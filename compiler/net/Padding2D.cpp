// net.pad2d.
#include "compiler/net/ElementEmitter.h"
#include "compiler/net/NetDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

/// Sides that are not all of one sign are cut first, then padded: each half by
/// the rule of its layer.
LogicalResult Pad2DOp::inferReturnTypes(MLIRContext *,
                                        std::optional<Location> location,
                                        Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  if (adaptor.getSides().size() != 4)
    return emitOptionalError(location, "expected four sides");
  shape::Crop2D crop;
  shape::ZeroPadding2D padding;
  for (int i = 0; i < 4; ++i) {
    int64_t side = adaptor.getSides()[i];
    if (std::abs(side) > shape::maxArgument)
      return emitOptionalError(location, "a side of ", side, " is too large");
    crop.cropping[i] = std::max<int64_t>(-side, 0);
    padding.padding[i] = std::max<int64_t>(side, 0);
  }
  SmallVector<Type> cropped;
  if (failed(inferLayer(location, adaptor.getInput().getType(), crop, cropped)))
    return failure();
  return inferLayer(location, cropped[0], padding, types);
}

SmallVector<Value> Pad2DOp::buildGradient(OpBuilder &builder,
                                          ValueRange gradients,
                                          ArrayRef<bool> wanted) {
  SmallVector<int64_t> opposite;
  for (int64_t side : getSides())
    opposite.push_back(-side);
  return {builder.create<Pad2DOp>(getLoc(), gradients[0],
                                  builder.getDenseI64ArrayAttr(opposite))};
}

bool Pad2DOp::isPointwise(unsigned) { return false; }
bool Pad2DOp::isSpatial(unsigned) { return true; }
bool Pad2DOp::keepsZero() { return true; }

Value Pad2DOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  auto [row, column] = emitter.place();
  auto input = cast<RankedTensorType>(getInput().getType());
  Value inside; // null where every place is
  auto source = [&](Value at, int64_t before, int64_t after,
                    int64_t size) -> Value {
    auto constant = [&](int64_t value) -> Value {
      return b.create<arith::ConstantIndexOp>(getLoc(), value);
    };
    at = b.create<arith::SubIOp>(getLoc(), at, constant(before));
    if (before <= 0 && after <= 0)
      return at;
    // As unsigned, what is below zero is beyond the end.
    Value within = b.create<arith::CmpIOp>(getLoc(), arith::CmpIPredicate::ult,
                                           at, constant(size));
    inside =
        inside ? b.create<arith::AndIOp>(getLoc(), inside, within) : within;
    return b.create<arith::SelectOp>(getLoc(), within, at, constant(0));
  };
  ArrayRef<int64_t> sides = getSides();
  row = source(row, sides[0], sides[1], input.getDimSize(2));
  column = source(column, sides[2], sides[3], input.getDimSize(3));
  Value value = emitter.elementAt(getInput(), row, column);
  return inside ? b.create<arith::SelectOp>(getLoc(), inside, value,
                                            emitter.constant(0))
                : value;
}
