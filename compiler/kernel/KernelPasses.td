// Passes over the `kernel` dialect.
#ifndef KERNEL_PASSES_TD
#define KERNEL_PASSES_TD

include "mlir/Pass/PassBase.td"

def PlanMemory : Pass<"kernel-plan-memory", "mlir::ModuleOp"> {
  let summary = "give every buffer its place in one arena";
  let description = [{
    Globals come first, then each program's inputs and outputs, then its
    temporaries, which share memory where they are not in use at once: the
    largest is placed first, in the smallest gap that holds it (greedy by size;
    Pisarchyk and Lee 2020). A launch that permits it (`in_place`) writes its
    result over the argument that ends there. Programs share all but the globals.
    ```mlir
    kernel.global @w : memref<16xf32> {..}         =>  kernel.global @w : memref<16xf32> {.., offset = 0 : i64}
    %x = kernel.alloc : memref<16xf32>             =>  %x = kernel.slice {offset = 64 : i64} : memref<16xf32>
    ```
  }];
}

#endif
