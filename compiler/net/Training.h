// What losses and optimisers say of themselves by their interfaces: settings,
// what is built from them, what is kept for each parameter.
#pragma once

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Diagnostics.h"

namespace netc::net {

/// A setting of a loss or an optimiser: `momentum = 9.0e-01 : f64` or
/// `nesterov = true` in its dictionary. One that is not there is 0 or false.
struct SettingSpec {
  enum class Kind { Number, Flag };
  llvm::StringLiteral name;
  Kind kind = Kind::Number;
};

double getNumber(mlir::DictionaryAttr settings, llvm::StringRef name);
bool getFlag(mlir::DictionaryAttr settings, llvm::StringRef name);

/// An error where `settings` (null: none) hold what `owner` does not know, or
/// something else than a number or a flag.
mlir::LogicalResult
verifySettings(mlir::DictionaryAttr settings, llvm::ArrayRef<SettingSpec> known,
               llvm::StringRef owner,
               llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

/// What a loss is built from.
struct LossParts {
  mlir::Value output; // [N, ...]
  /// Classes, [N] or of maps [N, H, W]; or f32 of the output's shape; null:
  /// the target is `input`.
  mlir::Value labels;
  mlir::Value input; // what the network takes
  mlir::DictionaryAttr settings;
};
struct BuiltLoss {
  mlir::Value loss;    // [N]
  mlir::Value correct; // [N]; null where the loss has no accuracy
};

/// What an optimiser keeps for each parameter, as large as that: `velocity`,
/// which begins as "zero" (net.parameter's `init`).
struct OptimizerState {
  llvm::StringLiteral name;
  llvm::StringLiteral init;
};

/// What the update of a parameter is built from.
struct UpdateParts {
  mlir::FlatSymbolRefAttr parameter;
  mlir::Value gradient; // of the parameter's shape
  mlir::Value state;    // the run state
  mlir::ArrayAttr
      states; // symbols in the order of getOptimizerStates; null: none
  mlir::DictionaryAttr settings;
  /// Multiply the learning rate and the weight decay.
  mlir::FloatAttr learningRateScale;
  double decayScale = 1;
};

} // namespace netc::net
