// What trains stays f32 on a GPU, from its initial values on.
#include "compiler/targets/cuda/DeviceOps.h"
#include "compiler/targets/cuda/Families.h"

using namespace mlir;
using namespace netc;
using namespace netc::cuda;
using namespace netc::net;

namespace {
template <typename Op>
struct InitialValue : DeviceOpInterface::ExternalModel<InitialValue<Op>, Op> {};
} // namespace

void cuda::attachParameter(MLIRContext &context) {
  XavierUniformOp::attachInterface<InitialValue<XavierUniformOp>>(context);
  FillOp::attachInterface<InitialValue<FillOp>>(context);
}
