// What `#kernel.cuda` answers: graphs of cuDNN's in the layouts that it is fast
// in, and generated kernels for what it has none for.
#include "compiler/generate/Generators.h"
#include "compiler/select/Launcher.h"
#include "compiler/select/Layouts.h"
#include "compiler/select/Target.h"
#include "compiler/targets/cuda/CudaOps.h"
#include "compiler/targets/cuda/CudaTarget.h"
#include "compiler/targets/cuda/DeviceOps.h"
#include "compiler/targets/cuda/Families.h"

#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace mlir;
using namespace netc;
using namespace netc::cuda;

/// The library's name as an engine of candidates.
static constexpr StringLiteral engine = "cuDNN";

/// Updates of one launch: a kernel takes 4,095 pointers.
static constexpr size_t mostUpdates = 1300;

/// A device's memory, roughly that of an H100. Launches are priced by their
/// traffic alone: as long as each op has one candidate, no more is needed.
static constexpr double bytesPerNanosecond = 2000;

static Precision precisionOf(Attribute target) {
  return *runtime::cuda::precisionOf(
      cast<kernel::CudaAttr>(target).getPrecision().str());
}

static int64_t bytesOf(Type type) {
  return isa<RankedTensorType>(type)
             ? runtime::byteSize(select::toRuntime(type))
             : 0;
}

static double nanosecondsOf(Operation *op) {
  int64_t bytes = 0;
  for (Type type : op->getOperandTypes())
    bytes += bytesOf(type);
  for (Type type : op->getResultTypes())
    bytes += bytesOf(type);
  return static_cast<double>(bytes) / bytesPerNanosecond;
}

/// The op with every tensor's channels last.
static select::Candidate withChannelsLast(Operation *op) {
  select::Candidate candidate = select::rowMajor(op);
  for (auto [layout, type] :
       llvm::zip(candidate.operands, op->getOperandTypes()))
    layout = channelsLast(type);
  for (auto [layout, type] : llvm::zip(candidate.results, op->getResultTypes()))
    layout = channelsLast(type);
  candidate.reason = "sums in a fixed order, of channels that lie last";
  return candidate;
}

/// A relayout from and to the layouts that its types have.
static select::Candidate asItLies(RelayoutOp op) {
  select::Candidate candidate = select::rowMajor(op);
  candidate.operands[0] = net::layoutOf(op.getInput().getType());
  candidate.results[0] = net::layoutOf(op.getOutput().getType());
  candidate.reason = "from the one layout to the other";
  return candidate;
}

static void emitGraph(Operation *op, const CudaGraph &graph,
                      select::Launcher &launcher) {
  SmallVector<Value> inputs, outputs;
  for (Value input : graph.inputs)
    inputs.push_back(launcher.bufferOf(input));
  for (Value output : graph.outputs)
    outputs.push_back(launcher.resultBuffer(output));
  auto launch = launcher.builder.create<kernel::GraphOp>(
      op->getLoc(), runtime::cuda::toText(graph.spec), StringAttr(), inputs,
      outputs, Value());
  launch->setAttr(kernel::choiceAttrName, select::getChoice(op));
}

namespace {
struct TargetModel
    : select::TargetInterface::ExternalModel<TargetModel, kernel::CudaAttr> {
  LogicalResult prepare(Attribute, ModuleOp) const { return success(); }

  LogicalResult expand(Attribute, Operation *op, bool beforeGradients) const {
    auto device = dyn_cast<DeviceOpInterface>(op);
    if (!device)
      return success();
    return beforeGradients ? device.expandBeforeGradients() : device.expand();
  }

  bool fusesActivation(Attribute, Operation *op) const {
    auto device = dyn_cast<DeviceOpInterface>(op);
    return device && device.fusesActivation();
  }

  LogicalResult
  appendCandidates(Attribute self, Operation *op,
                   const select::Situation &situation,
                   SmallVectorImpl<select::Candidate> &candidates) const {
    auto device = dyn_cast<DeviceOpInterface>(op);
    if (auto relayout = dyn_cast<RelayoutOp>(op)) {
      candidates.push_back(asItLies(relayout));
    } else if (device && device.hasChannelsLast()) {
      candidates.push_back(withChannelsLast(op));
      if (device.getGraph(precisionOf(self))) {
        candidates.back().engine = engine;
        candidates.back().reason = llvm::formatv(
            "cuDNN's first choice of those that are deterministic, in {0}",
            cast<kernel::CudaAttr>(self).getPrecision());
      }
    } else if (generate::canGenerate(op)) {
      candidates.push_back(
          generate::candidateOf(op, situation, [](RankedTensorType type) {
            return channelsLast(type);
          }));
    }
    if (!candidates.empty())
      candidates.back().nanoseconds = nanosecondsOf(op);
    return success();
  }

  /// A data set stays as it comes: examples are gathered from it.
  std::optional<std::string>
  getParameterLayout(Attribute, net::ParameterOp parameter) const {
    return parameter.getDataset() ? "" : channelsLast(parameter.getType());
  }

  Value buildReorder(Attribute, OpBuilder &builder, Location location,
                     RankedTensorType type, Value value) const {
    return builder.create<RelayoutOp>(location, type, value);
  }

  double getReorderCost(Attribute, RankedTensorType from,
                        RankedTensorType to) const {
    return static_cast<double>(bytesOf(from) + bytesOf(to)) /
           bytesPerNanosecond;
  }

  LogicalResult emit(Attribute self, Operation *op,
                     select::Launcher &launcher) const {
    if (select::getChoice(op).getEngine() == select::generatedEngine)
      return launcher.launchGenerated(op);
    auto device = cast<DeviceOpInterface>(op);
    emitGraph(op, *device.getGraph(precisionOf(self)), launcher);
    return success();
  }

  /// A kernel that changes nothing.
  LogicalResult emitCopy(Attribute, Location location, Value value,
                         Value buffer, select::Launcher &launcher) const {
    auto same =
        launcher.builder.create<RelayoutOp>(location, value.getType(), value);
    same->setAttr(kernel::choiceAttrName,
                  kernel::ChoiceAttr::get(
                      location.getContext(), select::generatedEngine, "", 0, 0,
                      std::llround(nanosecondsOf(same)), select::copyReason));
    LogicalResult launched = launcher.launchKernel(
        same, {launcher.bufferOf(value), buffer}, {"read", "write"});
    same.erase();
    return launched;
  }

  select::KernelForm getKernelForm(Attribute) const {
    return {/*lanes=*/1, /*interleaved=*/true, mostUpdates};
  }
};
} // namespace

void cuda::registerTarget(DialectRegistry &registry) {
  registry.insert<CudaDialect>();
  registry.addExtension(+[](MLIRContext *context, kernel::KernelDialect *) {
    context->getOrLoadDialect<net::NetDialect>();
    context->getOrLoadDialect<CudaDialect>();
    kernel::CudaAttr::attachInterface<TargetModel>(*context);
    attachFamilies(*context);
  });
}
