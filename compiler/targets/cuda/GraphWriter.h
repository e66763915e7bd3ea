// Writes the cuDNN graph of an op: its tensors as cuDNN counts their
// dimensions, its nodes in their order. The families' files describe their ops
// with it.
#pragma once

#include "compiler/net/NetDialect.h"
#include "runtime/cuda/GraphSpec.h"

namespace netc::cuda {

using runtime::cuda::GraphNode;
using runtime::cuda::NodeKind;
using runtime::cuda::Precision;

/// A graph and the values of its tensors, in their order, virtual ones left
/// out.
struct CudaGraph {
  runtime::cuda::GraphSpec spec;
  llvm::SmallVector<mlir::Value> inputs, outputs;
};

/// The layout that a tensor has on a GPU where nothing else is asked for: NHWC,
/// filters OHWI (with groups GOHWI); empty where that is row-major.
std::string channelsLast(mlir::Type type);

/// Sizes and strides of a tensor in a graph.
struct Form {
  std::vector<int64_t> sizes, strides;
};

/// [N, C, H, W] with the channels last; a grouped filter [G, O/G, C/G, kh, kw]
/// is [O, C/G, kh, kw] to cuDNN.
Form picture(mlir::Value value);
/// [N, K] as pictures of 1x1 with K channels.
Form pixels(mlir::Value value);
/// [N, C] as pictures of 1x1, others as they are.
Form pictureOrPixels(mlir::Value value);
/// [N, K] as one matrix, or transposed.
Form matrix(mlir::Value value, bool transposed = false);
/// [C] as [1, C, 1, 1].
Form perChannel(mlir::Value value);

/// A tensor of a graph: its name there, its value, and how it lies.
struct Named {
  const char *name;
  mlir::Value value;
  Form form;
};

class GraphWriter {
public:
  explicit GraphWriter(Precision precision) {
    graph.spec.precision = precision;
  }

  size_t input(const Named &tensor);
  size_t output(const Named &tensor);
  /// A tensor of f32 that never leaves the graph.
  size_t between(const char *name, const Form &form);
  GraphNode &node(NodeKind kind, std::vector<size_t> inputs,
                  std::vector<size_t> outputs);
  CudaGraph done() { return std::move(graph); }

  /// Completes a node's window, stride and the like.
  using Complete = llvm::function_ref<void(GraphNode &)>;

  /// A node of `operands` that makes `result`, with a bias (if its value is not
  /// null) and a relu behind it.
  void product(NodeKind kind, std::vector<size_t> operands, const Named &bias,
               bool relu, const Named &result, Complete complete);
  /// A node of `operands` that makes `result`, or, where there is what a relu
  /// gave, the relu's gradient of what the node makes.
  void gradient(NodeKind kind, std::vector<size_t> operands,
                mlir::Value activated, const Named &result, Complete complete);

private:
  size_t add(const Named &tensor);

  CudaGraph graph;
};

/// The window of a convolution.
template <typename Op> auto windowOf(Op op) {
  return [op](GraphNode &node) mutable {
    node.stride = op.getStride().vec();
    node.padding = op.getPadding().vec();
    node.dilation = op.getDilation().vec();
  };
}

/// One convolution, or a gradient of one, of pictures with `op`'s window.
template <typename Op>
CudaGraph convolution(Op op, Precision precision, NodeKind kind,
                      std::pair<const char *, mlir::Value> first,
                      std::pair<const char *, mlir::Value> second,
                      std::pair<const char *, mlir::Value> result,
                      mlir::Value activated = {}) {
  GraphWriter writer(precision);
  auto named = [](const std::pair<const char *, mlir::Value> &tensor) {
    return Named{tensor.first, tensor.second, picture(tensor.second)};
  };
  size_t a = writer.input(named(first)), b = writer.input(named(second));
  writer.gradient(kind, {a, b}, activated, named(result), windowOf(op));
  return writer.done();
}

} // namespace netc::cuda
