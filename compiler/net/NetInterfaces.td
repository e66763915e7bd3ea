// What a `net` op can be asked: its gradient, its cost, its elements.
#ifndef NET_INTERFACES_TD
#define NET_INTERFACES_TD

include "mlir/IR/OpBase.td"

def Net_GradientOpInterface : OpInterface<"GradientOpInterface"> {
  let cppNamespace = "::netc::net";
  let description = [{
    Reverse-mode differentiation: given the gradients of the op's results, emits
    the gradients of its operands as ordinary `net` ops.
  }];
  let methods = [InterfaceMethod<[{
      `resultGradients` has one value a result, null where the loss does not
      depend on it. Returns one value an operand, null where `wanted` is false
      or the operand has no gradient.
    }], "::llvm::SmallVector<::mlir::Value>", "buildGradient",
    (ins "::mlir::OpBuilder &":$builder, "::mlir::ValueRange":$resultGradients,
         "::llvm::ArrayRef<bool>":$wanted)>];
}

def Net_CostOpInterface : OpInterface<"CostOpInterface"> {
  let cppNamespace = "::netc::net";
  let description = "What one run of the op costs.";
  let methods = [InterfaceMethod<"Multiply-adds for the whole batch.",
    "int64_t", "getMultiplyAdds", (ins)>];
}

def Net_PhaseOpInterface : OpInterface<"PhaseOpInterface"> {
  let cppNamespace = "::netc::net";
  let description = [{
    The op trains otherwise than it evaluates. A network has the training form;
    `net-build-programs` asks for what each program wants.
  }];
  let methods = [
    InterfaceMethod<[{
        What a training program has behind the op; failure, with an error, where
        the op cannot be trained as it stands.
      }], "::mlir::LogicalResult", "prepareTraining",
      (ins "::mlir::OpBuilder &":$builder), "", [{ return ::mlir::success(); }]>,
    InterfaceMethod<"The evaluation's form: a value for each result.",
      "::llvm::SmallVector<::mlir::Value>", "buildEvaluation",
      (ins "::mlir::OpBuilder &":$builder)>];
}

def Net_ActivationFusionOpInterface : OpInterface<"ActivationFusionOpInterface"> {
  let cppNamespace = "::netc::net";
  let description = "The op can apply an activation to what it gives.";
  let methods = [InterfaceMethod<[{
      Takes in the `net.activation`, a relu, that reads the op's first result, and
      what there is of its gradients; nothing where another op reads that too.
    }], "void", "fuseActivation", (ins "::mlir::Operation *":$activation)>];
}

def Net_ElementOpInterface : OpInterface<"ElementOpInterface"> {
  let cppNamespace = "::netc::net";
  let description = [{
    Each element of the op's only result is computed alone: from the elements of
    its operands at the same index, or from any elements of an operand that it
    gathers. Such ops become generated kernels and fuse with one another.
  }];
  let methods = [
    InterfaceMethod<"Emits the element at the emitter's place: a scalar, or a vector of them.",
      "::mlir::Value", "emitElement", (ins "::netc::net::ElementEmitter &":$emitter)>,
    InterfaceMethod<"Whether the operand is read at the same index only.",
      "bool", "isPointwise", (ins "unsigned":$operand), "", [{ return true; }]>,
    InterfaceMethod<"Whether a gathered operand may be computed where it is read, each time anew, rather than be kept.",
      "bool", "recomputesGathered", (ins), "", [{ return false; }]>,
    InterfaceMethod<[{
        Whether the operand, [N, C, H, W], is read at any rows and columns, but in
        the result's example and channel only: its layout may be the result's.
      }], "bool", "isSpatial", (ins "unsigned":$operand), "", [{ return false; }]>,
    InterfaceMethod<"Whether zeros give zero, so that padding stays zero.",
      "bool", "keepsZero", (ins), "", [{ return false; }]>];
}

def Net_ParameterWriteOpInterface : OpInterface<"ParameterWriteOpInterface"> {
  let cppNamespace = "::netc::net";
  let description = "The op writes a parameter in place.";
  let methods = [
    InterfaceMethod<"The parameter.", "::mlir::FlatSymbolRefAttr", "getParameterAttr">,
    InterfaceMethod<[{
        The operand whose layout must be the parameter's: its new value, or what
        changes it.
      }], "::mlir::OpOperand &", "getValueMutable">];
}

