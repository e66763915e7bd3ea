// Looks whether there is memory before what cannot go without: libraries that
// write through null where an allocation of theirs fails.
#pragma once

#include <cstddef>

namespace netc::runtime {

/// Whether the system gives this process so many bytes more. May be asked in a
/// handler of signals.
bool hasHeadroom(size_t bytes);

/// Throws std::bad_alloc unless it does.
void requireHeadroom(size_t bytes);

} // namespace netc::runtime
