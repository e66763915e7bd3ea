// What a text expects of a run (`expect test_accuracy >= 0.8 on "mnist"`), and
// whether what was measured meets it: one meaning for the language, which
// proves what a network costs, and for the runtime, which verifies runs.
#pragma once

#include "runtime/Enumerations.h"

#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <string>
#include <string_view>

namespace netc::runtime {

/// `test_accuracy`
constexpr std::string_view spelling(Metric metric) { return keyword(metric); }

/// `>=`
constexpr std::string_view spelling(Comparison comparison) {
  switch (comparison) {
  case Comparison::Equal:
    return "==";
  case Comparison::NotEqual:
    return "!=";
  case Comparison::LessEqual:
    return "<=";
  case Comparison::GreaterEqual:
    return ">=";
  case Comparison::Less:
    return "<";
  case Comparison::Greater:
    return ">";
  }
  return "?";
}

/// What is not a number meets nothing, not even `!=`.
inline bool holds(Comparison comparison, double measured, double value) {
  if (std::isnan(measured))
    return false;
  switch (comparison) {
  case Comparison::Equal:
    return measured == value;
  case Comparison::NotEqual:
    return measured != value;
  case Comparison::LessEqual:
    return measured <= value;
  case Comparison::GreaterEqual:
    return measured >= value;
  case Comparison::Less:
    return measured < value;
  case Comparison::Greater:
    return measured > value;
  }
  return false;
}

struct Expectation {
  Metric metric{};
  Comparison comparison{};
  double value = 0;
  std::string dataset;
  int64_t epochs = 0; // after how many, 0 for the run's last

  bool holds(double measured) const {
    return runtime::holds(comparison, measured, value);
  }
};

/// `test_accuracy >= 0.7 on "fashion-mnist" after 5 epochs`
inline std::string toString(const Expectation &expectation) {
  std::string text = fmt::format(
      "{} {} {} on \"{}\"", spelling(expectation.metric),
      spelling(expectation.comparison), expectation.value, expectation.dataset);
  if (expectation.epochs != 0)
    text += fmt::format(" after {} epoch{}", expectation.epochs,
                        expectation.epochs == 1 ? "" : "s");
  return text;
}

} // namespace netc::runtime
