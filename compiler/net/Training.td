// How a network is trained, and what a training step minimises.
#ifndef NET_TRAINING_TD
#define NET_TRAINING_TD

include "compiler/net/NetDialect.td"

// The settings of a loss or an optimiser (SettingSpec); absent: all 0 or false.
def Net_Settings : OptionalAttr<DictionaryAttr>;

def Net_TrainingOp : Net_Op<"training", [
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "how the network is trained; `net-build-programs` makes the programs from it";
  let description = [{
    `last_batch` is the size of an epoch's smaller last batch, 0 if there is none.
    The functions of transforms, `(pixels, samples, state) -> input`, come before
    the network in training and in evaluation; without them it takes the pixels.
    Those that move labels of pixels are `(..., labels) -> (input, labels)`.
    The loss `name` is the op `net.name` (LossOpInterface); what it compares the
    output with is the `target`: "label", of classes, "number", labels that are
    numbers of the output's shape, or "input". The optimizer `name` is the
    op `net.name_update` (UpdateOpInterface). `evaluation_only` asks for no
    training steps; it may have no loss, "", and then gives the output alone.
    ```mlir
    net.training @network {loss = "softmax_cross_entropy", optimizer = "sgd",
        optimizer_settings = {momentum = 9.0e-01 : f64}, last_batch = 96 : i64}
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$network,
                       StrAttr:$loss, Net_Settings:$loss_settings,
                       StrAttr:$optimizer, Net_Settings:$optimizer_settings,
                       I64Attr:$last_batch,
                       OptionalAttr<FlatSymbolRefAttr>:$train_transforms,
                       OptionalAttr<FlatSymbolRefAttr>:$test_transforms,
                       DefaultValuedStrAttr<StrAttr, "label">:$target,
                       UnitAttr:$evaluation_only);
  let assemblyFormat = "$network attr-dict";
  let hasVerifier = 1;
}

def Net_MinimizeOp : Net_Op<"minimize", []> {
  let summary = "asks for the gradients of the mean of `loss` and an update of every trainable parameter";
  let description = [{
    Replaced by `net-differentiate`. The learning rate is the run state's.
    ```mlir
    net.minimize %loss, %state {optimizer = "sgd", optimizer_settings = {weight_decay = 5.0e-04 : f64}}
      : tensor<2xf32>, tensor<8xi32>
    ```
  }];
  let arguments = (ins Net_FloatTensor:$loss, Net_StateTensor:$state,
                       StrAttr:$optimizer, Net_Settings:$optimizer_settings);
  let assemblyFormat = "operands attr-dict `:` type(operands)";
  let hasVerifier = 1;
}

#endif
