// Reshapes on a GPU: values are moved as they are.
#include "compiler/targets/cuda/DeviceOps.h"
#include "compiler/targets/cuda/Families.h"

using namespace mlir;
using namespace netc;
using namespace netc::cuda;
using namespace netc::net;

void cuda::attachStructure(MLIRContext &context) {
  ReshapeOp::attachInterface<MoveModel<ReshapeOp>>(context);
}
