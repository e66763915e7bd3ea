// What this process has settled the library to.
#pragma once

#include <string>

struct TestSettings {
  std::string isa;
  int threads = 2;
};

TestSettings &testSettings();
