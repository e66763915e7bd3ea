// Concatenation and its slices on a GPU: values are moved as they are.
#include "compiler/targets/cuda/DeviceOps.h"
#include "compiler/targets/cuda/Families.h"

using namespace mlir;
using namespace netc;
using namespace netc::cuda;
using namespace netc::net;

void cuda::attachConcat(MLIRContext &context) {
  ConcatOp::attachInterface<MoveModel<ConcatOp>>(context);
  ChannelSliceOp::attachInterface<MoveModel<ChannelSliceOp>>(context);
}
