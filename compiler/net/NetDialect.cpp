// The dialect itself, its attributes, and how layers infer their types.
#include "compiler/net/NetDialect.h"

#include "compiler/net/ElementEmitter.h"
#include "compiler/net/Loss.h"

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

#include "compiler/net/NetDialect.cpp.inc"
#include "compiler/net/NetEnums.cpp.inc"
#include "compiler/net/NetInterfaces.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "compiler/net/NetAttributes.cpp.inc"

#define GET_OP_CLASSES
#include "compiler/net/NetOps.cpp.inc"

void NetDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "compiler/net/NetAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "compiler/net/NetOps.cpp.inc"
      >();
}

/// Where f32 is inferred a GPU may keep bf16.
static bool areCompatibleElements(Type left, Type right) {
  auto isFloat = [](Type type) { return type.isF32() || type.isBF16(); };
  return left == right || (isFloat(left) && isFloat(right));
}

bool net::areCompatibleTypes(TypeRange inferred, TypeRange actual) {
  if (inferred.size() != actual.size())
    return false;
  for (auto [left, right] : llvm::zip(inferred, actual)) {
    auto leftTensor = cast<TensorType>(left),
         rightTensor = cast<TensorType>(right);
    if (!areCompatibleElements(leftTensor.getElementType(),
                               rightTensor.getElementType()))
      return false;
    if (leftTensor.hasRank() && rightTensor.hasRank() &&
        leftTensor.getShape() != rightTensor.getShape())
      return false;
  }
  return true;
}

RankedTensorType net::batched(MLIRContext *context, int64_t batch,
                              const shape::Shape &shape) {
  SmallVector<int64_t> sizes{batch};
  llvm::append_range(sizes, shape);
  return RankedTensorType::get(sizes, Float32Type::get(context));
}

StringRef net::layoutOf(Type type) {
  auto ranked = dyn_cast<RankedTensorType>(type);
  auto layout =
      ranked ? dyn_cast_or_null<LayoutAttr>(ranked.getEncoding()) : nullptr;
  return layout ? layout.getTag() : "";
}

RankedTensorType net::withLayout(RankedTensorType type, StringRef tag) {
  Attribute encoding;
  if (!tag.empty())
    encoding = LayoutAttr::get(type.getContext(), tag);
  return RankedTensorType::get(type.getShape(), type.getElementType(),
                               encoding);
}

shape::Shape net::exampleShape(RankedTensorType type) {
  return shape::Shape(type.getShape().begin() + 1, type.getShape().end());
}

LogicalResult net::inferInputGradient(std::optional<Location> location,
                                      Type type, Value activated,
                                      SmallVectorImpl<Type> &results) {
  results.push_back(type);
  auto gradient = dyn_cast<RankedTensorType>(type);
  auto value = dyn_cast_or_null<RankedTensorType>(
      activated ? activated.getType() : Type());
  if (gradient && value && gradient.getShape() != value.getShape())
    return emitOptionalError(location, "the gradient is of ", gradient,
                             ", what was activated is ", value);
  return success();
}

LogicalResult net::inferLayer(std::optional<Location> location, Type input,
                              const shape::LayerSpec &spec,
                              SmallVectorImpl<Type> &results) {
  auto f32 = Float32Type::get(input.getContext());
  auto ranked = dyn_cast<RankedTensorType>(input);
  if (!ranked) {
    results.push_back(UnrankedTensorType::get(f32));
    return success();
  }
  if (!ranked.hasStaticShape() || ranked.getRank() < 2)
    return emitOptionalError(
        location, "expected a static shape with a batch in front, got ", input);
  shape::InferResult result = shape::infer(spec, exampleShape(ranked));
  if (auto *error = std::get_if<shape::ShapeError>(&result))
    return emitOptionalError(location, error->message);
  results.push_back(batched(input.getContext(), ranked.getDimSize(0),
                            std::get<shape::Inferred>(result).shape));
  return success();
}
