// What `#kernel.cpu` answers: the library's primitives, and generated kernels
// for what it has none for.
#include "compiler/generate/Generators.h"
#include "compiler/select/Launcher.h"
#include "compiler/select/Layouts.h"
#include "compiler/select/Target.h"
#include "compiler/targets/cpu/Cost.h"
#include "compiler/targets/cpu/CpuTarget.h"
#include "compiler/targets/cpu/Families.h"
#include "compiler/targets/cpu/Primitives.h"
#include "runtime/Error.h"

#include <cmath>

using namespace mlir;
using namespace netc;
using namespace netc::cpu;

/// Bytes of all that the op reads and writes.
static int64_t bytesOf(Operation *op) {
  int64_t bytes = 0;
  auto add = [&](ValueRange values) {
    for (Value value : values)
      if (isa<RankedTensorType>(value.getType()))
        bytes += runtime::byteSize(select::toRuntime(value.getType()));
  };
  add(op->getOperands());
  add(op->getResults());
  return bytes;
}

namespace {
struct TargetModel
    : select::TargetInterface::ExternalModel<TargetModel, kernel::CpuAttr> {
  LogicalResult prepare(Attribute self, ModuleOp module) const {
    auto target = cast<kernel::CpuAttr>(self);
    try {
      runtime::cpu::configure(target.getThreads(), target.getIsa().str());
    } catch (const Error &error) {
      return module.emitError(error.what());
    }
    return success();
  }

  LogicalResult expand(Attribute, Operation *op, bool beforeGradients) const {
    auto rewrite = dyn_cast<RewriteOpInterface>(op);
    return rewrite && !beforeGradients ? rewrite.expand() : success();
  }

  bool fusesActivation(Attribute, Operation *op) const {
    auto rewrite = dyn_cast<RewriteOpInterface>(op);
    return rewrite && rewrite.fusesActivation();
  }

  LogicalResult
  appendCandidates(Attribute self, Operation *op,
                   const select::Situation &situation,
                   SmallVectorImpl<select::Candidate> &candidates) const {
    if (auto primitive = dyn_cast<PrimitiveOpInterface>(op)) {
      FailureOr<select::Candidate> candidate =
          choosePrimitive(primitive, situation);
      if (failed(candidate))
        return failure();
      candidates.push_back(std::move(*candidate));
    } else if (generate::canGenerate(op)) {
      candidates.push_back(generate::candidateOf(
          op, situation, [](RankedTensorType) { return ""; }));
      candidates.back().nanoseconds =
          nanosecondsOfBytes(bytesOf(op), cast<kernel::CpuAttr>(self));
    }
    return success();
  }

  std::optional<std::string> getParameterLayout(Attribute,
                                                net::ParameterOp) const {
    return std::nullopt;
  }

  Value buildReorder(Attribute, OpBuilder &builder, Location location,
                     RankedTensorType type, Value value) const {
    return builder.create<net::ReorderOp>(location, type, value);
  }

  double getReorderCost(Attribute self, RankedTensorType from,
                        RankedTensorType to) const {
    return nanosecondsOfBytes(runtime::byteSize(select::toRuntime(from)) +
                                  runtime::byteSize(select::toRuntime(to)),
                              cast<kernel::CpuAttr>(self));
  }

  LogicalResult emit(Attribute, Operation *op,
                     select::Launcher &launcher) const {
    if (select::getChoice(op).getEngine() == select::generatedEngine)
      return launcher.launchGenerated(op);
    emitPrimitive(cast<PrimitiveOpInterface>(op), launcher);
    return success();
  }

  LogicalResult emitCopy(Attribute self, Location location, Value value,
                         Value buffer, select::Launcher &launcher) const {
    runtime::TensorType type = select::toRuntime(value.getType());
    runtime::cpu::PrimitiveSpec spec;
    spec.kind = PrimitiveKind::Reorder;
    spec.tensors = {{Role::Src, type}, {Role::Dst, type}};
    try {
      runtime::cpu::PrimitiveChoice choice = runtime::cpu::choose(spec);
      SmallVector<Role> roles{Role::Src, Role::Dst};
      SmallVector<Value> operands{launcher.bufferOf(value), buffer};
      if (choice.scratchpadBytes > 0) {
        roles.push_back(Role::Scratchpad);
        operands.push_back(launcher.bytes(location, choice.scratchpadBytes));
      }
      auto launch = launcher.builder.create<kernel::PrimitiveOp>(
          location, spec, choice.implementation, roles, operands);
      auto target = cast<kernel::CpuAttr>(self);
      launch->setAttr(kernel::choiceAttrName,
                      kernel::ChoiceAttr::get(
                          self.getContext(), engine, choice.implementation,
                          choice.scratchpadBytes, /*workspaceBytes=*/0,
                          std::llround(nanosecondsOf(spec, choice, target)),
                          select::copyReason));
    } catch (const Error &error) {
      return mlir::emitError(location, error.what());
    }
    return success();
  }

  select::KernelForm getKernelForm(Attribute self) const {
    select::KernelForm form;
    form.lanes = cast<kernel::CpuAttr>(self).getIsa() == "avx512" ? 16 : 8;
    return form;
  }
};
} // namespace

void cpu::registerTarget(DialectRegistry &registry) {
  // Who has a target asks ops, whether the text has any or not.
  registry.addExtension(+[](MLIRContext *context, kernel::KernelDialect *) {
    context->getOrLoadDialect<net::NetDialect>();
    kernel::CpuAttr::attachInterface<TargetModel>(*context);
    attachFamilies(*context);
  });
}
