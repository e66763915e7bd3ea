// What is settled before a program's libraries begin: how the process ends
// where it lacks memory, or where an exception is caught by nobody.
#include "runtime/Headroom.h"
#include "runtime/LastWords.h"

#include <csignal>
#include <cstdint>
#include <exception>
#include <new>
#include <sys/resource.h>

namespace netc::tools {
namespace {

/// More than the libraries take when they start, or at once, in bytes.
constexpr size_t headroom = size_t{4} << 20;

/// An exception that nobody caught, in a thread, or while the libraries start.
[[noreturn]] void endUncaught() {
  const char *what = "internal error, please report: in its start or a thread";
  try {
    if (std::exception_ptr thrown = std::current_exception())
      std::rethrow_exception(thrown);
  } catch (const std::bad_alloc &) {
    what = runtime::notEnoughMemory;
  } catch (...) { // said above
  }
  runtime::endSaying(what);
}

/// Libraries read through null where an allocation of theirs has failed: MLIR
/// does wherever it makes an op. Such a fault while there is no memory is the
/// lack of it; any other comes again, and ends the process as it does.
void onFault(int, siginfo_t *fault, void *) {
  constexpr uintptr_t largestObject = 1 << 16; // bytes: the fault is in a field
  if (reinterpret_cast<uintptr_t>(fault->si_addr) < largestObject &&
      !runtime::hasHeadroom(headroom))
    runtime::endSaying(runtime::notEnoughMemory);
  signal(SIGSEGV, SIG_DFL);
}

/// The first thread's stack would grow into memory that may be gone by then,
/// which ends the process without a word: it has its share from the start.
void growStack() {
  constexpr size_t share = size_t{1} << 20; // bytes; one page of them is used
  rlimit stack{};
  if (getrlimit(RLIMIT_STACK, &stack) != 0 || stack.rlim_cur < 2 * share)
    return;
  auto *deepest = static_cast<volatile char *>(__builtin_alloca(share));
  *deepest = 0;
}

/// Called before the libraries' own initialisation, which says other words
/// where it lacks memory, or none.
void settle(int, char **, char **) {
  std::set_terminate(endUncaught);
  if (!runtime::hasHeadroom(headroom))
    runtime::endSaying(runtime::notEnoughMemory);
  struct sigaction action{};
  action.sa_sigaction = onFault;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSEGV, &action, nullptr); // a sanitizer's comes later, and stays
  growStack();
}

[[gnu::section(".preinit_array"),
  gnu::used]] void (*const beforeLibraries)(int, char **, char **) = settle;

} // namespace
} // namespace netc::tools
