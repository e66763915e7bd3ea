// Losses of labels and losses of the input.
#include "compiler/passes/BuildLoss.h"

using namespace mlir;
using namespace netc::net;

RankedTensorType netc::net::labelsOf(TrainingOp training, Type output) {
  if (training.getTarget() == "input")
    return nullptr;
  auto type = cast<RankedTensorType>(output);
  SmallVector<int64_t> sizes(type.getShape());
  sizes.erase(sizes.begin() + 1); // one label for all channels
  return RankedTensorType::get(sizes,
                               IntegerType::get(output.getContext(), 32));
}

BuiltLoss netc::net::buildLoss(OpBuilder &builder, TrainingOp training,
                               Value output, Value labels, Value input) {
  Location location = training.getLoc();
  if (training.getLoss() == "softmax_cross_entropy") {
    auto loss = builder.create<SoftmaxCrossEntropyOp>(
        location, output, labels, training.getLabelSmoothingAttr());
    return {loss.getLoss(), loss.getCorrect()};
  }
  Value target = input;
  if (labels) {
    int64_t classes = cast<RankedTensorType>(output.getType()).getDimSize(1);
    target = builder.create<LabelTargetOp>(location, labels, classes);
  }
  if (training.getLoss() == "mean_squared_error")
    return {builder.create<MeanSquaredErrorOp>(location, output, target), {}};
  BuiltLoss built;
  built.loss =
      builder.create<SigmoidBinaryCrossEntropyOp>(location, output, target);
  if (labels)
    built.correct = builder.create<CountCorrectOp>(location, output, labels);
  return built;
}
