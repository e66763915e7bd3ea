// Settles the library before the tests: --isa=avx2|avx512 --threads=N.
#include "TestSettings.h"

#include "runtime/cpu/Primitive.h"

#include <gtest/gtest.h>
#include <iostream>
#include <string_view>

using namespace netc::runtime;

TestSettings &testSettings() {
  static TestSettings settings;
  return settings;
}

int main(int count, char **values) {
  testing::InitGoogleTest(&count, values);
  TestSettings &settings = testSettings();
  settings.isa = cpu::hostIsa();
  for (int i = 1; i < count; ++i) {
    std::string_view value = values[i];
    if (value.starts_with("--isa="))
      settings.isa = value.substr(6);
    else if (value.starts_with("--threads="))
      settings.threads = std::stoi(std::string(value.substr(10)));
    else {
      std::cerr << "unknown argument " << value << "\n";
      return 2;
    }
  }
  cpu::configure(settings.threads, settings.isa);
  return RUN_ALL_TESTS();
}
