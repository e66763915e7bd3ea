// Pooling and its gradients by oneDNN, which follow the layouts that are there.
#include "compiler/generate/Generators.h"
#include "compiler/targets/cpu/Families.h"
#include "compiler/targets/cpu/Primitives.h"

using namespace mlir;
using namespace netc;
using namespace netc::cpu;
using namespace netc::net;

template <typename Op>
static PrimitiveRequest pool(Op op, PrimitiveKind kind, Propagation propagation,
                             Value source, Value result,
                             const select::Situation &situation) {
  PrimitiveRequest request(kind, propagation, situation);
  request.add(Role::Src, source).add(Role::Dst, result);
  request.spec.window = op.getWindow().vec();
  request.spec.stride = op.getStride().vec();
  request.spec.padding = op.getPadding().vec();
  return request;
}

static std::string takeLayout(PrimitiveRequest &request, StringRef tag,
                              const char *why) {
  request.tensor(Role::Src).layout = request.tensor(Role::Dst).layout =
      tag.str();
  return why;
}

/// What the readers of a gradient would have it lie as; empty where nothing is
/// known.
static StringRef wishOfReaders(Value gradient,
                               const select::Situation &situation) {
  for (Operation *reader : gradient.getUsers()) {
    auto primitive = dyn_cast<PrimitiveOpInterface>(reader);
    if (StringRef wish =
            primitive ? primitive.getWish(gradient, situation)
                      : generate::layoutBeside(reader, gradient, situation);
        !wish.empty())
      return wish;
  }
  return "";
}

namespace {
struct Pooling : PrimitiveFamily {
  static PrimitiveRequest request(MaxPool2DOp op,
                                  const select::Situation &situation) {
    return pool(op, PrimitiveKind::MaxPooling, Propagation::Forward,
                op.getInput(), op.getOutput(), situation)
        .addWorkspace(op.getIndices());
  }
  static PrimitiveRequest request(AvgPool2DOp op,
                                  const select::Situation &situation) {
    return pool(op, PrimitiveKind::AveragePooling, Propagation::Forward,
                op.getInput(), op.getOutput(), situation);
  }
  static PrimitiveRequest request(MaxPool2DGradientOp op,
                                  const select::Situation &situation) {
    return pool(op, PrimitiveKind::MaxPooling, Propagation::BackwardData,
                op.getInputGradient(), op.getOutputGradient(), situation)
        .addWorkspace(op.getIndices());
  }
  static PrimitiveRequest request(AvgPool2DGradientOp op,
                                  const select::Situation &situation) {
    return pool(op, PrimitiveKind::AveragePooling, Propagation::BackwardData,
                op.getInputGradient(), op.getOutputGradient(), situation);
  }

  static std::string askLayouts(Operation *, PrimitiveRequest &request,
                                const select::Situation &situation) {
    if (request.spec.propagation == Propagation::Forward)
      return takeLayout(request, request.tensor(Role::Src).layout,
                        "in the layout of its input, so that nothing is "
                        "reordered before it");
    if (Value indices = request.valueOf(Role::Workspace))
      return takeLayout(request, situation.layoutOf(indices),
                        "in the layout of the forward result, in which the "
                        "indices are");
    StringRef tag = situation.layoutOf(request.valueOf(Role::Dst));
    if (!tag.empty())
      return takeLayout(request, tag,
                        "in the layout of the gradient that it "
                        "is given");
    return takeLayout(
        request, wishOfReaders(request.valueOf(Role::Src), situation),
        "in the layout that its result is read in: better the small side "
        "reordered than the large");
  }
  static std::string reconsider(Operation *op, const PrimitiveRequest &request,
                                const select::Situation &,
                                runtime::cpu::PrimitiveChoice &choice) {
    return leaveNaive(op, request, choice);
  }
};
} // namespace

void cpu::attachPool2D(MLIRContext &context) {
  attachPrimitives<Pooling, MaxPool2DOp, MaxPool2DGradientOp, AvgPool2DOp,
                   AvgPool2DGradientOp>(context);
}
