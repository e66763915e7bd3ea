// `--check`: what a network is, proved without data and device.
#pragma once

#include "dsl/Network.h"

#include <string>

namespace netc::tools {

/// Facts that come from the compilation.
struct CheckFacts {
  int64_t batch = 0;
  std::string target;         // cpu
  std::string machine;        // avx512, 2 threads
  int64_t plannedBytes = 0;   // of a step of training, or of evaluation
  std::string refusal;        // why it is not trained; empty if it is
  int64_t datasetBytes = 0;   // of them, where the training set is kept
  int64_t aheadBytes = 0;     // beside them: batches gathered ahead, one worker
  int64_t mostAheadBytes = 0; // with as many workers as there may be
  shape::Shape pixels;        // what pictures are assumed to be
  bool pixelsAssumed = true;
  std::string warnings; // as JSON
};

/// A line a layer, readable at 80 columns, and the totals.
std::string checkText(const dsl::Network &network, const CheckFacts &facts);

/// One JSON object with the same and each layer's place in the text.
std::string checkJson(const dsl::Network &network, const CheckFacts &facts);

} // namespace netc::tools
