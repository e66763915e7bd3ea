// The team of threads that each step's work is split among: one for the
// process. oneDNN, which asks OpenMP for its threads, gets this one: the entry
// points that it calls are defined here and found before those of the GNU
// library, whose team spins while another process has the processor, and ends
// the program where a thread cannot be made.
#pragma once

#include <functional>

namespace netc::runtime::cpu {

/// Makes the team one of `threads` threads, the caller's among them. Throws
/// Error where the system gives fewer; those started are then ended.
/// \pre threads >= 1
void setTeam(int threads);

/// How many threads the team has: as many as there are processors, until it is
/// set.
int teamSize();

/// Calls `part(i)` once for each i below `parts`, on the threads of the team,
/// and returns when all are done; within another call, which has the team, one
/// after another. Parts wait for nothing of each other's: a thread that has no
/// processor at the time leaves its own to the others.
void runInTeam(int parts, const std::function<void(int)> &part);

} // namespace netc::runtime::cpu
