// What an executable must be beyond well-formed tables, so that what runs it
// need not look again.
#pragma once

#include "runtime/executor/Executable.h"

namespace netc::runtime {

/// Throws Error saying where and what: enumerations in range; every slice
/// aligned, in the arena and as large as its type; names given and unique;
/// parameters apart from each other; one argument for each role and a role for
/// each tensor; code where there are kernels; `state` as RunState has it.
void checkTables(const fb::Executable &tables);

} // namespace netc::runtime
