// What one cuDNN graph computes, as plain data with one text form. The text is
// what the IR holds, what a cached plan is found by, what the planner is asked
// and what the executable records, so that all of them speak of the same graph.
#pragma once

#include "runtime/TensorType.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netc::runtime::cuda {

/// How products are formed: of f32 in f32, or with their inputs rounded to the
/// ten bits of tf32, as tensor cores want them, or of bf16. Sums are in f32.
enum class Precision { F32, TF32, BF16 };

enum class NodeKind {
  Convolution,       // x, w -> y
  ConvolutionData,   // dy, w -> dx
  ConvolutionFilter, // x, dy -> dw
  Matmul,            // a [B, M, K], b [B, K, N] -> c [B, M, N]
  Add,               // x, b -> y; b's sizes of 1 are repeated
  ReLU,              // x -> y
  ReLUGradient,      // dy, y -> dx
  MaxPool,           // x -> y, and the place of each maximum in its window
  MaxPoolGradient,   // dy, places -> dx
  AvgPool,           // x -> y, padding counted as zeros
  AvgPoolGradient,   // dy -> dx
  // These take each channel over examples and pixels; scale and the like are
  // [1, C, 1, 1].
  BatchNorm,        // x, scale, bias -> y, mean, 1/sqrt(variance + epsilon)
  BatchNormGradient // dy, x, scale, mean, inverse -> dx, dscale, dbias
};
std::string_view toString(NodeKind kind);

/// Sizes and strides in elements, in cuDNN's order of dimensions: [N, C, H, W],
/// [O, C, kh, kw], [batch, rows, columns].
struct GraphTensor {
  std::string name;
  ElementType element = ElementType::F32;
  std::vector<int64_t> sizes, strides;
  bool isVirtual = false; // lives inside the graph only

  bool operator==(const GraphTensor &) const = default;
  /// Counted from the first element to the end of the last.
  int64_t bytes() const;
};

struct GraphNode {
  NodeKind kind = NodeKind::Convolution;
  std::vector<size_t> inputs, outputs; // indices of tensors
  /// Two each where the kind has them, else empty.
  std::vector<int64_t> window, stride, padding, dilation;
  double epsilon = 0; // of a kind that has one

  bool operator==(const GraphNode &) const = default;
};

struct GraphSpec {
  Precision precision = Precision::TF32;
  std::vector<GraphTensor> tensors;
  std::vector<GraphNode> nodes;

  bool operator==(const GraphSpec &) const = default;
  /// Whether a node makes the tensor.
  bool isResult(size_t tensor) const;
};

/// `precision f32; tensor x f32 2x1x8x8 64x64x8x1; ...; node convolution x w ->
/// y stride 1x1 padding 0x0 dilation 1x1`
std::string toText(const GraphSpec &graph);

/// The inverse; reads whatever is given. Throws netc::Error saying what is
/// wrong: a form that toText() does not write, a tensor named twice or never
/// declared, a node with a wrong number of tensors or windows, sizes and
/// strides out of range.
GraphSpec parseGraph(std::string_view text);

std::string_view toString(Precision precision);
/// The inverse; nullopt for a word that is none.
std::optional<Precision> precisionOf(std::string_view word);

} // namespace netc::runtime::cuda
