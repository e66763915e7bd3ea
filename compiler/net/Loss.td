// What losses of labels share. A loss is a value for each example, the mean over
// the example's elements or pixels, so that the mean of the batch is PyTorch's
// `reduction='mean'`.
#ifndef NET_LOSS_TD
#define NET_LOSS_TD

include "compiler/net/NetDialect.td"
include "compiler/net/NetInterfaces.td"

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
