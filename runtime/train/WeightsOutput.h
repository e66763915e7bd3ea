// Where `--save` writes: checked and given its room on the disk before the
// training, and never without a second place for what was trained.
#pragma once

#include "runtime/train/Weights.h"

namespace netc::runtime::train {

class WeightsOutput {
public:
  /// Takes the room for the weights of `programs`, which outlive it. Throws
  /// Error where `path` cannot be written.
  WeightsOutput(const Programs &programs, const std::string &path,
                SafetensorsMetadata metadata);

  /// Writes the weights. Throws Error: one is not finite, or `path` cannot be
  /// written any more (its folder is gone, its disk full). The weights are
  /// then in another folder if any takes them, and the error names the file.
  void save();

private:
  [[noreturn]] void saveElsewhere(const std::string &why) const;

  const Programs &programs;
  std::string path;
  SafetensorsMetadata metadata;
  std::unique_ptr<OutputFile> reserved; // null where room cannot be taken
};

} // namespace netc::runtime::train
