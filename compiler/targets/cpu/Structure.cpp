// Reorders by oneDNN.
#include "compiler/targets/cpu/Families.h"
#include "compiler/targets/cpu/Primitives.h"

using namespace mlir;
using namespace netc;
using namespace netc::cpu;
using namespace netc::net;

namespace {
struct Reorder : PrimitiveFamily {
  static PrimitiveRequest request(ReorderOp op,
                                  const select::Situation &situation) {
    PrimitiveRequest request(PrimitiveKind::Reorder, Propagation::Forward,
                             situation);
    request.add(Role::Src, op.getInput()).add(Role::Dst, op.getOutput());
    return request;
  }
  static std::string askLayouts(Operation *, PrimitiveRequest &,
                                const select::Situation &) {
    return "from the one layout to the other";
  }
};
} // namespace

void cpu::attachStructure(MLIRContext &context) {
  attachPrimitives<Reorder, ReorderOp>(context);
}
