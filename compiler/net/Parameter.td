// Parameters: what training changes and files hold.
#ifndef NET_PARAMETER_TD
#define NET_PARAMETER_TD

include "compiler/net/NetDialect.td"
include "compiler/net/NetInterfaces.td"

def Net_ParameterOp : Net_Op<"parameter", [Symbol,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "declares a parameter, its type and how it starts";
  let description = [{
    `init` is "xavier" (uniform in +-sqrt(6/(fan_in + fan_out)), from Philox with
    the key seed xor hash(name)), "zero" or "one". A parameter that is not
    `trainable` is what the optimiser keeps of another, the `state` of that name
    `state_of` it; or a `statistic`: measured in training and kept in files.
    `file_shape` is the shape in files, where it
    differs (grouped filters). The scales multiply the learning rate and the
    weight decay of its updates. A `dataset` is the training set, 8- or 16-bit pixels
    or numbers [examples, ...], kept where the programs run.
    ```mlir
    net.parameter @"dense_1.weight" : tensor<10x84xf32> {init = "xavier", fan_in = 84 : i64, fan_out = 10 : i64, trainable = true}
    net.parameter @"dense_1.weight.velocity" : tensor<10x84xf32> {init = "zero", trainable = false, state = "velocity", state_of = @"dense_1.weight"}
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<Net_ParameterTensor>:$type,
      StrAttr:$init, DefaultValuedAttr<I64Attr, "1">:$fan_in,
      DefaultValuedAttr<I64Attr, "1">:$fan_out,
      DefaultValuedAttr<BoolAttr, "true">:$trainable,
      OptionalAttr<DenseI64ArrayAttr>:$file_shape, UnitAttr:$statistic,
      OptionalAttr<StrAttr>:$state, OptionalAttr<FlatSymbolRefAttr>:$state_of,
      DefaultValuedAttr<F64Attr, "::llvm::APFloat(1.0)">:$learning_rate_scale,
      DefaultValuedAttr<F64Attr, "::llvm::APFloat(1.0)">:$decay_scale,
      UnitAttr:$dataset);
  let assemblyFormat = "$sym_name `:` $type attr-dict";
  let hasVerifier = 1;
}

def Net_ReadParameterOp : Net_Op<"read_parameter", [
    DeclareOpInterfaceMethods<SymbolUserOpInterface>, MemoryEffects<[MemRead]>]> {
  let summary = "the value of a parameter, before any update of it in the function";
  let arguments = (ins FlatSymbolRefAttr:$parameter);
  let results = (outs Net_ParameterTensor:$value);
  let assemblyFormat = "$parameter attr-dict `:` type($value)";
}

def Net_WriteParameterOp : Net_Op<"write_parameter", [
    DeclareOpInterfaceMethods<SymbolUserOpInterface>, Net_ParameterWriteOpInterface,
    MemoryEffects<[MemWrite]>]> {
  let summary = "replaces the value of a parameter";
  let arguments = (ins FlatSymbolRefAttr:$parameter, Net_FloatTensor:$value);
  let assemblyFormat = "$parameter `,` $value attr-dict `:` type($value)";
}

def Net_XavierUniformOp : Net_Op<"xavier_uniform", [Pure,
    DeclareOpInterfaceMethods<Net_ElementOpInterface, ["isPointwise"]>]> {
  let summary = "uniform in +-bound, bound = sqrt(6/(fan_in + fan_out)) (Glorot, Bengio 2010)";
  let description = [{
    Element i is (2*u - 1)*bound with u from the first word of Philox4x32-10, the
    key seed xor hash(path), the counter (i, 0).
  }];
  let arguments = (ins Net_StateTensor:$state, F64Attr:$bound, StrAttr:$path);
  let results = (outs Net_FloatTensor:$value);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

def Net_FillOp : Net_Op<"fill", [Pure,
    DeclareOpInterfaceMethods<Net_ElementOpInterface, ["keepsZero"]>]> {
  let summary = "a tensor of one value";
  let arguments = (ins F64Attr:$value);
  let results = (outs Net_FloatTensor:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}

#endif
