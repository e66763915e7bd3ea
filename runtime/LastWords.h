// Ends a process that cannot go on and cannot unwind either.
#pragma once

namespace netc::runtime {

inline constexpr char notEnoughMemory[] = "not enough memory";

/// Writes `PROGRAM: error: WHAT` to standard error and ends with status 1.
/// Takes no memory, and may be called in a handler of signals.
[[noreturn]] void endSaying(const char *what);

} // namespace netc::runtime
