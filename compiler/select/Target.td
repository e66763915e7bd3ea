// What a module's `kernel.target` can be asked: the seam between the passes and
// the targets. Each target attaches its answers to its attribute.
#ifndef SELECT_TARGET_TD
#define SELECT_TARGET_TD

include "mlir/IR/OpBase.td"

def Select_TargetInterface : AttrInterface<"TargetInterface"> {
  let cppNamespace = "::netc::select";
  let description = [{
    A target answers for itself and, by the interfaces that it attaches to ops,
    for what it does with each of them. The passes that ask know no target.
  }];
  let methods = [
    InterfaceMethod<"Makes the target's library ready for the module; errors are reported.",
      "::mlir::LogicalResult", "prepare", (ins "::mlir::ModuleOp":$module)>,
    InterfaceMethod<[{
        What the target lacks of the ops that a network is written in is made of
        others: before gradients are taken (`beforeGradients`), so that the parts
        have gradients of their own, or behind. Replaces and erases `op`, or leaves
        it alone; errors are reported.
      }], "::mlir::LogicalResult", "expand",
      (ins "::mlir::Operation *":$op, "bool":$beforeGradients)>,
    InterfaceMethod<"Whether a relu may become part of the op that makes its input.",
      "bool", "fusesActivation", (ins "::mlir::Operation *":$op)>,
    InterfaceMethod<[{
        Appends what the target can do for the op where values lie as `situation`
        says; none where it cannot run the op. Failures are reported.
      }], "::mlir::LogicalResult", "appendCandidates",
      (ins "::mlir::Operation *":$op, "const ::netc::select::Situation &":$situation,
           "::llvm::SmallVectorImpl<::netc::select::Candidate> &":$candidates)>,
    InterfaceMethod<"The layout that a parameter has on this target whatever reads it; none where the first reader decides.",
      "::std::optional<::std::string>", "getParameterLayout",
      (ins "::netc::net::ParameterOp":$parameter)>,
    InterfaceMethod<"The value in the layout of `type`.",
      "::mlir::Value", "buildReorder",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$location,
           "::mlir::RankedTensorType":$type, "::mlir::Value":$value)>,
    InterfaceMethod<"Nanoseconds, estimated, of a reorder from one layout of a tensor to another.",
      "double", "getReorderCost",
      (ins "::mlir::RankedTensorType":$from, "::mlir::RankedTensorType":$to)>,
    InterfaceMethod<"Carries out the op's choice as launches at the end of the launcher's program; errors are reported.",
      "::mlir::LogicalResult", "emit",
      (ins "::mlir::Operation *":$op, "::netc::select::Launcher &":$launcher)>,
    InterfaceMethod<"A launch that copies `value`, f32, to a buffer of its type.",
      "::mlir::LogicalResult", "emitCopy",
      (ins "::mlir::Location":$location, "::mlir::Value":$value, "::mlir::Value":$buffer,
           "::netc::select::Launcher &":$launcher)>,
    InterfaceMethod<"How kernels are generated for the target.",
      "::netc::select::KernelForm", "getKernelForm", (ins)>];
}

#endif
