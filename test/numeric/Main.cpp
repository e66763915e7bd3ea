// Runs the tests for one target, or says why this machine cannot.
#include "runtime/cpu/Primitive.h"
#include "test/numeric/Harness.h"

#include <gtest/gtest.h>
#include <iostream>

int main(int argc, char **argv) {
  testing::InitGoogleTest(&argc, argv);
  constexpr int skipped = 77; // SKIP_RETURN_CODE in CMakeLists.txt
  const netc::numeric::Target &target = netc::numeric::target();
  if (target.isa == "avx512" && netc::runtime::cpu::hostIsa() != "avx512") {
    std::cout << "skipped: this machine has no AVX-512\n";
    return skipped;
  }
  std::cout << "target: " << target.isa << ", threads " << target.threads
            << "\n";
  return RUN_ALL_TESTS();
}
