// RUN: %net-opt %s --net-select-launches --net-lower-to-kernel | FileCheck %s
// RUN: sed s/avx2/avx512/ %s > %t.mlir
// RUN: %if avx512 %{ %net-opt %t.mlir --net-select-launches --net-lower-to-kernel | FileCheck %s --check-prefix=AVX512 %}

module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {

// Whole vectors are shared among the parts; the last part takes the rest.
// CHECK: kernel.func @activation_1(%{{.*}}: memref<3x1001xf32>, %{{.*}}: memref<3x1001xf32>, %[[PART:.*]]: index, %[[PARTS:.*]]: index) attributes {access = ["read", "write"]}
// CHECK: arith.constant 375 : index
// CHECK: arith.muli %{{.*}}, %[[PART]]
// CHECK: scf.for %{{.*}} step %c8
// CHECK: arith.maximumf %{{.*}} : vector<8xf32>
// CHECK: %[[LAST:.*]] = arith.cmpi eq, %{{.*}}, %[[PARTS]]
// CHECK-NEXT: scf.if %[[LAST]] {
// CHECK: scf.for %{{.*}} = %c3000 to %c3003 step %c1
// CHECK: arith.maximumf %{{.*}}, %{{.*}} : f32
// AVX512-LABEL: kernel.func @activation_1
// AVX512: arith.constant 187 : index
// AVX512: vector.load {{.*}} vector<16xf32>
// AVX512: scf.for %{{.*}} = %c2992 to %c3003
func.func @remainder(%x: tensor<3x1001xf32>) -> tensor<3x1001xf32> {
  %0 = net.activation %x {kind = #net.activation<relu>} : (tensor<3x1001xf32>) -> tensor<3x1001xf32>
  return %0 : tensor<3x1001xf32>
}

// 12 channels lie in two blocks of 8; sigmoid(0) is 0.5, so the channels from
// 12 on are set to zero. For a tanh there is nothing to mask.
// CHECK: kernel.func @activation_2(%{{.*}}: memref<2x2x4x4x8xf32>
// CHECK: scf.for
// CHECK: %[[SIGMOID:.*]] = arith.divf
// CHECK: %[[CHANNELS:.*]] = arith.constant dense<12> : vector<8xi32>
// CHECK: %[[LANES:.*]] = arith.constant dense<[0, 1, 2, 3, 4, 5, 6, 7]> : vector<8xi32>
// CHECK: %[[CHANNEL:.*]] = arith.addi %{{.*}}, %[[LANES]]
// CHECK: %[[INSIDE:.*]] = arith.cmpi ult, %[[CHANNEL]], %[[CHANNELS]]
// CHECK: %[[ZERO:.*]] = arith.constant dense<0.000000e+00>
// CHECK: %[[MASKED:.*]] = arith.select %[[INSIDE]], %[[SIGMOID]], %[[ZERO]]
// CHECK-NEXT: vector.store %[[MASKED]]
// CHECK: kernel.func @activation_3(
// CHECK: math.tanh
// CHECK-NOT: arith.select
// CHECK: kernel.return
// And where no channel is padding neither.
// CHECK: kernel.func @activation_4(%{{.*}}: memref<2x2x4x4x8xf32>
// CHECK: arith.divf
// CHECK-NOT: arith.select
// CHECK: kernel.return
func.func @padding(%x: tensor<2x12x4x4xf32, #net.layout<"aBcd8b">>, %full: tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>) -> (tensor<2x12x4x4xf32, #net.layout<"aBcd8b">>, tensor<2x12x4x4xf32, #net.layout<"aBcd8b">>, tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>) {
  %0 = net.activation %x {kind = #net.activation<sigmoid>} : (tensor<2x12x4x4xf32, #net.layout<"aBcd8b">>) -> tensor<2x12x4x4xf32, #net.layout<"aBcd8b">>
  %1 = net.activation %x {kind = #net.activation<tanh>} : (tensor<2x12x4x4xf32, #net.layout<"aBcd8b">>) -> tensor<2x12x4x4xf32, #net.layout<"aBcd8b">>
  %2 = net.activation %full {kind = #net.activation<sigmoid>} : (tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>) -> tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>
  return %0, %1, %2 : tensor<2x12x4x4xf32, #net.layout<"aBcd8b">>, tensor<2x12x4x4xf32, #net.layout<"aBcd8b">>, tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>
}

// The mask depends on the row-major index whatever the layout: with blocks of
// channels neighbouring lanes are a picture apart. It is zero or the element
// divided by 1 - rate.
// CHECK: kernel.func @dropout_1(
// CHECK: scf.for
// CHECK: %[[CHANNELSTRIDE:.*]] = arith.constant 16 : index
// CHECK: %[[IMAGESTRIDE:.*]] = arith.constant 192 : index
// CHECK: %[[LANES:.*]] = arith.constant dense<[0, 16, 32, 48, 64, 80, 96, 112]> : vector<8xi64>
// CHECK: %[[AT:.*]] = arith.addi %{{.*}}, %[[LANES]] : vector<8xi64>
// CHECK-NEXT: arith.trunci %[[AT]] : vector<8xi64> to vector<8xi32>
// Ten rounds of two products.
// CHECK-COUNT-20: arith.mului_extended
// CHECK-NOT: arith.mului_extended
// CHECK: %[[RATE:.*]] = arith.constant dense<7.500000e-01> : vector<8xf32>
// CHECK: %[[KEPT:.*]] = arith.cmpf oge, %{{.*}}, %[[RATE]]
// CHECK: %[[SCALE:.*]] = arith.constant dense<4.000000e+00>
// CHECK: %[[SCALED:.*]] = arith.mulf %{{.*}}, %[[SCALE]]
// CHECK: arith.select %[[KEPT]], %[[SCALED]]
// Row-major it is the place in memory.
// CHECK: kernel.func @dropout_2(
// CHECK: arith.constant dense<[0, 1, 2, 3, 4, 5, 6, 7]> : vector<8xi64>
func.func @dropout(%x: tensor<2x12x4x4xf32, #net.layout<"aBcd8b">>, %rows: tensor<2x12x4x4xf32>, %state: tensor<8xi32>) -> (tensor<2x12x4x4xf32, #net.layout<"aBcd8b">>, tensor<2x12x4x4xf32>) {
  %0 = net.dropout %x, %state {rate = 0.75 : f64, path = "dropout_1"} : (tensor<2x12x4x4xf32, #net.layout<"aBcd8b">>, tensor<8xi32>) -> tensor<2x12x4x4xf32, #net.layout<"aBcd8b">>
  %1 = net.dropout %rows, %state {rate = 0.75 : f64, path = "dropout_1"} : (tensor<2x12x4x4xf32>, tensor<8xi32>) -> tensor<2x12x4x4xf32>
  return %0, %1 : tensor<2x12x4x4xf32, #net.layout<"aBcd8b">>, tensor<2x12x4x4xf32>
}

// A fused op is one loop: what its ops give each other stays in registers.
// CHECK: kernel.func @dropout_activation_gradient_1(
// CHECK: vector.load
// CHECK: vector.load
// CHECK-NOT: vector.load
// CHECK: vector.store
// CHECK-NOT: vector.store
// CHECK: kernel.return
func.func @fused(%y: tensor<2x32xf32>, %dy: tensor<2x32xf32>, %state: tensor<8xi32>) -> tensor<2x32xf32> {
  %0 = net.fused (%a = %y : tensor<2x32xf32>, %b = %dy : tensor<2x32xf32>, %s = %state : tensor<8xi32>) -> tensor<2x32xf32> {
    %1 = net.dropout %b, %s {rate = 0.5 : f64, path = "dropout_1"} : (tensor<2x32xf32>, tensor<8xi32>) -> tensor<2x32xf32>
    %2 = net.activation_gradient %a, %1 {kind = #net.activation<relu>} : (tensor<2x32xf32>, tensor<2x32xf32>) -> tensor<2x32xf32>
    net.yield %2 : tensor<2x32xf32>
  }
  return %0 : tensor<2x32xf32>
}

// A resize gathers: one element at a time, bytes widened without sign.
// CHECK: kernel.func @resize_1(
// CHECK-NOT: vector.
// CHECK-COUNT-4: arith.extui %{{.*}} : i8 to i32
// CHECK: memref.store
func.func @resize(%pixels: tensor<2x1x4x4xui8>) -> tensor<2x1x8x8xf32> {
  %0 = net.resize %pixels {size = array<i64: 8, 8>} : (tensor<2x1x4x4xui8>) -> tensor<2x1x8x8xf32>
  return %0 : tensor<2x1x8x8xf32>
}

// Fewer elements than a vector has; a channel picked by its number where the
// lanes are no whole row of one channel.
// CHECK: kernel.func @normalize_1(
// CHECK-NOT: vector.
// CHECK: %[[SECOND:.*]] = arith.constant 1 : i32
// CHECK: arith.cmpi eq, %{{.*}}, %[[SECOND]]
// CHECK: arith.subf
// CHECK: arith.divf
func.func @small(%x: tensor<1x2x1x2xf32>) -> tensor<1x2x1x2xf32> {
  %0 = net.normalize %x {mean = array<f64: 0.5, 0.25>, deviation = array<f64: 0.5>} : (tensor<1x2x1x2xf32>) -> tensor<1x2x1x2xf32>
  return %0 : tensor<1x2x1x2xf32>
}
}
