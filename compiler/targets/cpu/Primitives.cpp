// Asking the library, and carrying out what was chosen.
#include "compiler/targets/cpu/Primitives.h"

#include "compiler/select/Launcher.h"
#include "compiler/targets/cpu/Cost.h"
#include "runtime/Error.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace netc;
using namespace netc::cpu;

#include "compiler/targets/cpu/CpuInterfaces.cpp.inc"

kernel::CpuAttr cpu::targetOf(Operation *op) {
  return kernel::getTarget(op->getParentOfType<ModuleOp>());
}

std::string cpu::leaveNaive(Operation *op, const PrimitiveRequest &request,
                            runtime::cpu::PrimitiveChoice &choice) {
  if (!isNaive(choice))
    return "";
  std::string blocks = targetOf(op).getIsa() == "avx512" ? "aBcd16b" : "aBcd8b";
  runtime::cpu::PrimitiveSpec blocked = request.spec;
  std::string naive;
  for (auto &[role, type] : blocked.tensors)
    if (type.shape.size() == 4 && !type.layout.empty()) {
      naive = type.layout;
      type.layout = blocks;
    }
  if (blocked == request.spec)
    return "";
  runtime::cpu::PrimitiveChoice other = runtime::cpu::choose(blocked);
  if (isNaive(other))
    return "";
  choice = other;
  return llvm::formatv("in blocks of a vector: in {0} the library has only its "
                       "reference loops, which cost far more than reorders",
                       naive);
}

namespace {
/// The layouts of one candidate.
class Chosen : public select::Situation {
public:
  explicit Chosen(const select::Situation &before) : before(before) {}
  StringRef layoutOf(Value value) const override {
    auto found = layouts.find(value);
    return found == layouts.end() ? before.layoutOf(value)
                                  : StringRef(found->second);
  }
  StringRef layoutOf(net::ParameterOp parameter) const override {
    return before.layoutOf(parameter);
  }
  bool isSettled(net::ParameterOp parameter) const override {
    return before.isSettled(parameter);
  }

  llvm::DenseMap<Value, std::string> layouts;

private:
  const select::Situation &before;
};
} // namespace

static select::Candidate ask(PrimitiveOpInterface op,
                             const select::Situation &situation) {
  PrimitiveRequest request = op.getRequest(situation);
  std::string how = op.askLayouts(request, situation);
  runtime::cpu::PrimitiveChoice choice = runtime::cpu::choose(request.spec);
  std::string better = op.reconsider(request, situation, choice);

  Chosen chosen(situation);
  for (auto [entry, tensor] : llvm::zip(request.values, choice.tensors))
    chosen.layouts[entry.value] = request.tagOf(entry.role, tensor.second);
  for (const RoleValue &entry : request.values) // as what it belongs to
    if (entry.role == Role::Workspace &&
        entry.value.getDefiningOp() == op.getOperation())
      chosen.layouts[entry.value] =
          chosen.layouts.lookup(request.valueOf(Role::Dst));
  // What is recorded is the answer for these layouts, all of them settled.
  request = op.getRequest(chosen);
  choice = runtime::cpu::choose(request.spec);

  kernel::CpuAttr target = targetOf(op);
  select::Candidate candidate;
  candidate.engine = engine;
  candidate.implementation = choice.implementation;
  for (Value operand : op->getOperands())
    candidate.operands.push_back(chosen.layoutOf(operand).str());
  for (Value result : op->getResults())
    candidate.results.push_back(chosen.layoutOf(result).str());
  candidate.scratchBytes = choice.scratchpadBytes;
  candidate.workspaceBytes = choice.workspaceBytes;
  candidate.nanoseconds = nanosecondsOf(request.spec, choice, target);
  candidate.reason = better.empty()
                         ? llvm::formatv("oneDNN's first choice on {0}, {1}",
                                         target.getIsa(), how)
                               .str()
                         : "oneDNN's choice " + better;
  candidate.settlesParameters = true;
  return candidate;
}

FailureOr<select::Candidate>
cpu::choosePrimitive(PrimitiveOpInterface op,
                     const select::Situation &situation) {
  try {
    return ask(op, situation);
  } catch (const Error &error) {
    return op->emitError(error.what());
  }
}

void cpu::emitPrimitive(PrimitiveOpInterface op, select::Launcher &launcher) {
  kernel::ChoiceAttr choice = select::getChoice(op);
  select::Situation written;
  PrimitiveRequest request = op.getRequest(written);
  SmallVector<Role> roles;
  SmallVector<Value> operands;
  for (const RoleValue &entry : request.values) {
    bool isResult = entry.value.getDefiningOp() == op.getOperation();
    if (entry.role == Role::Workspace) {
      if (choice.getWorkspaceBytes() == 0)
        continue;
      if (isResult)
        launcher.allocateBytes(entry.value, choice.getWorkspaceBytes());
    }
    roles.push_back(entry.role);
    operands.push_back(isResult ? launcher.resultBuffer(entry.value)
                                : launcher.bufferOf(entry.value));
  }
  if (choice.getScratchBytes() > 0) {
    roles.push_back(Role::Scratchpad);
    operands.push_back(launcher.bytes(op.getLoc(), choice.getScratchBytes()));
  }
  auto launch = launcher.builder.create<kernel::PrimitiveOp>(
      op.getLoc(), request.spec, choice.getImplementation(), roles, operands);
  launch->setAttr(kernel::choiceAttrName, choice);
}
