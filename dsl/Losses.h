// The losses by name, what each is told, and what it asks of a network's output
// and of a data set's labels.
#pragma once

#include "dsl/Settings.h"
#include "runtime/Enumerations.h"

#include <cstdint>

namespace netc::dsl {

struct LossKind {
  runtime::fb::Loss meaning; // of the output, for who predicts from it
  std::string_view name;
  std::string_view op; // as the dialect calls it: `net.<op>`
  std::vector<SettingSpec> settings = {};
  /// Whether the output is logits of classes, two or more, of which a label
  /// names one.
  bool isOfClasses = false;
  /// Its target may be numbers of the output's shape: the network's input, or
  /// labels of a data set.
  bool takesInput = false;
  bool hasAccuracy = false;
  /// How many classes labels have where the network gives one number; 0: the
  /// label is that number.
  int64_t classesOfOne = 0;
  /// Losses that take what this one does not: one output, the input.
  std::string_view forOneOutput = {}, forInput = {};
};

/// Every loss of the language; the first is that of a text without one.
std::span<const LossKind> lossKinds();

struct Loss {
  const LossKind *kind = lossKinds().data();
  Settings settings{kind->settings};
  bool targetsInput = false; // else the label
};

/// Whether labels are predicted, so that there is a share of hits.
bool hasAccuracy(const Loss &loss);

} // namespace netc::dsl
