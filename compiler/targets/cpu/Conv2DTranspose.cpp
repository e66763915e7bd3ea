// Transposed convolutions and their gradients by oneDNN.
#include "compiler/targets/cpu/Convolution.h"
#include "compiler/targets/cpu/Families.h"

using namespace mlir;
using namespace netc;
using namespace netc::cpu;
using namespace netc::net;

namespace {
struct TransposedConvolution : PrimitiveFamily {
  static PrimitiveRequest request(Conv2DTransposeOp op,
                                  const select::Situation &situation) {
    PrimitiveRequest request(PrimitiveKind::Deconvolution, Propagation::Forward,
                             situation);
    request.add(Role::Src, op.getInput())
        .addTransposedFilter(op.getFilter())
        .add(Role::Bias, op.getBias())
        .add(Role::Dst, op.getOutput());
    setGeometry(request, op);
    return request;
  }
  static PrimitiveRequest request(Conv2DTransposeInputGradientOp op,
                                  const select::Situation &situation) {
    PrimitiveRequest request(PrimitiveKind::Deconvolution,
                             Propagation::BackwardData, situation);
    request.add(Role::Src, op.getInputGradient())
        .addTransposedFilter(op.getFilter())
        .add(Role::Dst, op.getOutputGradient());
    // A gradient takes no relu in: what has one is refused with its sentence.
    request.spec.relu = op.getActivated() != nullptr;
    setGeometry(request, op);
    return request;
  }
  static PrimitiveRequest request(Conv2DTransposeFilterGradientOp op,
                                  const select::Situation &situation) {
    PrimitiveRequest request(PrimitiveKind::Deconvolution,
                             Propagation::BackwardWeights, situation);
    request.add(Role::Src, op.getInput())
        .addTransposedFilter(op.getFilterGradient())
        .add(Role::Bias, op.getBiasGradient())
        .add(Role::Dst, op.getOutputGradient());
    setGeometry(request, op);
    return request;
  }

  static std::string askLayouts(Operation *, PrimitiveRequest &request,
                                const select::Situation &) {
    return askConvolutionLayouts(request);
  }
};
} // namespace

void cpu::attachConv2DTranspose(MLIRContext &context) {
  attachPrimitives<TransposedConvolution, Conv2DTransposeOp,
                   Conv2DTransposeInputGradientOp,
                   Conv2DTransposeFilterGradientOp>(context);
}
