// What the CPU target asks an op; the families' files attach the answers.
#ifndef CPU_INTERFACES_TD
#define CPU_INTERFACES_TD

include "mlir/IR/OpBase.td"

def Cpu_PrimitiveOpInterface : OpInterface<"PrimitiveOpInterface"> {
  let cppNamespace = "::netc::cpu";
  let description = "The op is a primitive of oneDNN.";
  let methods = [
    InterfaceMethod<"The primitive and its tensors, which lie as `situation` says.",
      "::netc::cpu::PrimitiveRequest", "getRequest",
      (ins "const ::netc::select::Situation &":$situation)>,
    InterfaceMethod<[{
        Says which layouts the library may choose and what the others follow; the
        rest of a sentence that begins with `oneDNN's first choice`.
      }], "::std::string", "askLayouts",
      (ins "::netc::cpu::PrimitiveRequest &":$request, "const ::netc::select::Situation &":$situation)>,
    InterfaceMethod<[{
        Takes another of the library's answers where its first one is known to be
        the worse, and says why; else says nothing.
      }], "::std::string", "reconsider",
      (ins "const ::netc::cpu::PrimitiveRequest &":$request, "const ::netc::select::Situation &":$situation,
           "::netc::runtime::cpu::PrimitiveChoice &":$choice), "", [{ return ""; }]>,
    InterfaceMethod<"The layout that would be the best for an operand; empty where nothing is known.",
      "::llvm::StringRef", "getWish",
      (ins "::mlir::Value":$operand, "const ::netc::select::Situation &":$situation), "", [{ return ""; }]>];
}

def Cpu_RewriteOpInterface : OpInterface<"RewriteOpInterface"> {
  let cppNamespace = "::netc::cpu";
  let description = "The op is rewritten before its launches are chosen.";
  let methods = [
    InterfaceMethod<"Makes the op of others that the library has.",
      "::mlir::LogicalResult", "expand", (ins), "", [{ return ::mlir::success(); }]>,
    InterfaceMethod<"Whether a relu may become part of it.",
      "bool", "fusesActivation", (ins), "", [{ return true; }]>];
}

#endif
