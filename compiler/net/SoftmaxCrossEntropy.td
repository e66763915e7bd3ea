// Softmax cross-entropy and its gradient.
#ifndef NET_SOFTMAXCROSSENTROPY_TD
#define NET_SOFTMAXCROSSENTROPY_TD

include "compiler/net/NetDialect.td"
include "compiler/net/NetInterfaces.td"

def Net_LabelSmoothing : OptionalAttr<F64Attr>; // absent: 0

def Net_SoftmaxCrossEntropyOp : Net_LayerOp<"softmax_cross_entropy", [
    DeclareOpInterfaceMethods<Net_GradientOpInterface>, Net_LossOpInterface]> {
  let summary = "each example's cross-entropy of softmax(logits), and how often the first arg max is the label";
  let description = [{
    logits [N, K] with labels [N], or [N, K, H, W] with labels [N, H, W], pixel
    by pixel. With p = softmax(logits) and e = `label_smoothing` the loss of a
    label t is -(1 - e)*log(p[t]) - e*mean_k(log(p[k])), by the maximum
    subtracted; that of an example is the mean of its pixels'. correct[i] counts
    the example's hits. Of a map, labels below 0 do not count: the example's mean
    is that of its other pixels, 0 where there is none. The gradient is that of
    the mean over all pixels of the batch that count, times N, as PyTorch's
    `ignore_index` has it.
    ```mlir
    %loss, %correct = net.softmax_cross_entropy %x, %t : (tensor<2x10xf32>, tensor<2xi32>) -> (tensor<2xf32>, tensor<2xi32>)
    ```
  }];
  let arguments = (ins Net_FloatTensor:$logits, Net_LabelTensor:$labels,
                       Net_LabelSmoothing:$label_smoothing);
  let results = (outs Net_FloatTensor:$loss, Net_LabelTensor:$correct);
  let extraClassDeclaration = [{
    static ::llvm::ArrayRef<::netc::net::SettingSpec> getSettings();
    static bool takesInput();
    static ::netc::net::BuiltLoss buildLoss(::mlir::OpBuilder &builder,
        ::mlir::Location location, const ::netc::net::LossParts &parts);
  }];
}

def Net_SoftmaxCrossEntropyGradientOp : Net_LayerOp<"softmax_cross_entropy_gradient"> {
  let summary = "(softmax(logits) - smoothed one_hot(labels)) * lossGradient of the example / the counted pixels of a mean example";
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

#endif
