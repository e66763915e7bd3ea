// The classes of the losses that are a mean over an example's elements.
#ifndef NET_ELEMENTLOSS_TD
#define NET_ELEMENTLOSS_TD

include "compiler/net/NetDialect.td"
include "compiler/net/NetInterfaces.td"

// A loss of each element and its target. The op implements what is declared
// here; `gradient` is the class of the op of its gradient.
class Net_ElementLossOp<string mnemonic, string gradient> : Net_LayerOp<mnemonic, [
    DeclareOpInterfaceMethods<Net_GradientOpInterface>, Net_LossOpInterface,
    Net_ElementLossOpInterface]> {
  let arguments = (ins Net_FloatTensor:$input, Net_FloatTensor:$target);
  let results = (outs Net_FloatTensor:$loss);
  let extraClassDeclaration = [{
    static ::llvm::ArrayRef<::netc::net::SettingSpec> getSettings() { return {}; }
    static bool takesInput() { return true; }
    static ::netc::net::BuiltLoss buildLoss(::mlir::OpBuilder &builder,
        ::mlir::Location location, const ::netc::net::LossParts &parts);
    ::mlir::Value emitTerm(::netc::net::ElementMath &math, ::mlir::Value x, ::mlir::Value t);
    bool isGradient() { return false; }
  }];
  let extraClassDefinition = [{
    ::mlir::LogicalResult $cppClass::inferReturnTypes(
        ::mlir::MLIRContext *, std::optional<::mlir::Location> location,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      return ::netc::net::inferElementLoss(location, adaptor.getInput().getType(),
                                           adaptor.getTarget().getType(), types);
    }
    ::llvm::SmallVector<::mlir::Value> $cppClass::buildGradient(
        ::mlir::OpBuilder &builder, ::mlir::ValueRange gradients,
        ::llvm::ArrayRef<bool>) {
      return {builder.create<}] # gradient # [{>(getLoc(), getInput(), getTarget(),
                                                gradients[0]),
              ::mlir::Value()};
    }
  }];
}

// Its gradient by the input.
class Net_ElementLossGradientOp<string mnemonic>
    : Net_LayerOp<mnemonic, [Net_ElementLossOpInterface]> {
  let arguments = (ins Net_FloatTensor:$input, Net_FloatTensor:$target,
                       Net_FloatTensor:$lossGradient);
  let results = (outs Net_FloatTensor:$inputGradient);
  let extraClassDeclaration = [{
    ::mlir::Value emitTerm(::netc::net::ElementMath &math, ::mlir::Value x, ::mlir::Value t);
    bool isGradient() { return true; }
  }];
  let extraClassDefinition = [{
    ::mlir::LogicalResult $cppClass::inferReturnTypes(
        ::mlir::MLIRContext *, std::optional<::mlir::Location> location,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      return ::netc::net::inferElementLossGradient(
          location, adaptor.getInput().getType(), adaptor.getTarget().getType(), types);
    }
  }];
}

#endif
