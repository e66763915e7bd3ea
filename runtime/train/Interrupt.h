// Ctrl-C as a wish: noted while one of these lives, acted on between steps.
#pragma once

#include <atomic>

namespace netc::runtime::train {

class Interrupt {
public:
  /// Takes SIGINT over. A second Ctrl-C ends the process at once, as always.
  Interrupt();
  /// Gives it back.
  ~Interrupt();
  Interrupt(const Interrupt &) = delete;
  Interrupt &operator=(const Interrupt &) = delete;

  /// Set by the first Ctrl-C.
  const std::atomic<bool> &requested() const;
};

} // namespace netc::runtime::train