def Net_UpdateOpInterface : OpInterface<"UpdateOpInterface"> {
  let cppNamespace = "::netc::net";
  let description = [{
    One step of an optimiser on a parameter, in place. `net.<optimizer>_update`
    is the update of an optimiser: its static methods are asked by its name
    (findUpdate). The op's class is Net_UpdateOp.
  }];
  let methods = [
    StaticInterfaceMethod<"The optimiser's settings, beside the learning rate.",
      "::llvm::ArrayRef<::netc::net::SettingSpec>", "getSettings">,
    StaticInterfaceMethod<"What an optimiser with these settings keeps for each parameter.",
      "::llvm::SmallVector<::netc::net::OptimizerState>", "getOptimizerStates",
      (ins "::mlir::DictionaryAttr":$settings)>,
    StaticInterfaceMethod<"Builds the update of one parameter.",
      "void", "buildUpdate", (ins "::mlir::OpBuilder &":$builder,
        "::mlir::Location":$location, "const ::netc::net::UpdateParts &":$parts)>,
    InterfaceMethod<"The parameter.", "::mlir::FlatSymbolRefAttr", "getParameterAttr">,
    InterfaceMethod<"What is kept of it: symbols in the order of getOptimizerStates; null if nothing.",
      "::mlir::ArrayAttr", "getStatesAttr">,
    InterfaceMethod<"Its gradient.", "::mlir::Value", "getGradient">,
    InterfaceMethod<"The run state.", "::mlir::Value", "getState">,
    InterfaceMethod<"Multiplies the learning rate.", "::llvm::APFloat", "getLearningRateScale">,
    InterfaceMethod<"Emits what all elements share, f32 scalars, before them; the learning rate unless an op needs others.",
      "::llvm::SmallVector<::mlir::Value>", "emitScalars",
      (ins "::netc::net::RunEmitter &":$run), "", [{ return {run.learningRate()}; }]>,
    InterfaceMethod<"Emits the step of one element, or of a vector of them: keeps its states and returns its new weight.",
      "::mlir::Value", "emitUpdate", (ins "::netc::net::UpdateEmitter &":$emitter)>];
  let extraSharedClassDeclaration = [{
    /// The states' symbols; empty where nothing is kept.
    ::llvm::SmallVector<::mlir::FlatSymbolRefAttr> getStateSymbols() {
      ::mlir::ArrayAttr states = $_op.getStatesAttr();
      if (!states)
        return {};
      return ::llvm::to_vector(states.getAsRange<::mlir::FlatSymbolRefAttr>());
    }
  }];
}

def Net_LossOpInterface : OpInterface<"LossOpInterface"> {
  let cppNamespace = "::netc::net";
  let description = [{
    A loss of each example. `net.<loss>` is the loss that `net.training` names:
    its static methods are asked by its name (findLoss).
  }];
  let methods = [
    StaticInterfaceMethod<"The loss's settings.",
      "::llvm::ArrayRef<::netc::net::SettingSpec>", "getSettings">,
    StaticInterfaceMethod<"Whether it can compare with numbers, as the network's input is, not with classes only.",
      "bool", "takesInput">,
    StaticInterfaceMethod<"Builds the loss, and the count of hits where it has one.",
      "::netc::net::BuiltLoss", "buildLoss", (ins "::mlir::OpBuilder &":$builder,
        "::mlir::Location":$location, "const ::netc::net::LossParts &":$parts)>];
}

def Net_ElementLossOpInterface : OpInterface<"ElementLossOpInterface"> {
  let cppNamespace = "::netc::net";
  let description = [{
    The mean over an example's elements of a loss of each, (input, target) -> loss;
    or the gradient of that, (input, target, lossGradient) -> inputGradient.
  }];
  let methods = [
    InterfaceMethod<[{
        Emits for an output `x` and its target `t`, f32 or vectors of it, the loss
        of the element; of a gradient, its derivative by `x`.
      }], "::mlir::Value", "emitTerm", (ins "::netc::net::ElementMath &":$math,
        "::mlir::Value":$x, "::mlir::Value":$t)>,
    InterfaceMethod<"Whether it is a gradient.", "bool", "isGradient">];
}

#endif
