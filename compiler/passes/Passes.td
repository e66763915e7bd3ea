// The passes over `net`, each runnable alone in net-opt.
#ifndef NETC_PASSES_TD
#define NETC_PASSES_TD

include "mlir/Pass/PassBase.td"

def InferShapes : Pass<"net-infer-shapes", "mlir::func::FuncOp"> {
  let summary = "Give every unranked result the type its op infers";
  let description = [{
    ```mlir
    %y = net.dense %x, %w : (tensor<2x4xf32>, tensor<3x4xf32>) -> tensor<*xf32>
    ```
    becomes `-> tensor<2x3xf32>`, and so on through the function's results.
  }];
}

def PrintShapes : Pass<"net-print-shapes", "mlir::ModuleOp"> {
  let summary = "Print each op's name, result shape and multiply-adds on standard output";
  let description = [{
    ```
    conv2d_1 net.conv2d 2x96x54x54 67737600
    ```
  }];
}

def VerifySignature : Pass<"net-verify-signature", "mlir::func::FuncOp"> {
  let summary = "Prove that a network's result has the shape its text declares";
  let description = [{
    A function with `net.signature = array<i64: 10>` must return [N, 10]; the
    error names the layer that made something else.
  }];
}

def BuildPrograms : Pass<"net-build-programs", "mlir::ModuleOp"> {
  let summary = "Make the programs of an executable from a network and its `net.training`";
  let description = [{
    `@network(%input, %state) -> %logits`, behind the transforms of its phase,
    becomes `@initialize`, `@train_step` (loss, then `net.minimize`),
    `@train_last_step` where an epoch ends in a smaller batch, and `@evaluate`,
    where dropout is the identity and batch_norm reads the running statistics that
    the training steps update; it also gives the network's own `output`. With
    `evaluation_only` there are no training steps. Programs take `pixels`,
    `labels`, `state`, and `samples` where transforms draw for each of them.
  }];
}

def KeepDataset : Pass<"net-keep-dataset", "mlir::ModuleOp"> {
  let summary = "Keep the training set where the steps run, which then take `samples` of it";
  let description = [{
    The argument `pixels` of `@train_step` and `@train_last_step` becomes
    ```mlir
    %set = net.read_parameter @dataset : tensor<60000x1x28x28xui8>
    %pixels = net.gather_examples %set, %samples
    ```
    and `samples` an argument. Evaluation goes on to take pixels.
  }];
  let options = [Option<"examples", "examples", "int64_t", "0",
                        "of the training set; 0: nothing is kept">];
}

def Differentiate : Pass<"net-differentiate", "mlir::func::FuncOp"> {
  let summary = "Replace `net.minimize` by gradients and updates of the parameters";
  let description = [{
    ```mlir
    net.minimize %loss, %state {optimizer = "sgd"}
    ```
    becomes the backward ops, in reverse order, and a `net.sgd_update` of each
    parameter behind the last op that reads it.
  }];
}

def Recompute : Pass<"net-recompute", "mlir::ModuleOp"> {
  let summary = "Choose what runs again in the backward pass, so that a step takes less memory";
  let description = [{
    ```mlir
    net.minimize %loss, %state {net.recompute = [array<i64: 12, 3, 4>], optimizer = "sgd"}
    ```
    tells `net-differentiate` that before the gradient of op 12 the ops 3 and 4 run
    again, so that what they gave need not be kept. Where the network is a chain, of
    layers or of blocks, the choice is the one of least time (CheckpointChain.h); of
    a block that is too large by itself, what is largest for the time that it takes goes first.
    Nothing is chosen where the step fits, and what takes least where nothing does.
  }];
  let options = [Option<"bytes", "bytes", "int64_t", "-1",
                        "that values of a step may take at once; below 0: any">];
}

def FuseActivation : Pass<"net-fuse-activation", "mlir::func::FuncOp"> {
  let summary = "Make a relu part of the convolution, dense layer or batch_norm before it";
  let description = [{
    ```mlir
    %0 = net.conv2d %x, %w {...}
    %1 = net.activation %0 {kind = #net.activation<relu>}
    ```
    becomes `%1 = net.conv2d %x, %w {activation = #net.activation<relu>, ...}`.
    Other activations stay apart: with them the library leaves Winograd. The target
    says whether an op takes one. A batch_norm then gives a mask, and its gradient takes the relu's in:
    ```mlir
    %y, %mean, %variance = net.batch_norm %x, %w, %b {...}
    %r = net.activation %y {kind = #net.activation<relu>}
    %dy = net.activation_gradient %r, %dr {kind = #net.activation<relu>}
    %dx, %dw, %db = net.batch_norm_gradient %x, %mean, %variance, %dy weight %w {...}
    ```
    becomes
    ```mlir
    %r, %mean, %variance, %mask = net.batch_norm %x, %w, %b {activation = #net.activation<relu>, ...}
    %dx, %dw, %db = net.batch_norm_gradient %x, %mean, %variance, %dr weight %w mask %mask {...}
    ```
  }];
}

def FuseLoss : Pass<"net-fuse-loss", "mlir::func::FuncOp"> {
  let summary = "Compute softmax cross-entropy and its gradient in one op";
  let description = [{
    `net.softmax_cross_entropy` and the `net.softmax_cross_entropy_gradient` of
    the same logits with a constant loss gradient become
    `net.softmax_cross_entropy_with_gradient`.
  }];
}

def FuseElements : Pass<"net-fuse-elements", "mlir::func::FuncOp"> {
  let summary = "Group chains of element ops into `net.fused`, one kernel each";
  let description = [{
    An element op whose only user reads it at the same index joins that user:
    `dropout` and `activation_gradient` behind one another become one kernel.
  }];
}

def ExpandOps : Pass<"net-expand-ops", "mlir::func::FuncOp"> {
  let summary = "Make ops that the target lacks of ops that it has";
  let description = [{
    On a processor `net.batch_norm` becomes its statistics and the normalisation
    with them:
    ```mlir
    %y, %mean, %variance = net.batch_norm %x, %w, %b {...}
    ```
    becomes
    ```mlir
    %mean, %variance = net.batch_statistics %x
    %y = net.batch_norm_inference %x, %mean, %variance, %w, %b {...}
    ```
    What becomes of which op is the target's to say.
  }];
  let options = [Option<"beforeGradients", "before-gradients", "bool", "false",
                        "only what must have gradients of its own">];
}

def LowerToKernel : Pass<"net-lower-to-kernel", "mlir::ModuleOp"> {
  let summary = "Turn functions into programs of launches, parameters into globals";
  let description = [{
    Each op becomes what its `kernel.choice` says, by its target: a library's
    launch (`kernel.primitive`, `kernel.graph`), or a `kernel.launch` of a kernel
    generated for it, on memrefs of physical shape. The launch has the choice too.
  }];
  let dependentDialects = ["netc::kernel::KernelDialect", "mlir::arith::ArithDialect",
    "mlir::math::MathDialect", "mlir::memref::MemRefDialect",
    "mlir::scf::SCFDialect", "mlir::vector::VectorDialect"];
}

#endif
