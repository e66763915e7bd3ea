// net.training and net.minimize: the losses, optimisers and settings that they
// name are there.
#include "compiler/net/NetDialect.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace netc::net;

// Settings.

double netc::net::getNumber(DictionaryAttr settings, StringRef name) {
  auto value = settings ? settings.getAs<FloatAttr>(name) : nullptr;
  return value ? value.getValueAsDouble() : 0;
}

bool netc::net::getFlag(DictionaryAttr settings, StringRef name) {
  auto value = settings ? settings.getAs<BoolAttr>(name) : nullptr;
  return value && value.getValue();
}

LogicalResult
netc::net::verifySettings(DictionaryAttr settings, ArrayRef<SettingSpec> known,
                          StringRef owner,
                          function_ref<InFlightDiagnostic()> emitError) {
  if (!settings)
    return success();
  for (NamedAttribute setting : settings) {
    auto spec = llvm::find_if(known, [&](const SettingSpec &each) {
      return setting.getName() == each.name;
    });
    if (spec == known.end())
      return emitError() << "`" << owner << "` has no setting "
                         << setting.getName();
    bool isFlag = spec->kind == SettingSpec::Kind::Flag;
    auto number = dyn_cast<FloatAttr>(setting.getValue());
    if (isFlag ? !isa<BoolAttr>(setting.getValue())
               : !number || !number.getType().isF64())
      return emitError() << "expected " << (isFlag ? "a bool" : "an f64")
                         << " as " << setting.getName() << " of `" << owner
                         << "`, got " << setting.getValue();
  }
  return success();
}

// What is found by name.

template <typename Interface>
static typename Interface::Concept *find(MLIRContext *context,
                                         const Twine &name) {
  auto op = RegisteredOperationName::lookup(name.str(), context);
  return op ? op->getInterface<Interface>() : nullptr;
}

LossOpInterface::Concept *netc::net::findLoss(MLIRContext *context,
                                              StringRef loss) {
  return find<LossOpInterface>(context, "net." + loss);
}

UpdateOpInterface::Concept *netc::net::findUpdate(MLIRContext *context,
                                                  StringRef optimizer) {
  return find<UpdateOpInterface>(context, "net." + optimizer + "_update");
}

std::string netc::net::stateSymbol(StringRef parameter, StringRef state) {
  return (parameter + "." + state).str();
}

ParameterStates::ParameterStates(ModuleOp module) {
  for (auto parameter : module.getOps<ParameterOp>())
    if (FlatSymbolRefAttr of = parameter.getStateOfAttr())
      states[of.getAttr()].push_back(parameter);
}

ArrayRef<ParameterOp> ParameterStates::of(StringAttr parameter) const {
  auto found = states.find(parameter);
  return found == states.end() ? ArrayRef<ParameterOp>() : found->second;
}

// Verification.

LogicalResult netc::net::verifyUpdate(UpdateOpInterface update,
                                      SymbolTableCollection &table) {
  FlatSymbolRefAttr parameter = update.getParameterAttr();
  Type type = update.getGradient().getType();
  if (failed(verifyParameterUse(update, table, parameter, type)))
    return failure();
  for (FlatSymbolRefAttr name : update.getStateSymbols()) {
    if (failed(verifyParameterUse(update, table, name, type)))
      return failure();
    auto state = table.lookupNearestSymbolFrom<ParameterOp>(update, name);
    if (state.getStateOfAttr() != parameter)
      return update->emitOpError("keeps ")
             << name << ", which is no state of " << parameter;
  }
  return success();
}

template <typename Op> static LogicalResult verifyOptimizer(Op op) {
  auto *update = findUpdate(op.getContext(), op.getOptimizer());
  if (!update)
    return op.emitOpError("no optimizer is called `")
           << op.getOptimizer() << "`";
  return verifySettings(op.getOptimizerSettingsAttr(), update->getSettings(),
                        op.getOptimizer(), [&] { return op.emitOpError(); });
}

LogicalResult MinimizeOp::verify() { return verifyOptimizer(*this); }

LogicalResult TrainingOp::verify() {
  if (getLoss().empty() && getEvaluationOnly())
    return verifyOptimizer(*this);
  auto *loss = findLoss(getContext(), getLoss());
  if (!loss)
    return emitOpError("no loss is called `") << getLoss() << "`";
  if (failed(verifySettings(getLossSettingsAttr(), loss->getSettings(),
                            getLoss(), [&] { return emitOpError(); })))
    return failure();
  bool isOfNumbers = getTarget() == "input" || getTarget() == "number";
  if (getTarget() != "label" && (!isOfNumbers || !loss->takesInput()))
    return emitOpError("cannot compare with the target `")
           << getTarget() << "`";
  if (getLastBatchAttr().getInt() < 0)
    return emitOpError("expected a last batch of at least 0");
  return verifyOptimizer(*this);
}

LogicalResult TrainingOp::verifySymbolUses(SymbolTableCollection &table) {
  for (FlatSymbolRefAttr function :
       {getNetworkAttr(), getTrainTransformsAttr(), getTestTransformsAttr()})
    if (function &&
        !table.lookupNearestSymbolFrom<FunctionOpInterface>(*this, function))
      return emitOpError("refers to no function ") << function;
  return success();
}
