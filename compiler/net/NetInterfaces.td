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

#endif
