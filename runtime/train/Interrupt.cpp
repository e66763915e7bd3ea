// The handler of the signals that ask for an end.
#include "runtime/train/Interrupt.h"

#include <cassert>

namespace netc::runtime::train {
namespace {

// The mutable globals there must be: a signal handler has no other way to say
// anything. Lock-free, so a handler may write them.
std::atomic<bool> flag{false};
std::atomic<int> received{0};
static_assert(std::atomic<bool>::is_always_lock_free &&
              std::atomic<int>::is_always_lock_free);

void note(int signal) {
  if (flag.exchange(true)) // a second one: its handler is the default's again
    raise(signal);
  else
    received = signal;
}

} // namespace

Interrupt::Interrupt() {
  flag = false;
  received = 0;
  for (size_t i = 0; i < signals.size(); ++i) {
    [[maybe_unused]] int status = sigaction(signals[i], nullptr, &previous[i]);
    assert(status == 0);
    if (previous[i].sa_handler == SIG_IGN) // by nohup, or in the background
      continue;
    struct sigaction action{};
    action.sa_handler = note;
    sigemptyset(&action.sa_mask);
    // RESETHAND: the second one is the default's. RESTART: no system call under
    // way (a file read) fails for it.
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    sigaction(signals[i], &action, nullptr);
  }
}

Interrupt::~Interrupt() {
  for (size_t i = 0; i < signals.size(); ++i)
    sigaction(signals[i], &previous[i], nullptr);
}

const std::atomic<bool> &Interrupt::requested() const { return flag; }

int Interrupt::signal() const { return received; }

} // namespace netc::runtime::train
