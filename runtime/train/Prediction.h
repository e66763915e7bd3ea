// `--predict`: what a network says of pictures, each transformed as an
// evaluation does.
#pragma once

#include "runtime/train/Trainer.h"

namespace netc::runtime::train {

struct PredictRequest {
  std::vector<std::string> images; // paths
  std::string weights;             // a path
  int workers = 1;
  int64_t top = 5;          // classes told of a picture
  bool skipsBroken = false; // else a picture that is broken is an error
  bool orients = true;      // they are turned as their EXIF data say
  bool json = false;        // an object a line
};

/// A class and its probability; with MeanSquaredError, what the network gives
/// for it.
struct ScoredClass {
  int64_t label = 0;
  double score = 0;
};

/// The classes of an example by its output [K], the likeliest first and of
/// equals the lower label: softmax, or sigmoid, where one output is that of the
/// class 1 against 0. \pre the output is finite
std::vector<ScoredClass> scoreClasses(Loss loss, std::span<const float> output);

/// Throws Error where what the network gives is neither classes nor a number,
/// or its input no picture.
void checkPredicts(const Model &model);

/// Prints a line for each picture, in their order: its `top` classes, by the
/// names in the weights' file if it has them, or the number that a
/// MeanSquaredError of one output gives. Throws Error; where it is for pictures
/// that could not be decoded, after all others are told.
Outcome predictImages(Programs &programs, const PredictRequest &request,
                      Console &console, const std::atomic<bool> &interrupted);

} // namespace netc::runtime::train
