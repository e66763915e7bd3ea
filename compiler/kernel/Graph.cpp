// Launches of cuDNN graphs.
#include "compiler/kernel/KernelDialect.h"

#include "runtime/Error.h"

using namespace mlir;
using namespace netc;
using namespace netc::kernel;
namespace cuda = netc::runtime::cuda;

cuda::GraphSpec GraphOp::getSpec() { return cuda::parseGraph(getGraph()); }

bool GraphOp::readsOperand(unsigned index) {
  return index < getInputs().size();
}
bool GraphOp::writesOperand(unsigned index) { return !readsOperand(index); }

void GraphOp::getEffects(
    SmallVectorImpl<MemoryEffects::EffectInstance> &effects) {
  for (OpOperand &operand : getOperation()->getOpOperands())
    if (readsOperand(operand.getOperandNumber()))
      effects.emplace_back(MemoryEffects::Read::get(), &operand);
    else
      effects.emplace_back(MemoryEffects::Write::get(), &operand);
}

static LogicalResult verifyBuffer(GraphOp op, const cuda::GraphTensor &tensor,
                                  Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  Type element = type.getElementType();
  bool sameElement =
      tensor.element == runtime::ElementType::F32    ? element.isF32()
      : tensor.element == runtime::ElementType::BF16 ? element.isBF16()
      : tensor.element == runtime::ElementType::I32  ? element.isInteger(32)
                                                     : element.isInteger(8);
  std::optional<int64_t> bytes = getByteSize(type);
  if (!sameElement || !bytes || *bytes != tensor.bytes()) // graph_c3
    return op.emitOpError("has a buffer ")
           << type << " for `" << tensor.name << "`, which has "
           << tensor.bytes() << " bytes";
  return success();
}

LogicalResult GraphOp::verify() {
  cuda::GraphSpec spec;
  try {
    spec = getSpec();
  } catch (const Error &error) { // graph_c1
    return emitOpError(error.what());
  }
  auto input = getInputs().begin(), output = getOutputs().begin();
  for (auto [index, tensor] : llvm::enumerate(spec.tensors)) {
    if (tensor.isVirtual)
      continue;
    bool isResult = spec.isResult(index);
    if (!isResult && output != getOutputs().begin())
      return emitOpError("has the input `") // graph_c2
             << tensor.name << "` behind an output";
    auto &next = isResult ? output : input;
    if (next == (isResult ? getOutputs().end() : getInputs().end()))
      return emitOpError("has no ") // graph_c2
             << (isResult ? "output" : "input") << " for `" << tensor.name
             << "`";
    if (failed(verifyBuffer(*this, tensor, *next++)))
      return failure();
  }
  if (input != getInputs().end() || output != getOutputs().end())
    return emitOpError("has more buffers than its graph has tensors");
  if (Value workspace = getWorkspace()) { // graph_c4
    auto type = cast<MemRefType>(workspace.getType());
    if (type.getRank() != 1 || !type.getElementType().isInteger(8))
      return emitOpError("expected a memref<Nxi8> as workspace, got ") << type;
  }
  return success();
}
