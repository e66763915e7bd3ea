// Batch normalisation by oneDNN, with statistics that a generated kernel has
// computed.
#include "compiler/targets/cpu/Families.h"
#include "compiler/targets/cpu/Primitives.h"

using namespace mlir;
using namespace netc;
using namespace netc::cpu;
using namespace netc::net;

namespace {
struct BatchNormalization : PrimitiveFamily {
  static PrimitiveRequest request(BatchNormInferenceOp op,
                                  const select::Situation &situation) {
    PrimitiveRequest request(PrimitiveKind::BatchNormalization,
                             Propagation::Forward, situation);
    request.add(Role::Src, op.getInput())
        .add(Role::Weights, op.getWeight())
        .add(Role::Bias, op.getBias())
        .add(Role::Mean, op.getMean())
        .add(Role::Variance, op.getVariance())
        .add(Role::Dst, op.getOutput())
        .addWorkspace(op.getMask());
    request.spec.epsilon = op.getEpsilon().convertToDouble();
    request.spec.givenStatistics = true;
    request.spec.relu = op.getActivation().has_value();
    return request;
  }
  static PrimitiveRequest request(BatchNormGradientOp op,
                                  const select::Situation &situation) {
    PrimitiveRequest request(PrimitiveKind::BatchNormalization,
                             Propagation::BackwardData, situation);
    request.add(Role::Src, op.getInput())
        .add(Role::Weights, op.getWeight())
        .add(Role::Mean, op.getMean())
        .add(Role::Variance, op.getVariance())
        .add(Role::Dst, op.getOutputGradient())
        .add(Role::SrcGradient, op.getInputGradient())
        .add(Role::WeightsGradient, op.getWeightGradient())
        .add(Role::BiasGradient, op.getBiasGradient())
        .addWorkspace(op.getMask());
    request.spec.epsilon = op.getEpsilon().convertToDouble();
    request.spec.givenStatistics = op.getGivenStatistics();
    request.spec.relu = bool(op.getMask());
    return request;
  }

  static std::string askLayouts(Operation *, PrimitiveRequest &request,
                                const select::Situation &) {
    std::string tag = request.tensor(Role::Src).layout;
    for (auto &[role, type] : request.spec.tensors)
      type.layout =
          role == Role::Src || role == Role::Dst || role == Role::SrcGradient
              ? tag
              : "";
    return "in the layout of its input, so that nothing is reordered before it";
  }
  static std::string reconsider(Operation *op, const PrimitiveRequest &request,
                                const select::Situation &,
                                runtime::cpu::PrimitiveChoice &choice) {
    return leaveNaive(op, request, choice);
  }
  /// The gradient that it is given is best as its input lies.
  static StringRef wish(Operation *op, Value,
                        const select::Situation &situation) {
    auto gradient = dyn_cast<BatchNormGradientOp>(op);
    return gradient ? situation.layoutOf(gradient.getInput()) : "";
  }
};

/// `net.batch_norm` becomes `net.batch_statistics`, in double precision, and
/// `net.batch_norm_inference` with them: the library sums in single precision,
/// one value after the other, whose error over a large batch is hundreds of
/// roundings.
struct SplitStatistics
    : RewriteOpInterface::ExternalModel<SplitStatistics, BatchNormOp> {
  LogicalResult expand(Operation *op) const {
    auto norm = cast<BatchNormOp>(op);
    OpBuilder builder(norm);
    auto statistics =
        builder.create<BatchStatisticsOp>(norm.getLoc(), norm.getInput());
    auto normalized = builder.create<BatchNormInferenceOp>(
        norm.getLoc(), norm.getInput(), statistics.getMean(),
        statistics.getVariance(), norm.getAffine(), norm.getEpsilonAttr(),
        norm.getActivationAttr());
    norm.getOutput().replaceAllUsesWith(normalized.getOutput());
    norm.getMean().replaceAllUsesWith(statistics.getMean());
    norm.getVariance().replaceAllUsesWith(statistics.getVariance());
    if (norm.getMask())
      norm.getMask().replaceAllUsesWith(normalized.getMask());
    norm.erase();
    return success();
  }
};

struct InferenceRewrites
    : RewriteOpInterface::ExternalModel<InferenceRewrites,
                                        BatchNormInferenceOp> {};
} // namespace

void cpu::attachBatchNorm(MLIRContext &context) {
  attachPrimitives<BatchNormalization, BatchNormInferenceOp,
                   BatchNormGradientOp>(context);
  BatchNormOp::attachInterface<SplitStatistics>(context);
  BatchNormInferenceOp::attachInterface<InferenceRewrites>(context);
}
