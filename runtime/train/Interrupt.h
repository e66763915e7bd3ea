// The wish to end a run: noted while one of these lives, acted on between
// steps.
#pragma once

#include <array>
#include <atomic>
#include <csignal>

namespace netc::runtime::train {

class Interrupt {
public:
  /// Takes over SIGINT (Ctrl-C), SIGTERM and SIGHUP (the terminal is gone), but
  /// for those that the process was told to ignore. A second one ends the
  /// process at once, as always.
  Interrupt();
  /// Gives them back.
  ~Interrupt();
  Interrupt(const Interrupt &) = delete;
  Interrupt &operator=(const Interrupt &) = delete;

  /// Set by the first signal.
  const std::atomic<bool> &requested() const;
  /// That signal; 0 before it.
  int signal() const;

private:
  static constexpr std::array signals{SIGINT, SIGTERM, SIGHUP};
  std::array<struct sigaction, signals.size()> previous;
};

} // namespace netc::runtime::train
