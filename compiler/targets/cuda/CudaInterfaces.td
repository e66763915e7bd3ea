// What the CUDA target asks an op; the families' files attach the answers.
#ifndef CUDA_INTERFACES_TD
#define CUDA_INTERFACES_TD

include "mlir/IR/OpBase.td"

def Cuda_DeviceOpInterface : OpInterface<"DeviceOpInterface"> {
  let cppNamespace = "::netc::cuda";
  let description = [{
    What becomes of the op on a GPU: a graph of cuDNN's, other ops, a kernel with
    its channels last. Ops without it are what generated kernels make of them.
  }];
  let methods = [
    InterfaceMethod<"The op as a graph of cuDNN's whose tensors have their channels last; none if it is none.",
      "::std::optional<::netc::cuda::CudaGraph>", "getGraph",
      (ins "::netc::runtime::cuda::Precision":$precision), "", [{ return std::nullopt; }]>,
    InterfaceMethod<"Whether the op takes and gives the layouts that graphs have.",
      "bool", "hasChannelsLast", (ins), "", [{ return false; }]>,
    InterfaceMethod<"Makes the op of others that cuDNN has, before gradients are taken.",
      "::mlir::LogicalResult", "expandBeforeGradients", (ins), "", [{ return ::mlir::success(); }]>,
    InterfaceMethod<"Makes the op of others that cuDNN has.",
      "::mlir::LogicalResult", "expand", (ins), "", [{ return ::mlir::success(); }]>,
    InterfaceMethod<[{
        Whether a relu may become part of it. cuDNN's engines for f32 have one
        behind a bias only, none behind a normalisation; there it joins the element
        ops that follow.
      }], "bool", "fusesActivation", (ins), "", [{ return false; }]>,
    InterfaceMethod<"Whether the op is a data gradient that can take the gradient of the relu behind it in.",
      "bool", "fusesActivationGradient", (ins), "", [{ return false; }]>,
    InterfaceMethod<"Of operands of more than one dimension, where activations are bf16: whether it wants that or f32; none if it reads either.",
      "::std::optional<bool>", "wantsBf16", (ins), "", [{ return std::nullopt; }]>,
    InterfaceMethod<"Whether it then gives results of more than one dimension as bf16.",
      "bool", "givesBf16", (ins), "", [{ return false; }]>];
}

#endif
