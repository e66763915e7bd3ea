// Reads the layout that a type carries.
#include "compiler/select/Layouts.h"

#include "compiler/net/NetDialect.h"

using namespace mlir;
using namespace netc;

runtime::TensorType select::toRuntime(Type type) {
  auto ranked = cast<RankedTensorType>(type);
  runtime::TensorType result;
  result.shape.assign(ranked.getShape().begin(), ranked.getShape().end());
  result.layout = net::layoutOf(type).str();
  Type element = ranked.getElementType();
  result.element = element.isF32()         ? runtime::ElementType::F32
                   : element.isBF16()      ? runtime::ElementType::BF16
                   : element.isInteger(32) ? runtime::ElementType::I32
                   : element.isInteger(16) ? runtime::ElementType::U16
                                           : runtime::ElementType::U8;
  return result;
}
