// The `cuda` dialect: sums and normalisations of channels and of examples as
// GPUs have them, and changes of type and layout.
#pragma once

#include "compiler/net/NetDialect.h"

#include "compiler/targets/cuda/CudaDialect.h.inc"

#define GET_OP_CLASSES
#include "compiler/targets/cuda/CudaOps.h.inc"
