// RUN: split-file %s %t
// RUN: %net-opt %t/shapes.mlir --net-infer-shapes --net-print-shapes -o /dev/null | FileCheck %t/shapes.mlir
// RUN: %net-opt %t/shapes.mlir | %net-opt -o /dev/null
// RUN: %net-opt %t/errors.mlir --split-input-file --verify-diagnostics

//--- shapes.mlir
func.func @f(%pixels: tensor<2x3x32x24xui8>, %labels: tensor<2x32x24xi32>, %samples: tensor<2xi32>, %state: tensor<8xi32>) {
  // CHECK: net.random_vertical_flip 2x3x32x24{{$}}
  %0 = net.random_vertical_flip %pixels, %samples, %state {rate = 0.5 : f64, path = "a"} : (tensor<2x3x32x24xui8>, tensor<2xi32>, tensor<8xi32>) -> tensor<*xf32>
  // CHECK-NEXT: net.random_rotation 2x3x32x24{{$}}
  %1 = net.random_rotation %0, %samples, %state {degrees = array<f64: -30.0, 30.0>, center = array<f64>, interpolation = #net.interpolation<bilinear>, fill = array<f64: 1.0, 2.0, 3.0>, levels = 255 : i64, path = "b"} : (tensor<*xf32>, tensor<2xi32>, tensor<8xi32>) -> tensor<*xf32>
  // CHECK-NEXT: net.random_affine 2x3x32x24{{$}}
  %2 = net.random_affine %1, %samples, %state {degrees = array<f64: -30.0, 30.0>, translate = array<f64: 0.1, 0.2>, scale = array<f64: 0.5, 1.5>, shear = array<f64>, center = array<f64>, interpolation = #net.interpolation<nearest>, fill = array<f64: 0.0>, levels = 255 : i64, path = "c"} : (tensor<*xf32>, tensor<2xi32>, tensor<8xi32>) -> tensor<*xf32>
  // CHECK-NEXT: net.draw_color_jitter 2x2x3{{$}}
  %3 = net.draw_color_jitter %samples, %state {brightness = array<f64: 0.6, 1.4>, contrast = array<f64: 0.5, 2.0>, saturation = array<f64>, hue = array<f64>, path = "d"} : (tensor<2xi32>, tensor<8xi32>) -> tensor<*xf32>
  // CHECK-NEXT: net.picture_statistics 2x1{{$}}
  %4 = net.picture_statistics %2, %3 {slot = 1 : i64, kinds = array<i64: 6, 8>, levels = 255 : i64} : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xi32>
  // CHECK-NEXT: net.adjust_picture 2x3x32x24{{$}}
  %5 = net.adjust_picture %2, %3, %4 {slot = 1 : i64, kinds = array<i64: 6, 8>, interpolation = #net.interpolation<nearest>, fill = array<f64>, levels = 255 : i64} : (tensor<*xf32>, tensor<*xf32>, tensor<*xi32>) -> tensor<*xf32>
  // CHECK-NEXT: net.random_grayscale 2x3x32x24{{$}}
  %6 = net.random_grayscale %5, %samples, %state {rate = 0.1 : f64, levels = 255 : i64, path = "e"} : (tensor<*xf32>, tensor<2xi32>, tensor<8xi32>) -> tensor<*xf32>
  // CHECK-NEXT: net.draw_gaussian_blur 2x8{{$}}
  %7 = net.draw_gaussian_blur %samples, %state {kernel = array<i64: 5, 3>, sigma = array<f64: 0.1, 2.0>, path = "f"} : (tensor<2xi32>, tensor<8xi32>) -> tensor<*xf32>
  // CHECK-NEXT: net.gaussian_blur 2x3x32x24{{$}}
  %8 = net.gaussian_blur %6, %7 {dimension = 1 : i64, kernel = array<i64: 5, 3>, rounds_input, levels = 255 : i64} : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  // CHECK-NEXT: net.draw_rand_augment 2x3x3{{$}}
  %9 = net.draw_rand_augment %samples, %state {slots = 3 : i64, strengths = array<f64: 0.0, 0.1, 0.1, 3.0, 3.0, 9.0, 0.3, 0.3, 0.3, 0.3, 7.0, 200.0, 0.0, 0.0>, path = "g"} : (tensor<2xi32>, tensor<8xi32>) -> tensor<*xf32>
  // CHECK-NEXT: net.picture_statistics 2x768{{$}}
  %10 = net.picture_statistics %8, %9 {slot = 2 : i64, kinds = array<i64: 12, 13>, levels = 255 : i64} : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xi32>
  // Labels of pixels.
  // CHECK-NEXT: net.center_crop 2x20x30{{$}}
  %11 = net.center_crop %labels {size = array<i64: 20, 30>} : (tensor<2x32x24xi32>) -> tensor<2x20x30xi32>
  // CHECK-NEXT: net.resize 2x10x15{{$}}
  %12 = net.resize %11 {size = array<i64: 10, 15>} : (tensor<2x20x30xi32>) -> tensor<2x10x15xi32>
  return
}

//--- errors.mlir
func.func @f(%x: tensor<2x1x28x28xui8>, %samples: tensor<2xi32>, %state: tensor<8xi32>) {
  // expected-error @below {{`degrees` must have the smaller number first, got [30, -30]}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.random_rotation %x, %samples, %state {degrees = array<f64: 30.0, -30.0>, center = array<f64>, interpolation = #net.interpolation<nearest>, fill = array<f64: 0.0>, levels = 255 : i64, path = "b"} : (tensor<2x1x28x28xui8>, tensor<2xi32>, tensor<8xi32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x1x28x28xui8>, %d: tensor<2x1x3xf32>) {
  // expected-error @below {{expected draws [N, slots, 3] with slot 1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.adjust_picture %x, %d {slot = 1 : i64, kinds = array<i64: 6>, interpolation = #net.interpolation<nearest>, fill = array<f64>, levels = 255 : i64} : (tensor<2x1x28x28xui8>, tensor<2x1x3xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x2x28x28xui8>, %d: tensor<2x1x3xf32>) {
  // expected-error @below {{takes pictures of 1 or 3 channels, got 2x28x28}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.adjust_picture %x, %d {slot = 0 : i64, kinds = array<i64: 6>, interpolation = #net.interpolation<nearest>, fill = array<f64>, levels = 255 : i64} : (tensor<2x2x28x28xui8>, tensor<2x1x3xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x1x28x28xui8>, %d: tensor<2x1x3xf32>) {
  // expected-error @below {{there is no adjustment 15}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.picture_statistics %x, %d {slot = 0 : i64, kinds = array<i64: 15>, levels = 255 : i64} : (tensor<2x1x28x28xui8>, tensor<2x1x3xf32>) -> tensor<*xi32>
  return
}

// -----

func.func @f(%samples: tensor<2xi32>, %state: tensor<8xi32>) {
  // expected-error @below {{expected one range at least}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.draw_color_jitter %samples, %state {brightness = array<f64>, contrast = array<f64>, saturation = array<f64>, hue = array<f64>, path = "d"} : (tensor<2xi32>, tensor<8xi32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%samples: tensor<2xi32>, %state: tensor<8xi32>) {
  // expected-error @below {{expected a slot and 14 strengths}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.draw_rand_augment %samples, %state {slots = 2 : i64, strengths = array<f64: 1.0>, path = "d"} : (tensor<2xi32>, tensor<8xi32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x1x28x28xui8>, %w: tensor<2x7xf32>) {
  // expected-error @below {{`kernel` must be odd, got 4x3}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.gaussian_blur %x, %w {dimension = 0 : i64, kernel = array<i64: 4, 3>, levels = 255 : i64} : (tensor<2x1x28x28xui8>, tensor<2x7xf32>) -> tensor<*xf32>
  return
}
