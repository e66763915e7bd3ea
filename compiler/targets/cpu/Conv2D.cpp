// Convolutions and their gradients by oneDNN.
#include "compiler/targets/cpu/Convolution.h"
#include "compiler/targets/cpu/Families.h"

#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace netc;
using namespace netc::cpu;
using namespace netc::net;

namespace {
struct Convolution : PrimitiveFamily {
  static PrimitiveRequest request(Conv2DOp op,
                                  const select::Situation &situation) {
    PrimitiveRequest request(PrimitiveKind::Convolution, Propagation::Forward,
                             situation);
    request.add(Role::Src, op.getInput())
        .add(Role::Weights, op.getFilter())
        .add(Role::Bias, op.getBias())
        .add(Role::Dst, op.getOutput());
    request.spec.relu = op.getActivation().has_value();
    setGeometry(request, op);
    return request;
  }
  static PrimitiveRequest request(Conv2DInputGradientOp op,
                                  const select::Situation &situation) {
    PrimitiveRequest request(PrimitiveKind::Convolution,
                             Propagation::BackwardData, situation);
    request.add(Role::Src, op.getInputGradient())
        .add(Role::Weights, op.getFilter())
        .add(Role::Dst, op.getOutputGradient());
    // A gradient takes no relu in: what has one is refused with its sentence.
    request.spec.relu = op.getActivated() != nullptr;
    setGeometry(request, op);
    return request;
  }
  static PrimitiveRequest request(Conv2DFilterGradientOp op,
                                  const select::Situation &situation) {
    PrimitiveRequest request(PrimitiveKind::Convolution,
                             Propagation::BackwardWeights, situation);
    request.add(Role::Src, op.getInput())
        .add(Role::Weights, op.getFilterGradient())
        .add(Role::Bias, op.getBiasGradient())
        .add(Role::Dst, op.getOutputGradient());
    setGeometry(request, op);
    return request;
  }

  static std::string askLayouts(Operation *, PrimitiveRequest &request,
                                const select::Situation &) {
    return askConvolutionLayouts(request);
  }

  /// A picture's one or three channels stay as they lie if the library has code
  /// for it: a block of 16 for each, as Winograd wants it, is mostly padding to
  /// be copied, read and multiplied.
  static std::string reconsider(Operation *op, const PrimitiveRequest &request,
                                const select::Situation &situation,
                                runtime::cpu::PrimitiveChoice &choice) {
    Value input = request.valueOf(Role::Src);
    int64_t channels = cast<RankedTensorType>(input.getType()).getDimSize(1);
    std::string blocked = choice.tensors[0].second.layout;
    if (input.getDefiningOp() == op || channels > 4 || blocked.empty() ||
        !situation.layoutOf(input).empty())
      return "";
    runtime::cpu::PrimitiveSpec spec = request.spec;
    spec.tensors[0].second.layout = "";
    runtime::cpu::PrimitiveChoice rows = runtime::cpu::choose(spec);
    if (!StringRef(rows.implementation).starts_with("jit:"))
      return "";
    std::string first = std::exchange(choice, rows).implementation;
    return llvm::formatv("for channels as they lie: its first, {0}, would have "
                         "{1} copied into blocks of {2}, mostly padding",
                         first,
                         channels == 1 ? "the picture's one channel"
                                       : "the picture's few channels",
                         blocked);
  }
};
} // namespace

namespace {
struct ConvolutionRewrites
    : RewriteOpInterface::ExternalModel<ConvolutionRewrites, Conv2DOp> {};
} // namespace

void cpu::attachConv2D(MLIRContext &context) {
  attachPrimitives<Convolution, Conv2DOp, Conv2DInputGradientOp,
                   Conv2DFilterGradientOp>(context);
  Conv2DOp::attachInterface<ConvolutionRewrites>(context);
}
