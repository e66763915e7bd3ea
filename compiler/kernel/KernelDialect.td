// The `kernel` dialect: what will run, in order, on buffers. Its attributes.
#ifndef KERNEL_DIALECT_TD
#define KERNEL_DIALECT_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/OpBase.td"

def Kernel_Dialect : Dialect {
  let name = "kernel";
  let cppNamespace = "::netc::kernel";
  let summary = "What will run: library primitives and generated kernels on buffers";
  let description = [{
    A module holds globals (the same memory in every program), programs (a
    straight line of launches each) and the kernels they launch. Every op of a
    program's body that is a launch (`WorkOpInterface`) becomes one launch of
    the executable. Buffers are memrefs with the identity layout and the
    physical shape, blocks and padding included; `#kernel.tensor` says which
    logical tensor lies in one.

    Attributes of any op: `kernel.choice`. Attributes of the module: `kernel.target`, what it is for, and, after
    memory planning, `kernel.arena_bytes`. Attributes of a program's arguments:
    `kernel.name`, `kernel.role` ("input" or "output"), `kernel.tensor` (where
    the argument is not row-major) and, after memory planning, `kernel.offset`.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
}

class Kernel_Attr<string className, string attributeMnemonic>
    : AttrDef<Kernel_Dialect, className> {
  let mnemonic = attributeMnemonic;
}

def Kernel_CpuAttr : Kernel_Attr<"Cpu", "cpu"> {
  let summary = "an x86-64 processor: `#kernel.cpu<isa = \"avx512\", threads = 2>`";
  let description = [{
    `isa` is "avx2" (x86-64-v3) or "avx512" (x86-64-v4). The number of threads is
    part of the target, since sums of library gradients depend on it.
  }];
  let parameters = (ins StringRefParameter<"avx2 or avx512">:$isa, "int":$threads);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Kernel_CudaAttr : Kernel_Attr<"Cuda", "cuda"> {
  let summary = "an NVIDIA GPU: `#kernel.cuda<device = \"h100\", arch = \"sm_90\", precision = \"f32\">`";
  let description = [{
    `device` is the name of a description that netc has; for one of the user's
    own, `description` holds its text. `precision` is "f32" or "tf32", how the
    products of f32 are formed, or "bf16", in which activations are then kept.
  }];
  let parameters = (ins StringRefParameter<"its name">:$device,
      StringRefParameter<"sm_80 or later">:$arch, StringRefParameter<"f32, tf32 or bf16">:$precision,
      StringRefParameter<"JSON", "\"\"">:$description);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Kernel_TensorAttr : Kernel_Attr<"Tensor", "tensor"> {
  let summary = "a tensor as it lies in a buffer: `#kernel.tensor<96x1x11x11xf32, \"Abcd16a\">`";
  let description = [{
    The logical shape, the element type (f32, i32, or i8 for bytes) and the
    layout in the notation of `runtime::TensorType`; empty for row-major.
  }];
  let parameters = (ins ArrayRefParameter<"int64_t", "logical sizes">:$shape,
      "::mlir::Type":$elementType, StringRefParameter<"the tag", "\"\"">:$layout);
  let builders = [AttrBuilder<(ins "const ::netc::runtime::TensorType &":$type)>];
  let extraClassDeclaration = [{
    ::netc::runtime::TensorType toRuntime() const;
    /// The buffer that holds the tensor: identity layout, physical shape.
    ::mlir::MemRefType getMemRefType() const;
  }];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def Kernel_ChoiceAttr : Kernel_Attr<"Choice", "choice"> {
  let summary = "how an op is run: `#kernel.choice<engine = \"oneDNN\", implementation = \"jit:avx512_core\">`";
  let description = [{
    What `net-select-launches` has decided: the engine, its implementation by
    its own name, the memory that it needs beside its operands and results, its
    estimated cost, and the reason in words. On the ops of a program before
    lowering, and on the launches that they become.
  }];
  let parameters = (ins StringRefParameter<"who runs it">:$engine,
      StringRefParameter<"its name there", "\"\"">:$implementation,
      DefaultValuedParameter<"int64_t", "0">:$scratch_bytes,
      DefaultValuedParameter<"int64_t", "0">:$workspace_bytes,
      DefaultValuedParameter<"int64_t", "0">:$nanoseconds,
      StringRefParameter<"why it was chosen", "\"\"">:$reason);
  let assemblyFormat = "`<` struct(params) `>`";
}

// One of the executable's enumerations, by its keyword: `#kernel.role<src_gradient>`.
class Kernel_EnumParameter<string type, string expected> : AttrOrTypeParameter<type, ""> {
  let parser = "::netc::kernel::parseKeyword<" # type # ">($_parser, \"" # expected # "\")";
  let printer = "$_printer << ::netc::kernel::keyword($_self)";
}
class Kernel_EnumAttr<string enumeration, string attributeMnemonic, string expected>
    : Kernel_Attr<enumeration, attributeMnemonic> {
  let summary = expected;
  let returnType = "::netc::kernel::" # enumeration;
  let convertFromStorage = "$_self.getValue()";
  let parameters = (ins Kernel_EnumParameter<returnType, expected>:$value);
  let assemblyFormat = "`<` $value `>`";
}
def Kernel_PrimitiveKindAttr
    : Kernel_EnumAttr<"PrimitiveKind", "primitive_kind", "the kind of a primitive">;
def Kernel_PropagationAttr
    : Kernel_EnumAttr<"Propagation", "propagation", "forward, backward_data or backward_weights">;
def Kernel_RoleAttr : Kernel_EnumAttr<"Role", "role", "the role of a buffer">;

#endif
