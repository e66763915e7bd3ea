// Losses and their gradients.
#ifndef NET_LOSS_TD
#define NET_LOSS_TD

include "compiler/net/NetDialect.td"
include "compiler/net/NetInterfaces.td"

def Net_SoftmaxCrossEntropyOp : Net_LayerOp<"softmax_cross_entropy", [
    DeclareOpInterfaceMethods<Net_GradientOpInterface>]> {
  let summary = "each example's cross-entropy of softmax(logits), and whether its first arg max is the label";
  let description = [{
    loss[i] = log(sum_j exp(logits[i, j])) - logits[i, labels[i]], by the maximum
    subtracted; correct[i] is 1 or 0.
  }];
  let arguments = (ins Net_F32Tensor:$logits, Net_LabelTensor:$labels);
  let results = (outs Net_F32Tensor:$loss, Net_LabelTensor:$correct);
}

def Net_SoftmaxCrossEntropyGradientOp : Net_LayerOp<"softmax_cross_entropy_gradient"> {
  let summary = "(softmax(logits) - one_hot(labels)) * lossGradient of the example";
  let arguments = (ins Net_F32Tensor:$logits, Net_LabelTensor:$labels,
                       Net_F32Tensor:$lossGradient);
  let results = (outs Net_F32Tensor:$logitsGradient);
}

def Net_SoftmaxCrossEntropyWithGradientOp : Net_LayerOp<"softmax_cross_entropy_with_gradient"> {
  let summary = "softmax cross-entropy and the gradient of `scale` times its sum, in one pass";
  let arguments = (ins Net_F32Tensor:$logits, Net_LabelTensor:$labels, F64Attr:$scale);
  let results = (outs Net_F32Tensor:$loss, Net_LabelTensor:$correct,
                      Net_F32Tensor:$logitsGradient);
}

#endif
