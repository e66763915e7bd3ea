// What the user gave is wrong: said in one line, ends with exit status 1.
// Broken invariants of our own are asserts, never an Error.
#pragma once

#include <stdexcept>
#include <string>

namespace netc {

class Error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

} // namespace netc
