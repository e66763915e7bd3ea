// What an op is asked for a kernel of its own.
#ifndef GENERATORS_TD
#define GENERATORS_TD

include "mlir/IR/OpBase.td"

def Generate_GeneratedOpInterface : OpInterface<"GeneratedOpInterface"> {
  let cppNamespace = "::netc::generate";
  let description = [{
    The op becomes a kernel that is written for its family. Element ops need no
    such thing: their arithmetic makes their kernels.
  }];
  let methods = [InterfaceMethod<[{
      Emits the body of a kernel whose buffers are what the op reads and writes:
      parameters, then operands, then results.
    }], "void", "emitKernel", (ins "::netc::generate::KernelBuilder &":$kernel)>];
}

#endif
