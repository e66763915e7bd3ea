// What is to be said of a layer's launches: `netc FILE --explain LAYER`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace netc {

/// One launch of a program, in words.
struct LaunchFacts {
  std::string program;    // train_step, evaluate, initialize
  unsigned number = 0;    // in the program, as `--emit=plan` counts
  std::string role;       // forward, backward, update, reorder, initialize
  std::string what;       // convolution jit:avx512_core, activation_1
  int64_t bytesAside = 0; // of the library's scratchpad and workspace
  std::vector<std::string> details; // what it reads and writes, why it is so
};

} // namespace netc
