// Losses and their gradients. A loss is a value for each example, the mean over
// the example's elements or pixels, so that the mean of the batch is PyTorch's
// `reduction='mean'`.
#ifndef NET_LOSS_TD
#define NET_LOSS_TD

include "compiler/net/NetDialect.td"
include "compiler/net/NetInterfaces.td"

def Net_LabelSmoothing : OptionalAttr<F64Attr>; // absent: 0

def Net_SoftmaxCrossEntropyOp : Net_LayerOp<"softmax_cross_entropy", [
    DeclareOpInterfaceMethods<Net_GradientOpInterface>]> {
  let summary = "each example's cross-entropy of softmax(logits), and how often the first arg max is the label";
  let description = [{
    logits [N, K] with labels [N], or [N, K, H, W] with labels [N, H, W], pixel
    by pixel. With p = softmax(logits) and e = `label_smoothing` the loss of a
    label t is -(1 - e)*log(p[t]) - e*mean_k(log(p[k])), by the maximum
    subtracted; that of an example is the mean of its pixels'. correct[i] counts
    the example's hits.
    ```mlir
    %loss, %correct = net.softmax_cross_entropy %x, %t : (tensor<2x10xf32>, tensor<2xi32>) -> (tensor<2xf32>, tensor<2xi32>)
    ```
  }];
  let arguments = (ins Net_FloatTensor:$logits, Net_LabelTensor:$labels,
                       Net_LabelSmoothing:$label_smoothing);
  let results = (outs Net_FloatTensor:$loss, Net_LabelTensor:$correct);
}

def Net_SoftmaxCrossEntropyGradientOp : Net_LayerOp<"softmax_cross_entropy_gradient"> {
  let summary = "(softmax(logits) - smoothed one_hot(labels)) * lossGradient of the example / its pixels";
  let arguments = (ins Net_FloatTensor:$logits, Net_LabelTensor:$labels,
                       Net_FloatTensor:$lossGradient, Net_LabelSmoothing:$label_smoothing);
  let results = (outs Net_FloatTensor:$logitsGradient);
}

def Net_SoftmaxCrossEntropyWithGradientOp : Net_LayerOp<"softmax_cross_entropy_with_gradient"> {
  let summary = "softmax cross-entropy and the gradient of `scale` times its sum, in one pass";
  let arguments = (ins Net_FloatTensor:$logits, Net_LabelTensor:$labels, F64Attr:$scale,
                       Net_LabelSmoothing:$label_smoothing);
  let results = (outs Net_FloatTensor:$loss, Net_LabelTensor:$correct,
                      Net_FloatTensor:$logitsGradient);
}

// A loss of each element and its target, and the gradient of the output.
class Net_ElementLossOp<string mnemonic> : Net_LayerOp<mnemonic, [
    DeclareOpInterfaceMethods<Net_GradientOpInterface>]> {
  let arguments = (ins Net_FloatTensor:$input, Net_FloatTensor:$target);
  let results = (outs Net_FloatTensor:$loss);
}
class Net_ElementLossGradientOp<string mnemonic> : Net_LayerOp<mnemonic> {
  let arguments = (ins Net_FloatTensor:$input, Net_FloatTensor:$target,
                       Net_FloatTensor:$lossGradient);
  let results = (outs Net_FloatTensor:$inputGradient);
}

def Net_SigmoidBinaryCrossEntropyOp : Net_ElementLossOp<"sigmoid_binary_cross_entropy"> {
  let summary = "each example's mean of max(x, 0) - x*t + log(1 + exp(-|x|)) over its elements";
  let description = [{
    The binary cross-entropy of sigmoid(x) and the target t, for any x.
    ```mlir
    %loss = net.sigmoid_binary_cross_entropy %x, %t : (tensor<2x10xf32>, tensor<2x10xf32>) -> tensor<2xf32>
    ```
  }];
}
def Net_SigmoidBinaryCrossEntropyGradientOp
    : Net_ElementLossGradientOp<"sigmoid_binary_cross_entropy_gradient"> {
  let summary = "(sigmoid(x) - t) * lossGradient of the example / its elements";
}

def Net_MeanSquaredErrorOp : Net_ElementLossOp<"mean_squared_error"> {
  let summary = "each example's mean of (x - t)^2 over its elements";
  let description = [{
    ```mlir
    %loss = net.mean_squared_error %x, %t : (tensor<2x1x4x4xf32>, tensor<2x1x4x4xf32>) -> tensor<2xf32>
    ```
  }];
}
def Net_MeanSquaredErrorGradientOp : Net_ElementLossGradientOp<"mean_squared_error_gradient"> {
  let summary = "2*(x - t) * lossGradient of the example / its elements";
}

def Net_LabelTargetOp : Net_LayerOp<"label_target", [
    DeclareOpInterfaceMethods<Net_ElementOpInterface, ["isPointwise"]>]> {
  let summary = "labels [N, ...] as numbers [N, classes, ...]: one-hot, or with one class the label itself";
  let description = [{
    ```mlir
    %t = net.label_target %labels {classes = 10 : i64} : (tensor<2xi32>) -> tensor<2x10xf32>
    ```
  }];
  let arguments = (ins Net_LabelTensor:$labels, I64Attr:$classes);
  let results = (outs Net_FloatTensor:$target);
}

def Net_CountCorrectOp : Net_LayerOp<"count_correct"> {
  let summary = "how many labels of each example are predicted: by the first arg max, or of one output by its sign";
  let description = [{
    logits [N, K] with labels [N], or [N, K, H, W] with labels [N, H, W]. With K =
    1 the prediction is 1 where the logit is above 0, else 0.
    ```mlir
    %correct = net.count_correct %x, %t : (tensor<2x1xf32>, tensor<2xi32>) -> tensor<2xi32>
    ```
  }];
  let arguments = (ins Net_FloatTensor:$logits, Net_LabelTensor:$labels);
  let results = (outs Net_LabelTensor:$correct);
}

#endif
