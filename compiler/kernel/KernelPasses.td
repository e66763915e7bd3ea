// Passes over the `kernel` dialect.
#ifndef KERNEL_PASSES_TD
#define KERNEL_PASSES_TD

include "mlir/Pass/PassBase.td"

def ShareKernels : Pass<"kernel-share-kernels", "mlir::ModuleOp"> {
  let summary = "make one kernel of those that differ in numbers and sizes only";
  let description = [{
    Kernels that do the same on other numbers of elements, or with other
    constants (keys of random streams, counts, offsets, rates), become one, which
    takes what differs as words of each launch. A constant stays in the code
    where all agree on it, and where the code gains from it: what is divided by,
    the step of a loop.
    ```mlir
    kernel.launch @fill_1(%x) : memref<64xf32>     =>  kernel.launch @fill_1(%x) words = [64] : memref<64xf32>
    kernel.launch @fill_2(%y) : memref<8x20xf32>   =>  kernel.launch @fill_1(%y) words = [160] : memref<8x20xf32>
    ```
  }];
}

def PlanMemory : Pass<"kernel-plan-memory", "mlir::ModuleOp"> {
  let summary = "give every buffer its place in one arena";
  let description = [{
    Globals come first, then each program's inputs and outputs, then its
    temporaries, which share memory where they are not in use at once: the
    largest is placed first, in the smallest gap that holds it (greedy by size;
    Pisarchyk and Lee 2020). A launch that permits it (`in_place`) writes its
    result over the argument that ends there. Programs share all but the globals.
    An earlier plan is made anew.
    ```mlir
    kernel.global @w : memref<16xf32> {..}         =>  kernel.global @w : memref<16xf32> {.., offset = 0 : i64}
    %x = kernel.alloc : memref<16xf32>             =>  %x = kernel.slice {offset = 64 : i64} : memref<16xf32>
    ```
  }];
}

def VerifyMemoryPlan : Pass<"kernel-verify-memory-plan", "mlir::ModuleOp"> {
  let summary = "check that no two buffers in use at once share memory";
  let description = [{
    Everything has a place inside the arena, globals overlap nothing, and
    buffers of a program overlap only when they are not in use at once, or when
    a launch permits it (`in_place`).
    ```mlir
    %x = kernel.slice {offset = 0 : i64} : memref<20xf32>
    %y = kernel.slice {offset = 64 : i64} : memref<20xf32>   => error: a buffer at [64, 144) overlaps
    kernel.launch @f(%x, %y) : memref<20xf32>, memref<20xf32>
    ```
  }];
}

#endif
