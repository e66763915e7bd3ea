// RUN: split-file %s %t
// RUN: %net-opt %t/shapes.mlir --net-infer-shapes --net-print-shapes -o /dev/null | FileCheck %t/shapes.mlir
// RUN: %net-opt %t/shapes.mlir | %net-opt -o /dev/null
// RUN: %net-opt %t/errors.mlir --split-input-file --verify-diagnostics

//--- shapes.mlir
func.func @f(%pixels: tensor<2x3x32x32xui8>, %samples: tensor<2xi32>, %state: tensor<8xi32>) {
  // CHECK: net.random_crop 2x3x28x24{{$}}
  %0 = net.random_crop %pixels, %samples, %state {size = array<i64: 28, 24>, padding = array<i64: 4, 0>, path = "a"} : (tensor<2x3x32x32xui8>, tensor<2xi32>, tensor<8xi32>) -> tensor<*xf32>
  // CHECK-NEXT: net.random_horizontal_flip 2x3x28x24{{$}}
  %1 = net.random_horizontal_flip %0, %samples, %state {rate = 0.5 : f64, path = "b"} : (tensor<*xf32>, tensor<2xi32>, tensor<8xi32>) -> tensor<*xf32>
  // CHECK-NEXT: net.random_resized_crop 2x3x16x17{{$}}
  %2 = net.random_resized_crop %1, %samples, %state {size = array<i64: 16, 17>, scale = array<f64: 0.08, 1.0>, ratio = array<f64: 0.75, 1.25>, path = "c"} : (tensor<*xf32>, tensor<2xi32>, tensor<8xi32>) -> tensor<*xf32>
  // CHECK-NEXT: net.center_crop 2x3x20x10{{$}}
  %3 = net.center_crop %2 {size = array<i64: 20, 10>} : (tensor<*xf32>) -> tensor<*xf32>
  // CHECK-NEXT: net.random_erasing 2x3x20x10{{$}}
  %4 = net.random_erasing %3, %samples, %state {rate = 0.5 : f64, scale = array<f64: 0.02, 0.33>, ratio = array<f64: 0.3, 3.3>, value = array<f64: 0.1, 0.2, 0.3>, path = "d"} : (tensor<*xf32>, tensor<2xi32>, tensor<8xi32>) -> tensor<*xf32>
  return
}

//--- errors.mlir
func.func @f(%x: tensor<2x1x28x28xui8>, %samples: tensor<2xi32>, %state: tensor<8xi32>) {
  // expected-error @below {{`RandomCrop` of 32x32 does not fit 1x28x28}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.random_crop %x, %samples, %state {size = array<i64: 32, 32>, padding = array<i64: 0, 0>, path = "a"} : (tensor<2x1x28x28xui8>, tensor<2xi32>, tensor<8xi32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x1x28x28xui8>, %samples: tensor<2xi32>, %state: tensor<8xi32>) {
  // expected-error @below {{expected two sizes and paddings}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.random_crop %x, %samples, %state {size = array<i64: 24, 24>, padding = array<i64: 0>, path = "a"} : (tensor<2x1x28x28xui8>, tensor<2xi32>, tensor<8xi32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x1x28x28xui8>, %samples: tensor<2xi32>, %state: tensor<8xi32>) {
  // expected-error @below {{`scale` must be two numbers, the smaller first}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.random_resized_crop %x, %samples, %state {size = array<i64: 24, 24>, scale = array<f64: 1.0, 0.5>, ratio = array<f64: 0.75, 1.25>, path = "a"} : (tensor<2x1x28x28xui8>, tensor<2xi32>, tensor<8xi32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x1x28x28xui8>, %samples: tensor<2xi32>, %state: tensor<8xi32>) {
  // expected-error @below {{expected two sizes}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.random_resized_crop %x, %samples, %state {size = array<i64: 24>, scale = array<f64: 0.5, 1.0>, ratio = array<f64: 0.75, 1.25>, path = "a"} : (tensor<2x1x28x28xui8>, tensor<2xi32>, tensor<8xi32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x1x28x28xui8>, %samples: tensor<2xi32>, %state: tensor<8xi32>) {
  // expected-error @below {{`rate` must be from 0 to 1, got -0.5}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.random_horizontal_flip %x, %samples, %state {rate = -0.5 : f64, path = "a"} : (tensor<2x1x28x28xui8>, tensor<2xi32>, tensor<8xi32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x1x28x28xf32>, %samples: tensor<2xi32>, %state: tensor<8xi32>) {
  // expected-error @below {{`value` of `RandomErasing` has 0 values, its input 1x28x28 has 1 channels}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.random_erasing %x, %samples, %state {rate = 0.5 : f64, scale = array<f64: 0.02, 0.33>, ratio = array<f64: 0.3, 3.3>, value = array<f64>, path = "a"} : (tensor<2x1x28x28xf32>, tensor<2xi32>, tensor<8xi32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x1x28x28xui8>) {
  // expected-error @below {{expected two sizes}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.center_crop %x {size = array<i64: 24>} : (tensor<2x1x28x28xui8>) -> tensor<*xf32>
  return
}
