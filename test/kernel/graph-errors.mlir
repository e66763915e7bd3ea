// RUN: %net-opt %s --split-input-file --verify-diagnostics

// graph_c1
kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{a graph's text: it has no nodes}}
  kernel.graph "precision f32" ins(%x : memref<4xf32>) outs(%x : memref<4xf32>)
  kernel.return
}

// -----

// graph_c2
kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{has no input for `b`}}
  kernel.graph "tensor a f32 4 1; tensor b f32 4 1; tensor y f32 4 1; node add a b -> y" ins(%x : memref<4xf32>) outs(%x : memref<4xf32>)
  kernel.return
}

// -----

// graph_c2
kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{has the input `x` behind an output}}
  kernel.graph "tensor y f32 4 1; tensor x f32 4 1; node relu x -> y" ins(%x : memref<4xf32>) outs(%x : memref<4xf32>)
  kernel.return
}

// -----

// graph_c2
kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{has more buffers than its graph has tensors}}
  kernel.graph "tensor x f32 4 1; tensor y f32 4 1; node relu x -> y" ins(%x, %x : memref<4xf32>, memref<4xf32>) outs(%x : memref<4xf32>)
  kernel.return
}

// -----

// graph_c3
kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{has a buffer 'memref<4xf32>' for `y`, which has 20 bytes}}
  kernel.graph "tensor x f32 4 1; tensor y f32 5 1; node relu x -> y" ins(%x : memref<4xf32>) outs(%x : memref<4xf32>)
  kernel.return
}

// -----

// graph_c4
kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{expected a memref<Nxi8> as workspace, got 'memref<4xf32>'}}
  kernel.graph "tensor x f32 4 1; tensor y f32 4 1; node relu x -> y" ins(%x : memref<4xf32>) outs(%x : memref<4xf32>) workspace(%x : memref<4xf32>)
  kernel.return
}

// -----

// expected-error @below {{expected sm_80 or later, got "sm_75"}}
module attributes {kernel.target = #kernel.cuda<device = "t4", arch = "sm_75", precision = "f32">} {
}

// -----

// expected-error @below {{expected precision "f32", "tf32" or "bf16", got "f16"}}
module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "f16">} {
}

// -----

// expected-error @below {{expected the name of a device}}
module attributes {kernel.target = #kernel.cuda<device = "", arch = "sm_90", precision = "f32">} {
}
