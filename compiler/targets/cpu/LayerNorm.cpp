// Layer normalisation by oneDNN, of rows.
#include "compiler/targets/cpu/Families.h"
#include "compiler/targets/cpu/Primitives.h"

using namespace mlir;
using namespace netc;
using namespace netc::cpu;
using namespace netc::net;

namespace {
struct LayerNormalization : PrimitiveFamily {
  static PrimitiveRequest request(LayerNormOp op,
                                  const select::Situation &situation) {
    bool affine = !op.getAffine().empty();
    PrimitiveRequest request(PrimitiveKind::LayerNormalization,
                             Propagation::Forward, situation);
    request.add(Role::Src, op.getInput())
        .add(Role::Weights, affine ? op.getAffine()[0] : Value())
        .add(Role::Bias, affine ? op.getAffine()[1] : Value())
        .add(Role::Mean, op.getMean())
        .add(Role::Variance, op.getVariance())
        .add(Role::Dst, op.getOutput());
    request.spec.epsilon = op.getEpsilon().convertToDouble();
    return request;
  }
  static PrimitiveRequest request(LayerNormGradientOp op,
                                  const select::Situation &situation) {
    bool affine = bool(op.getWeight());
    PrimitiveRequest request(PrimitiveKind::LayerNormalization,
                             Propagation::BackwardData, situation);
    request.add(Role::Src, op.getInput())
        .add(Role::Weights, op.getWeight())
        .add(Role::Mean, op.getMean())
        .add(Role::Variance, op.getVariance())
        .add(Role::Dst, op.getOutputGradient())
        .add(Role::SrcGradient, op.getInputGradient())
        .add(Role::WeightsGradient,
             affine ? op.getAffineGradients()[0] : Value())
        .add(Role::BiasGradient, affine ? op.getAffineGradients()[1] : Value());
    request.spec.epsilon = op.getEpsilon().convertToDouble();
    return request;
  }

  static std::string askLayouts(Operation *, PrimitiveRequest &request,
                                const select::Situation &) {
    for (auto &[role, type] : request.spec.tensors)
      type.layout = "";
    return "of rows as they lie";
  }
};
} // namespace

void cpu::attachLayerNorm(MLIRContext &context) {
  attachPrimitives<LayerNormalization, LayerNormOp, LayerNormGradientOp>(
      context);
}
