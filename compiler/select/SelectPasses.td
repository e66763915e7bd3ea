// The pass that decides how programs run.
#ifndef SELECT_PASSES_TD
#define SELECT_PASSES_TD

include "mlir/Pass/PassBase.td"

def SelectLaunches : Pass<"net-select-launches", "mlir::ModuleOp"> {
  let summary = "Choose how each op is run and how every tensor lies, reorders priced in";
  let description = [{
    The module's target says what it can do for each op: candidates, each with
    layouts and a cost. Those are taken that cost least over a program, with the
    reorders where layouts of neighbours differ. The choice stands on the op:
    ```mlir
    %y = net.conv2d %x, %w {...} : (tensor<2x1x28x28xf32>, tensor<6x1x5x5xf32>) -> tensor<2x6x24x24xf32>
    ```
    becomes
    ```mlir
    %y = net.conv2d %x, %w {..., kernel.choice = #kernel.choice<engine = "oneDNN", implementation = "jit:avx512_core", ...>}
      : (tensor<2x1x28x28xf32>, tensor<6x1x5x5xf32, #net.layout<"Acdb16a">>) -> tensor<2x6x24x24xf32, #net.layout<"aBcd16b">>
    ```
    A parameter has one layout, decided by the first program that reads it, the
    full training step; what an optimiser keeps of it lies as it does.
  }];
  let dependentDialects = ["netc::net::NetDialect", "netc::kernel::KernelDialect"];
}

#endif
