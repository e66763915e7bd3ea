// Threads with a stack of their own size, whatever limit the process was given
// for its first one, and with words for the limit that forbids another.
#pragma once

#include <cstddef>
#include <functional>
#include <pthread.h>

namespace netc::runtime {

/// A running thread, joined when it is destroyed.
class Thread {
public:
  /// What gathers batches or does a part of a step calls libraries that are no
  /// deeper than this, in bytes.
  static constexpr size_t workerStack = size_t{2} << 20;

  /// Starts it. Throws Error with the limits that hold where the system gives
  /// no other thread, or no memory for its stack. `work` throws nothing.
  Thread(size_t stackBytes, std::function<void()> work);
  ~Thread();
  Thread(const Thread &) = delete;
  Thread &operator=(const Thread &) = delete;

private:
  std::function<void()> work;
  pthread_t handle{};
};

/// Runs `work` on a stack of `bytes` bytes and waits for it; where the system
/// has none to give, on the caller's. What it throws is thrown here.
void runWithStack(size_t bytes, const std::function<void()> &work);

} // namespace netc::runtime
