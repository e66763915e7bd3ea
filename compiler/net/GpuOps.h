// Sums and normalisations of channels and of examples as GPUs have them, and
// net.relayout.
#pragma once

#include "compiler/net/NetDialect.h"

#define GET_OP_CLASSES
#include "compiler/net/GpuOps.h.inc"
