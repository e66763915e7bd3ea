// RUN: sed -n 's,^//> ,,p' %s | FileCheck %s
// RUN: sed -n 's,^//> ,,p' %s | sed 's/relu/tanh/' | FileCheck %s --check-prefix=TANH

// What the RUN lines print.
//> func.func @forward(%arg0: tensor<2x4xf32>) {
//>   %0 = net.parameter @dense_2.weight : tensor<3x4xf32>
//>   %1 = net.dense %arg0, %0 {axes = [[0]]} : tensor<2x3xf32>
//>   %2 = net.relu %1 : tensor<2x3xf32>
//>   return %2 : tensor<2x3xf32>
//> }
//> func.func @other() {
//>   return
//> }

// CHECK-LABEL: func.func @forward
// CHECK: %[[W:.*]] = net.parameter @dense_2.weight : tensor<3x4xf32>
// A comment of the author's.
// CHECK-NEXT: %[[Y:.*]] = net.dense %{{.*}}, %[[W]] {axes = {{\[\[}}0]]} :
// CHECK-SAME: tensor<2x3xf32>
// CHECK-NEXT: %{{.*}} = net.relu %[[Y]] : tensor<2x3xf32>
// CHECK-NEXT: return %{{.*}} : tensor<2x3xf32>
// CHECK-NOT: net.softmax
// CHECK-LABEL: func.func @other
// TANH: net.tanh
