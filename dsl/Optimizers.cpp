// The table of optimizers.
#include "dsl/Optimizers.h"

namespace netc::dsl {

std::span<const OptimizerKind> optimizerKinds() {
  using enum SettingKind;
  static const std::vector<OptimizerKind> kinds = {
      {"SGD",
       "sgd",
       {{learningRateName, Single, required},
        {"momentum", BelowOne},
        {"weight_decay", Single},
        {"nesterov", Flag}},
       {{"nesterov", "momentum"}}},
  };
  return kinds;
}

Optimizer defaultOptimizer() {
  const OptimizerKind &kind = optimizerKinds().front();
  Optimizer optimizer{&kind, Settings(kind.settings)};
  optimizer.settings.set(learningRateName, 0.01);
  return optimizer;
}

} // namespace netc::dsl
