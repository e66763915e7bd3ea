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
    }], "void", "emitKernel", (ins "::netc::generate::KernelBuilder &":$kernel)>,
    InterfaceMethod<[{
      How many operands a launch takes, so that no kernel grows with the network;
      further launches take the others, by kernels of their own
      (KernelBuilder::firstOperand), and each writes its part of the results. 0:
      one takes all.
    }], "unsigned", "operandsOfLaunch", (ins), "", [{ return 0; }]>];
}

def Generate_LayoutOpInterface : OpInterface<"LayoutOpInterface"> {
  let cppNamespace = "::netc::generate";
  let description = [{
    The kernel that is generated for the op can read and write layouts that are
    not row-major.
  }];
  let methods = [InterfaceMethod<[{
      Fills in the layouts that the kernel takes and gives where values lie as
      `situation` says; the candidate is row-major before.
    }], "void", "chooseLayouts", (ins "const ::netc::select::Situation &":$situation,
      "::netc::select::Candidate &":$candidate)>];
}

#endif
