// What net.conv2d and net.conv2d_transpose share: the checks of their
// attributes and the construction of their gradients. For the files that
// implement them.
#ifndef NETC_COMPILER_NET_CONVOLUTION_H
#define NETC_COMPILER_NET_CONVOLUTION_H

#include "compiler/net/NetDialect.h"

namespace netc::net {

inline shape::Pair toPair(mlir::ArrayRef<int64_t> values) {
  return {values[0], values[1]};
}

/// Two sizes everywhere; the filter's rank is 4, with groups 5. `filter`: its
/// shape. Errors are emitted at `location`, if there is one.
template <typename Adaptor>
mlir::LogicalResult checkGeometry(std::optional<mlir::Location> location,
                                  Adaptor adaptor,
                                  mlir::ArrayRef<int64_t> filter) {
  if (adaptor.getStride().size() != 2 || adaptor.getPadding().size() != 2 ||
      adaptor.getDilation().size() != 2)
    return mlir::emitOptionalError(
        location, "expected two sizes in stride, padding and dilation");
  size_t rank = adaptor.getGroups() == 1 ? 4 : 5;
  if (filter.size() != rank)
    return mlir::emitOptionalError(location, "expected a filter of rank ", rank,
                                   " with groups = ", adaptor.getGroups(),
                                   ", got rank ", filter.size());
  return mlir::success();
}

/// An error if the input, if its type is known, has not `channels`.
inline mlir::LogicalResult
checkInputChannels(std::optional<mlir::Location> location, mlir::Value input,
                   int64_t channels) {
  auto type = mlir::dyn_cast<mlir::RankedTensorType>(input.getType());
  if (type && type.getRank() == 4 && type.getDimSize(1) != channels)
    return mlir::emitOptionalError(location, "the filter takes ", channels,
                                   " channels, its input has ",
                                   type.getDimSize(1));
  return mlir::success();
}

/// The type of a data gradient: `inputShape` without the batch, which is the
/// output gradient's.
template <typename Adaptor>
mlir::Type inputGradientType(mlir::MLIRContext *context, Adaptor adaptor) {
  auto gradient = mlir::dyn_cast<mlir::RankedTensorType>(
      adaptor.getOutputGradient().getType());
  if (!gradient)
    return mlir::UnrankedTensorType::get(mlir::Float32Type::get(context));
  return batched(context, gradient.getDimSize(0),
                 shape::Shape(adaptor.getInputShape().begin(),
                              adaptor.getInputShape().end()));
}

/// Gradients of (input, filter, bias), those that are wanted.
template <typename InputGradientOp, typename FilterGradientOp, typename Op>
mlir::SmallVector<mlir::Value>
buildConvolutionGradient(Op op, mlir::OpBuilder &builder,
                         mlir::ValueRange gradients,
                         mlir::ArrayRef<bool> wanted) {
  auto shapeOf = [](mlir::Value value) {
    return mlir::cast<mlir::RankedTensorType>(value.getType());
  };
  mlir::SmallVector<mlir::Value> result(op->getNumOperands());
  if (wanted[0])
    result[0] = builder.create<InputGradientOp>(
        op.getLoc(), gradients[0], op.getFilter(), /*activated=*/mlir::Value(),
        builder.getDenseI64ArrayAttr(exampleShape(shapeOf(op.getInput()))),
        op.getStrideAttr(), op.getPaddingAttr(), op.getDilationAttr(),
        op.getGroupsAttr());
  bool bias = op.getBias() && wanted[2];
  if (wanted[1] || bias) {
    auto gradient = builder.create<FilterGradientOp>(
        op.getLoc(), op.getInput(), gradients[0],
        builder.getDenseI64ArrayAttr(shapeOf(op.getFilter()).getShape()),
        builder.getBoolAttr(bias), op.getStrideAttr(), op.getPaddingAttr(),
        op.getDilationAttr(), op.getGroupsAttr());
    result[1] = gradient.getFilterGradient();
    if (bias)
      result[2] = gradient.getBiasGradient();
  }
  return result;
}

} // namespace netc::net

#endif
