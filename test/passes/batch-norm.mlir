// RUN: split-file %s %t
// RUN: %net-opt %t/programs.mlir --net-build-programs | FileCheck %t/programs.mlir
// RUN: %net-opt %t/lone.mlir --net-build-programs --split-input-file --verify-diagnostics
// RUN: %net-opt %t/programs.mlir --net-build-programs --net-differentiate | FileCheck %t/programs.mlir --check-prefix=GRADIENT
// RUN: %net-opt %t/programs.mlir --netc-net | FileCheck %t/programs.mlir --check-prefix=FUSED
// RUN: %net-opt %t/programs.mlir --netc-net --netc-kernel | FileCheck %t/programs.mlir --check-prefix=KERNEL
// RUN: %net-opt %t/apart.mlir --net-fuse-activation | FileCheck %t/apart.mlir
// What the passes make of a batch normalisation, from training and evaluation
// to the library's primitives.

//--- programs.mlir
module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
// A statistic has no velocity.
// CHECK: net.parameter @w.velocity
// CHECK: net.parameter @b.velocity
// CHECK-NOT: net.parameter @m.velocity
// CHECK-NOT: net.parameter @v.velocity
net.parameter @conv : tensor<20x3x3x3xf32> {init = "xavier"}
net.parameter @w : tensor<20xf32> {init = "one"}
net.parameter @b : tensor<20xf32> {init = "zero"}
net.parameter @m : tensor<20xf32> {init = "zero", trainable = false, statistic}
net.parameter @v : tensor<20xf32> {init = "one", trainable = false, statistic}
net.parameter @dense : tensor<10x720xf32> {init = "xavier"}

// A step of four examples has 4*36 values a channel.
// CHECK-LABEL: func.func @train_step
// CHECK: %{{.*}}, %[[MEAN:.*]], %[[VARIANCE:.*]] = net.batch_norm
// CHECK-NEXT: net.update_statistic @m, %[[MEAN]] {momentum = 1.000000e-01 : f64, scale = 1.000000e+00 : f64}
// CHECK-NEXT: net.update_statistic @v, %[[VARIANCE]] {momentum = 1.000000e-01 : f64, scale = 1.006993{{[0-9]*}} : f64}
// CHECK: net.minimize
// The last step has three.
// CHECK-LABEL: func.func @train_last_step
// CHECK: net.update_statistic @v, %{{.*}} {momentum = 1.000000e-01 : f64, scale = 1.009345{{[0-9]*}} : f64}
// CHECK-LABEL: func.func @evaluate
// CHECK-NOT: net.batch_norm %
// CHECK-NOT: net.update_statistic
// CHECK-DAG: %[[M:.*]] = net.read_parameter @m
// CHECK-DAG: %[[V:.*]] = net.read_parameter @v
// CHECK: net.batch_norm_inference %{{[^,]*}}, %[[M]], %[[V]], %{{.*}}, %{{.*}} {epsilon = 1.000000e-05 : f64}
// CHECK-LABEL: func.func @initialize
// CHECK: %[[ONE:.*]] = net.fill {value = 1.000000e+00 : f64} : tensor<20xf32>
// CHECK-NEXT: net.write_parameter @w, %[[ONE]]
// CHECK: %[[VAR:.*]] = net.fill {value = 1.000000e+00 : f64} : tensor<20xf32>
// CHECK-NEXT: net.write_parameter @v, %[[VAR]]

// Neither the optimiser nor weight decay touches a statistic.
// GRADIENT-LABEL: func.func @train_step
// GRADIENT: %[[DX:.*]], %[[DA:.*]]:2 = net.batch_norm_gradient %{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}} weight %{{[^,]*}} {epsilon = 1.000000e-05 : f64, with_bias = true}
// GRADIENT-DAG: net.sgd_update @b, %[[DA]]#1,
// GRADIENT-DAG: net.sgd_update @w, %[[DA]]#0,
// GRADIENT: net.conv2d_filter_gradient %{{.*}}, %[[DX]]
// GRADIENT-NOT: net.sgd_update @m
// GRADIENT-NOT: net.sgd_update @v

