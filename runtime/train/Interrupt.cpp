// The handler of SIGINT.
#include "runtime/train/Interrupt.h"

#include <cassert>
#include <csignal>

namespace netc::runtime::train {
namespace {

// The one mutable global there must be: a signal handler has no other way to
// say anything. Lock-free, so a handler may write it.
std::atomic<bool> flag{false};
static_assert(std::atomic<bool>::is_always_lock_free);

struct sigaction previous;

void note(int) { flag.store(true, std::memory_order_relaxed); }

} // namespace

Interrupt::Interrupt() {
  flag = false;
  struct sigaction action{};
  action.sa_handler = note;
  sigemptyset(&action.sa_mask);
  // RESETHAND: the second one is the default's. RESTART: no system call under
  // way (a file read) fails for it.
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  [[maybe_unused]] int status = sigaction(SIGINT, &action, &previous);
  assert(status == 0);
}

Interrupt::~Interrupt() { sigaction(SIGINT, &previous, nullptr); }

const std::atomic<bool> &Interrupt::requested() const { return flag; }

} // namespace netc::runtime::train
