// The interface of ops on a GPU.
#include "compiler/targets/cuda/DeviceOps.h"

using namespace mlir;
using namespace netc;

#include "compiler/targets/cuda/CudaInterfaces.cpp.inc"