// The relu goes in on both ways.
// FUSED-LABEL: func.func @train_step
// FUSED: %[[Y:.*]], %{{.*}}, %{{.*}}, %[[MASK:.*]] = net.batch_norm {{.*}}activation = #net.activation<relu>
// FUSED-NOT: net.activation
// FUSED: net.dense_input_gradient
// FUSED: %[[DY:.*]] = net.reshape
// FUSED: net.batch_norm_gradient %{{.*}}, %{{.*}}, %{{.*}}, %[[DY]] weight %{{.*}} mask %[[MASK]]
// FUSED-LABEL: func.func @evaluate
// FUSED: net.batch_norm_inference {{.*}}activation = #net.activation<relu>
// FUSED-NOT: net.activation

// In the convolution's blocks, with no reorder between.
// KERNEL-DAG: kernel.global @m : {{.*}}kind = "statistic"
// KERNEL-DAG: kernel.global @w : {{.*}}kind = "parameter"
// KERNEL-DAG: kernel.global @w.velocity : {{.*}}kind = "state"
// KERNEL: kernel.program @train_step
// KERNEL: kernel.primitive forward convolution {{.*}}dst %[[X:[^ ]*]] : <4x20x6x6xf32, "aBcd8b">
// KERNEL: kernel.primitive forward batch_normalization {{.*}}(src %[[X]] : <4x20x6x6xf32, "aBcd8b">, weights %{{.*}} : <20xf32>, bias %{{.*}} : <20xf32>, mean %[[MEAN:.*]] : <20xf32>, variance %[[VARIANCE:.*]] : <20xf32>, dst %{{.*}} : <4x20x6x6xf32, "aBcd8b">, workspace %[[MASK:[0-9]+]] : memref<{{.*}}xi8>
// KERNEL-SAME: relu epsilon = 1.000000e-05
// KERNEL: kernel.launch @update_statistic_1(%{{.*}}, %[[MEAN]]) words =
// KERNEL: kernel.launch @update_statistic_1(%{{.*}}, %[[VARIANCE]]) words =
// KERNEL: kernel.primitive backward_data batch_normalization {{.*}}(src %[[X]] : <4x20x6x6xf32, "aBcd8b">, weights %{{.*}} : <20xf32>, mean %[[MEAN]] : <20xf32>, variance %[[VARIANCE]] : <20xf32>, dst %{{.*}} : <4x20x6x6xf32, "aBcd8b">, src_gradient %[[DX:.*]] : <4x20x6x6xf32, "aBcd8b">, weights_gradient %{{.*}} : <20xf32>, bias_gradient %{{.*}} : <20xf32>, workspace %[[MASK]] : memref<{{.*}}xi8>
// KERNEL-NOT: forward reorder
// KERNEL: kernel.primitive backward_weights convolution {{.*}}dst %[[DX]] :
// KERNEL: kernel.program @evaluate
// KERNEL: kernel.primitive forward batch_normalization {{.*}} given_statistics
func.func @network(%pixels: tensor<4x3x8x8xui8>, %state: tensor<8xi32>) -> tensor<4x10xf32> {
  %0 = net.to_tensor %pixels : (tensor<4x3x8x8xui8>) -> tensor<4x3x8x8xf32>
  %c = net.read_parameter @conv : tensor<20x3x3x3xf32>
  %1 = net.conv2d %0, %c {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<4x3x8x8xf32>, tensor<20x3x3x3xf32>) -> tensor<4x20x6x6xf32>
  %w = net.read_parameter @w : tensor<20xf32>
  %b = net.read_parameter @b : tensor<20xf32>
  %2, %mean, %variance = net.batch_norm %1, %w, %b {epsilon = 1.0e-05 : f64, momentum = 0.1 : f64, running_mean = @m, running_variance = @v}
    : (tensor<4x20x6x6xf32>, tensor<20xf32>, tensor<20xf32>) -> (tensor<4x20x6x6xf32>, tensor<20xf32>, tensor<20xf32>)
  %3 = net.activation %2 {kind = #net.activation<relu>} : (tensor<4x20x6x6xf32>) -> tensor<4x20x6x6xf32>
  %4 = net.reshape %3 {shape = array<i64: 720>} : (tensor<4x20x6x6xf32>) -> tensor<4x720xf32>
  %d = net.read_parameter @dense : tensor<10x720xf32>
  %5 = net.dense %4, %d : (tensor<4x720xf32>, tensor<10x720xf32>) -> tensor<4x10xf32>
  return %5 : tensor<4x10xf32>
}
net.training @network {loss = "softmax_cross_entropy", optimizer = "sgd", optimizer_settings = {momentum = 0.9 : f64, weight_decay = 1.0e-3 : f64}, last_batch = 3 : i64}
}

