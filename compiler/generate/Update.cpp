// The kernels of the optimisers' updates in place, whose arithmetic their ops
// say.
#include "compiler/generate/Families.h"
#include "compiler/generate/Models.h"
#include "compiler/net/NetDialect.h"

using namespace mlir;
using namespace netc::generate;
using namespace netc::net;

namespace {
/// The flat buffers of an update, and the scalars that all elements share.
struct UpdateValues {
  Value weights, gradients;
  SmallVector<Value> states;
  SmallVector<Value> scalars;
};

class ElementUpdate : public UpdateEmitter {
public:
  ElementUpdate(KernelBuilder &kernel, const UpdateValues &values, Value index,
                int64_t lanes)
      : UpdateEmitter(kernel.builder, kernel.location, lanes), kernel(kernel),
        values(values), index(index) {}

  Value weight() override { return load(values.weights); }
  Value gradient() override { return load(values.gradients); }
  Value state(unsigned number) override { return load(values.states[number]); }
  void keep(unsigned number, Value value) override {
    kernel.store(value, values.states[number], index);
  }
  Value scalar(unsigned number) override {
    return splat(values.scalars[number]);
  }

private:
  Value load(Value from) { return kernel.loadFloat(from, index, width); }

  KernelBuilder &kernel;
  const UpdateValues &values;
  Value index;
};
} // namespace

/// The buffers are the parameter's, its gradient's, the run state and what is
/// kept.
static void emitUpdate(KernelBuilder &kernel, UpdateOpInterface op) {
  UpdateValues values;
  values.weights = kernel.flatten(kernel.buffers[0]);
  values.gradients = kernel.flatten(kernel.buffers[1]);
  for (Value state : ArrayRef(kernel.buffers).drop_front(3))
    values.states.push_back(kernel.flatten(state));
  RunEmitter run(kernel.builder, kernel.location, kernel.buffers[2],
                 op.getLearningRateScale().convertToDouble());
  values.scalars = op.emitScalars(run);
  int64_t count = KernelBuilder::elementsOf(kernel.buffers[0]);
  kernel.shareElements(count, [&](Value index, int64_t lanes) {
    ElementUpdate element(kernel, values, index, lanes);
    kernel.store(op.emitUpdate(element), values.weights, index);
  });
}

void netc::generate::attachUpdate(MLIRContext &context) {
  attachKernels<UpdateOpInterface, emitUpdate>(context);
}
