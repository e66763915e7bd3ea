// The `net` dialect: layers as values. Its classes and attributes.
#ifndef NET_DIALECT_TD
#define NET_DIALECT_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Net_Dialect : Dialect {
  let name = "net";
  let cppNamespace = "::netc::net";
  let summary = "Layers, input transforms, losses and optimisers as values";
  let description = [{
    Tensors have logical shapes (NCHW, filters OIHW, or GOIHW when grouped)
    with a static batch in front. The only side effects are writes of
    parameters. A layout is an encoding of the tensor type; none is row-major.
  }];
  let useDefaultAttributePrinterParser = 1;
}

// The layout of a tensor in memory, as oneDNN's tag: the dimensions by
// decreasing stride, upper case where blocked, then the inner blocks.
def Net_LayoutAttr : AttrDef<Net_Dialect, "Layout"> {
  let mnemonic = "layout";
  let summary = "a blocked memory layout: `#net.layout<\"aBcd16b\">` is nChw16c";
  let parameters = (ins StringRefParameter<"the tag">:$tag);
  let assemblyFormat = "`<` $tag `>`";
}

def Net_ActivationKind : I32EnumAttr<"ActivationKind", "an activation", [
    I32EnumAttrCase<"ReLU", 0, "relu">, I32EnumAttrCase<"Sigmoid", 1, "sigmoid">,
    I32EnumAttrCase<"Tanh", 2, "tanh">, I32EnumAttrCase<"LeakyReLU", 3, "leaky_relu">,
    I32EnumAttrCase<"GELU", 4, "gelu">, I32EnumAttrCase<"SiLU", 5, "silu">,
    I32EnumAttrCase<"ELU", 6, "elu">, I32EnumAttrCase<"Softplus", 7, "softplus">,
    I32EnumAttrCase<"HardSwish", 8, "hard_swish">]> {
  let cppNamespace = "::netc::net";
  let genSpecializedAttr = 0;
}
def Net_ActivationAttr : EnumAttr<Net_Dialect, Net_ActivationKind, "activation"> {
  let assemblyFormat = "`<` $value `>`";
}

def Net_Interpolation : I32EnumAttr<"Interpolation", "what lies between pixels", [
    I32EnumAttrCase<"Nearest", 0, "nearest">, I32EnumAttrCase<"Bilinear", 1, "bilinear">]> {
  let cppNamespace = "::netc::net";
  let genSpecializedAttr = 0;
}
def Net_InterpolationAttr : EnumAttr<Net_Dialect, Net_Interpolation, "interpolation"> {
  let assemblyFormat = "`<` $value `>`";
}

// On a GPU bf16 too: activations and copies of the weights, never what trains.
def Net_FloatTensor : TensorOf<[F32, BF16]>;
def Net_PixelTensor : TensorOf<[UI8, UI16, F32]>;
def Net_ParameterTensor : TensorOf<[F32, BF16, UI8, UI16]>;
def Net_LabelTensor : TensorOf<[I32]>;
// What moves pixels moves labels of pixels, [N, H, W], too.
def Net_PictureTensor : AnyTypeOf<[Net_PixelTensor, Net_LabelTensor]>;
def Net_MovedTensor : AnyTypeOf<[Net_FloatTensor, Net_LabelTensor]>;
def Net_StateTensor : TensorOf<[I32]>; // runtime::RunState, eight words

class Net_Op<string mnemonic, list<Trait> traits = []>
    : Op<Net_Dialect, mnemonic, traits>;

// Infers its result types by the layer's shape rule. A written result type may
// be unranked (until `net-infer-shapes`) or carry a layout.
def Net_InferTypes : InferTypeOpAdaptorBase<[{
  static bool isCompatibleReturnTypes(::mlir::TypeRange inferred, ::mlir::TypeRange actual) {
    return ::netc::net::areCompatibleTypes(inferred, actual);
  }
}]>;

// A value computed from values, with types inferred.
class Net_LayerOp<string mnemonic, list<Trait> traits = []>
    : Net_Op<mnemonic, [Pure, Net_InferTypes] # traits> {
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

#endif