//--- lone.mlir
// A last batch of one has no variance.
net.parameter @m : tensor<10xf32> {init = "zero", trainable = false, statistic}
func.func @network(%x: tensor<4x10xf32>, %state: tensor<8xi32>) -> tensor<4x10xf32> {
  // expected-error @below {{a batch of one example has a single value in each of its 10 channels, which has no variance}}
  %0:3 = net.batch_norm %x {epsilon = 1.0e-05 : f64, momentum = 0.1 : f64, running_mean = @m, running_variance = @m} : (tensor<4x10xf32>) -> (tensor<4x10xf32>, tensor<10xf32>, tensor<10xf32>)
  return %0#0 : tensor<4x10xf32>
}
net.training @network {loss = "softmax_cross_entropy", optimizer = "sgd", last_batch = 1 : i64}

//--- apart.mlir
module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
net.parameter @m : tensor<6xf32> {init = "zero", trainable = false, statistic}

// The normalised value is read by another too.
// CHECK-LABEL: func.func @usedTwice
// CHECK: net.batch_norm %{{.*}} {epsilon
// CHECK: net.activation
func.func @usedTwice(%x: tensor<2x6xf32>) -> (tensor<2x6xf32>, tensor<2x6xf32>) {
  %0:3 = net.batch_norm %x {epsilon = 1.0e-05 : f64, momentum = 0.1 : f64, running_mean = @m, running_variance = @m} : (tensor<2x6xf32>) -> (tensor<2x6xf32>, tensor<6xf32>, tensor<6xf32>)
  %1 = net.activation %0#0 {kind = #net.activation<relu>} : (tensor<2x6xf32>) -> tensor<2x6xf32>
  return %0#0, %1 : tensor<2x6xf32>, tensor<2x6xf32>
}

// The relu's gradient goes elsewhere: there is no mask for it to leave.
// CHECK-LABEL: func.func @otherGradient
// CHECK: net.batch_norm %{{.*}} {epsilon
// CHECK: net.activation
// CHECK: net.activation_gradient
func.func @otherGradient(%x: tensor<2x6xf32>, %dy: tensor<2x6xf32>) -> (tensor<2x6xf32>, tensor<2x6xf32>) {
  %0:3 = net.batch_norm %x {epsilon = 1.0e-05 : f64, momentum = 0.1 : f64, running_mean = @m, running_variance = @m} : (tensor<2x6xf32>) -> (tensor<2x6xf32>, tensor<6xf32>, tensor<6xf32>)
  %1 = net.activation %0#0 {kind = #net.activation<relu>} : (tensor<2x6xf32>) -> tensor<2x6xf32>
  %2 = net.activation_gradient %1, %dy {kind = #net.activation<relu>} : (tensor<2x6xf32>, tensor<2x6xf32>) -> tensor<2x6xf32>
  return %1, %2 : tensor<2x6xf32>, tensor<2x6xf32>
}

// CHECK-LABEL: func.func @otherKind
// CHECK: net.batch_norm %{{.*}} {epsilon
// CHECK: net.activation
func.func @otherKind(%x: tensor<2x6xf32>) -> tensor<2x6xf32> {
  %0:3 = net.batch_norm %x {epsilon = 1.0e-05 : f64, momentum = 0.1 : f64, running_mean = @m, running_variance = @m} : (tensor<2x6xf32>) -> (tensor<2x6xf32>, tensor<6xf32>, tensor<6xf32>)
  %1 = net.activation %0#0 {kind = #net.activation<tanh>} : (tensor<2x6xf32>) -> tensor<2x6xf32>
  return %1 : tensor<2x6xf32>
}
}
