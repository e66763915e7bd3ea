// Sums and normalisations of channels as GPUs have them, and net.relayout.
#pragma once

#include "compiler/net/NetDialect.h"

#define GET_OP_CLASSES
#include "compiler/net/GpuOps.h.inc"
