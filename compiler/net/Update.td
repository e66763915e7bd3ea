// The class of the updates, an op for each optimiser.
#ifndef NET_UPDATE_TD
#define NET_UPDATE_TD

include "compiler/net/NetDialect.td"
include "compiler/net/NetInterfaces.td"

// `net.<optimizer>_update`: one step of an optimiser on a parameter, in place.
// An op adds its settings and implements what is declared here.
class Net_UpdateOp<string mnemonic, dag settings> : Net_Op<mnemonic, [
    DeclareOpInterfaceMethods<SymbolUserOpInterface>, Net_ParameterWriteOpInterface,
    Net_UpdateOpInterface, MemoryEffects<[MemRead, MemWrite]>]> {
  let arguments = !con(
      (ins FlatSymbolRefAttr:$parameter, Net_FloatTensor:$gradient, Net_StateTensor:$state,
           OptionalAttr<FlatSymbolRefArrayAttr>:$states),
      settings,
      (ins DefaultValuedAttr<F64Attr, "::llvm::APFloat(1.0)">:$learning_rate_scale));
  let assemblyFormat = "$parameter `,` $gradient `,` $state (`keeps` $states^)? attr-dict `:` type($gradient) `,` type($state)";
  code updateDeclarations = [{
    static ::llvm::ArrayRef<::netc::net::SettingSpec> getSettings();
    static ::llvm::SmallVector<::netc::net::OptimizerState>
    getOptimizerStates(::mlir::DictionaryAttr settings);
    static void buildUpdate(::mlir::OpBuilder &builder, ::mlir::Location location,
                            const ::netc::net::UpdateParts &parts);
    ::mlir::Value emitUpdate(::netc::net::UpdateEmitter &emitter);
    ::mlir::OpOperand &getValueMutable() { return getGradientMutable(); }
  }];
  let extraClassDeclaration = updateDeclarations;
  let extraClassDefinition = [{
    ::mlir::LogicalResult $cppClass::verifySymbolUses(::mlir::SymbolTableCollection &table) {
      return ::netc::net::verifyUpdate(*this, table);
    }
  }];
}

#endif
