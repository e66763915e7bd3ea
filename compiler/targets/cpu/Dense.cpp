// Dense layers and their gradients by oneDNN.
#include "compiler/targets/cpu/Families.h"
#include "compiler/targets/cpu/Primitives.h"

using namespace mlir;
using namespace netc;
using namespace netc::cpu;
using namespace netc::net;

/// The weight is free as long as no op before has settled it.
static bool isSettled(Value weight, const select::Situation &situation) {
  ParameterOp parameter = select::parameterOf(weight);
  return parameter && situation.isSettled(parameter);
}

namespace {
struct DenseLayer : PrimitiveFamily {
  static PrimitiveRequest request(DenseOp op,
                                  const select::Situation &situation) {
    PrimitiveRequest request(PrimitiveKind::InnerProduct, Propagation::Forward,
                             situation);
    request.add(Role::Src, op.getInput())
        .add(Role::Weights, op.getWeight())
        .add(Role::Bias, op.getBias())
        .add(Role::Dst, op.getOutput());
    request.spec.relu = op.getActivation().has_value();
    return request;
  }
  static PrimitiveRequest request(DenseInputGradientOp op,
                                  const select::Situation &situation) {
    PrimitiveRequest request(PrimitiveKind::InnerProduct,
                             Propagation::BackwardData, situation);
    request.add(Role::Src, op.getInputGradient())
        .add(Role::Weights, op.getWeight())
        .add(Role::Dst, op.getOutputGradient());
    // A gradient takes no relu in: what has one is refused with its sentence.
    request.spec.relu = op.getActivated() != nullptr;
    return request;
  }
  static std::string askLayouts(Operation *, PrimitiveRequest &request,
                                const select::Situation &situation) {
    if (!isSettled(request.valueOf(Role::Weights), situation)) {
      request.open({Role::Bias});
      return "free to choose every layout";
    }
    request.open({Role::Bias, Role::Weights});
    return "with the weight as it lies: another layout would cost a reorder of "
           "it in each step";
  }
};

/// The gradient is made as the parameter lies, for its update.
struct DenseWeight : PrimitiveFamily {
  static PrimitiveRequest request(DenseWeightGradientOp op,
                                  const select::Situation &situation) {
    PrimitiveRequest request(PrimitiveKind::InnerProduct,
                             Propagation::BackwardWeights, situation);
    request.add(Role::Src, op.getInput())
        .add(Role::Weights, op.getWeightGradient())
        .add(Role::Bias, op.getBiasGradient())
        .add(Role::Dst, op.getOutputGradient());
    return request;
  }
  static std::string askLayouts(Operation *op, PrimitiveRequest &request,
                                const select::Situation &situation) {
    request.open({Role::Bias});
    Value gradient = request.valueOf(Role::Weights);
    for (Operation *user : gradient.getUsers()) {
      auto update = dyn_cast<UpdateOpInterface>(user);
      auto parameter = update
                           ? SymbolTable::lookupNearestSymbolFrom<ParameterOp>(
                                 op, update.getParameterAttr())
                           : ParameterOp();
      if (!parameter)
        continue;
      request.tensor(Role::Weights).layout =
          situation.layoutOf(parameter).str();
      return "with the gradient as its parameter lies: another layout would "
             "cost a reorder of it in each step";
    }
    return "free to choose every layout";
  }
};

struct DenseRewrites
    : RewriteOpInterface::ExternalModel<DenseRewrites, DenseOp> {};
} // namespace

void cpu::attachDense(MLIRContext &context) {
  attachPrimitives<DenseLayer, DenseOp, DenseInputGradientOp>(context);
  attachPrimitives<DenseWeight, DenseWeightGradientOp>(context);
  DenseOp::attachInterface<DenseRewrites>(context);
}
