// Writes without a buffer.
#include "runtime/LastWords.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <unistd.h>

namespace netc::runtime {

void endSaying(const char *what) {
  for (const char *part :
       {static_cast<const char *>(program_invocation_short_name),
        ": error: ", what, "\n"}) {
    [[maybe_unused]] ssize_t written =
        ::write(STDERR_FILENO, part, std::strlen(part));
  }
  std::_Exit(EXIT_FAILURE);
}

} // namespace netc::runtime
