// The optimizers by name, and what each is told.
#pragma once

#include "dsl/Settings.h"

namespace netc::dsl {

struct OptimizerKind {
  std::string_view name;
  /// As the dialect calls it: its update is the op `net.<op>_update`, whose
  /// settings have the names of these.
  std::string_view op;
  /// The learning rate, `lr`, comes first.
  std::vector<SettingSpec> settings;
  /// A setting that does nothing unless the other one is above 0.
  struct Need {
    std::string_view setting, other;
  };
  std::vector<Need> needs = {};
};

/// Every optimizer of the language.
std::span<const OptimizerKind> optimizerKinds();

/// The setting that every optimizer has, and that the run keeps.
inline constexpr std::string_view learningRateName = "lr";

struct Optimizer {
  const OptimizerKind *kind;
  Settings settings;

  double learningRate() const { return settings.get(learningRateName); }
};

/// That of a text without one.
Optimizer defaultOptimizer();

} // namespace netc::dsl
