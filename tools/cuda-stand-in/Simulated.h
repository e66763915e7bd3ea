// What a stand-in for a library above the driver asks of it.
#pragma once

#include "tools/cuda-stand-in/Simulation.h"

struct CUstream_st;

/// Work on a stream whose bytes are all the device's; faults where they are
/// not.
__attribute__((visibility("default"))) void
netcStandInEnqueue(CUstream_st *stream, const char *what,
                   const std::vector<netc::standin::Access> &accesses,
                   std::function<void()> run);
