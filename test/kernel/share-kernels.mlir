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

// -----

// Both constants differ alike: one word. A vector of one number is made of it.
// CHECK-LABEL: kernel.func @scale_1
// CHECK-SAME: %[[X:.*]]: memref<?xf32>, %[[A:.*]]: i64, %part: index, %parts: index
// CHECK-DAG: arith.index_cast %[[A]] : i64 to index
// CHECK-DAG: vector.splat %[[A]] : vector<8xi64>
// CHECK: kernel.launch @scale_1(%x) words = [8]
// CHECK: kernel.launch @scale_1(%y) words = [16]
kernel.func @scale_1(%x: memref<8xf32>, %part: index, %parts: index) attributes {access = ["write"]} {
  %place = arith.constant 8 : index
  %count = arith.constant dense<8> : vector<8xi64>
  %number = arith.sitofp %count : vector<8xi64> to vector<8xf32>
  vector.store %number, %x[%place] : memref<8xf32>, vector<8xf32>
  kernel.return
}
kernel.func @scale_2(%x: memref<16xf32>, %part: index, %parts: index) attributes {access = ["write"]} {
  %place = arith.constant 16 : index
  %count = arith.constant dense<16> : vector<8xi64>
  %number = arith.sitofp %count : vector<8xi64> to vector<8xf32>
  vector.store %number, %x[%place] : memref<16xf32>, vector<8xf32>
  kernel.return
}
kernel.program @run(%x: memref<8xf32> {kernel.name = "x", kernel.role = "output"},
                    %y: memref<16xf32> {kernel.name = "y", kernel.role = "output"})
    attributes {batch = 1 : i64} {
  kernel.launch @scale_1(%x) : memref<8xf32>
  kernel.launch @scale_2(%y) : memref<16xf32>
  kernel.return
}

// -----

// What is divided by differs, or the shape of a buffer that is read by rows, or
// what is done: each stays as it is.
// CHECK-LABEL: kernel.func @divide_1
// CHECK: kernel.func @divide_2
// CHECK: kernel.func @rows_1
// CHECK: kernel.func @rows_2
// CHECK: kernel.func @rows_3
// CHECK-NOT: words
kernel.func @divide_1(%x: memref<8xf32>, %part: index, %parts: index) attributes {access = ["write"]} {
  %three = arith.constant 3 : index
  %place = arith.divui %part, %three : index
  %zero = arith.constant 0.0 : f32
  memref.store %zero, %x[%place] : memref<8xf32>
  kernel.return
}
kernel.func @divide_2(%x: memref<8xf32>, %part: index, %parts: index) attributes {access = ["write"]} {
  %three = arith.constant 5 : index
  %place = arith.divui %part, %three : index
  %zero = arith.constant 0.0 : f32
  memref.store %zero, %x[%place] : memref<8xf32>
  kernel.return
}
kernel.func @rows_1(%x: memref<2x4xf32>, %part: index, %parts: index) attributes {access = ["write"]} {
  %zero = arith.constant 0.0 : f32
  memref.store %zero, %x[%part, %part] : memref<2x4xf32>
  kernel.return
}
kernel.func @rows_2(%x: memref<2x3xf32>, %part: index, %parts: index) attributes {access = ["write"]} {
  %zero = arith.constant 0.0 : f32
  memref.store %zero, %x[%part, %part] : memref<2x3xf32>
  kernel.return
}
kernel.func @rows_3(%x: memref<2x3xf32>, %part: index, %parts: index) attributes {access = ["write"], serial} {
  %zero = arith.constant 0.0 : f32
  memref.store %zero, %x[%part, %part] : memref<2x3xf32>
  kernel.return
}
kernel.program @run(%x: memref<8xf32> {kernel.name = "x", kernel.role = "output"},
                    %y: memref<2x4xf32> {kernel.name = "y", kernel.role = "output"},
                    %z: memref<2x3xf32> {kernel.name = "z", kernel.role = "output"})
    attributes {batch = 1 : i64} {
  kernel.launch @divide_1(%x) : memref<8xf32>
  kernel.launch @divide_2(%x) : memref<8xf32>
  kernel.launch @rows_1(%y) : memref<2x4xf32>
  kernel.launch @rows_2(%z) : memref<2x3xf32>
  kernel.launch @rows_3(%z) : memref<2x3xf32>
  kernel.return
}
