// RUN: %net-opt %s --split-input-file --kernel-share-kernels | FileCheck %s

// The number of elements and a float differ: they are words. What is divided by
// and the step of a loop stay in the code.
// CHECK-LABEL: kernel.func @fill_1
// CHECK-SAME: (%[[X:.*]]: memref<?xf32>, %[[COUNT:.*]]: i64, %[[VALUE:.*]]: i64, %part: index, %parts: index)
// CHECK-SAME: access = ["write"]
// CHECK-DAG: %[[END:.*]] = arith.index_cast %[[COUNT]] : i64 to index
// CHECK-DAG: %[[BITS:.*]] = arith.trunci %[[VALUE]] : i64 to i32
// CHECK-DAG: %[[FLOAT:.*]] = arith.bitcast %[[BITS]] : i32 to f32
// CHECK-DAG: %[[STEP:.*]] = arith.constant 1 : index
// CHECK: scf.for %[[I:.*]] = %part to %[[END]] step %[[STEP]]
// CHECK: memref.store %[[FLOAT]], %[[X]][%[[I]]] : memref<?xf32>
// CHECK-NOT: kernel.func
// CHECK: kernel.launch @fill_1(%x) words = [64, 1065353216] : memref<64xf32>
// CHECK: kernel.launch @fill_1(%y) words = [6, 1073741824] : memref<2x3xf32>
kernel.func @fill_1(%x: memref<64xf32>, %part: index, %parts: index)
    attributes {access = ["write"], serial} {
  %one = arith.constant 1 : index
  %end = arith.constant 64 : index
  %value = arith.constant 1.0 : f32
  scf.for %i = %part to %end step %one {
    memref.store %value, %x[%i] : memref<64xf32>
  }
  kernel.return
}
kernel.func @fill_2(%x: memref<2x3xf32>, %part: index, %parts: index)
    attributes {access = ["write"], serial} {
  %flat = memref.collapse_shape %x [[0, 1]] : memref<2x3xf32> into memref<6xf32>
  %one = arith.constant 1 : index
  %end = arith.constant 6 : index
  %value = arith.constant 2.0 : f32
  scf.for %i = %part to %end step %one {
    memref.store %value, %flat[%i] : memref<6xf32>
  }
  kernel.return
}
kernel.program @run(%x: memref<64xf32> {kernel.name = "x", kernel.role = "output"},
                    %y: memref<2x3xf32> {kernel.name = "y", kernel.role = "output"})
    attributes {batch = 1 : i64} {
  kernel.launch @fill_1(%x) : memref<64xf32>
  kernel.launch @fill_2(%y) : memref<2x3xf32>
  kernel.return
}
