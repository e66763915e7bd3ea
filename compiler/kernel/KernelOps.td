// Ops of the `kernel` dialect: globals, programs, their buffers and launches.
#ifndef KERNEL_OPS_TD
#define KERNEL_OPS_TD

include "compiler/kernel/KernelDialect.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/FunctionInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/ViewLikeInterface.td"

def Kernel_WorkOpInterface : OpInterface<"WorkOpInterface"> {
  let cppNamespace = "::netc::kernel";
  let description = "One launch of a program: what it does to each buffer.";
  let methods = [
    InterfaceMethod<"The operand's old content is used.",
                    "bool", "readsOperand", (ins "unsigned":$index)>,
    InterfaceMethod<"The operand's content is replaced, wholly or in part.",
                    "bool", "writesOperand", (ins "unsigned":$index)>,
  ];
}

// f32, i32, 16 bits or bytes; its physical shape, without gaps.
def Kernel_Buffer : ConfinedType<MemRefOf<[F32, BF16, I32, I16, I8]>, [
    CPred<"::netc::kernel::isBuffer($_self)">],
    "buffer (a static memref of f32, bf16, i32, i16 or i8 with the identity layout)",
    "::mlir::MemRefType">;

class Kernel_Op<string mnemonic, list<Trait> traits = []>
    : Op<Kernel_Dialect, mnemonic, traits>;

class Kernel_FunctionOp<string mnemonic>
    : Kernel_Op<mnemonic, [FunctionOpInterface, IsolatedFromAbove,
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmBlockArgumentNames"]>]> {
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  code functionDeclaration = [{
    llvm::ArrayRef<mlir::Type> getArgumentTypes() { return getFunctionType().getInputs(); }
    llvm::ArrayRef<mlir::Type> getResultTypes() { return getFunctionType().getResults(); }
    mlir::Region *getCallableRegion() { return &getBody(); }
  }];
}

def Kernel_GlobalOp : Kernel_Op<"global", [Symbol]> {
  let summary = "memory that outlives a run, at one place in all programs";
  let description = [{
    `kind` is "parameter" (what is trained), "statistic" (what a layer measures
    and files hold), "state" (of the optimiser) or "dataset" (the training set's
    8-bit pixels). `file_shape` is the shape in files, where it differs from the
    tensor's. Globals are the executable's parameters, in their order.
    - global_c1: the buffer has the element type and physical shape of `tensor`.
    ```mlir
    kernel.global @"conv2d_1.weight" : memref<6x1x11x11x16xf32> {tensor = #kernel.tensor<96x1x11x11xf32, "Abcd16a">, kind = "parameter"}
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<Kernel_Buffer>:$type,
      Kernel_TensorAttr:$tensor, StrAttr:$kind,
      OptionalAttr<DenseI64ArrayAttr>:$file_shape, OptionalAttr<I64Attr>:$offset);
  let builders = [OpBuilder<(ins "llvm::StringRef":$name, "TensorAttr":$tensor,
      "llvm::StringRef":$kind, CArg<"llvm::ArrayRef<int64_t>", "{}">:$fileShape)>];
  let assemblyFormat = "$sym_name `:` $type attr-dict";
  let hasVerifier = 1;
}

def Kernel_GetGlobalOp : Kernel_Op<"get_global", [Pure,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>,
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "the buffer of a global";
  let arguments = (ins FlatSymbolRefAttr:$global);
  let results = (outs Kernel_Buffer:$buffer);
  let builders = [OpBuilder<(ins "GlobalOp":$global)>];
  let assemblyFormat = "$global attr-dict `:` type($buffer)";
}

def Kernel_ProgramOp : Kernel_FunctionOp<"program"> {
  let summary = "a list of launches";
  let description = [{
    One block without control flow. Arguments are the program's inputs and
    outputs; `batch` is the number of examples that one run takes.
    - program_c1: no results.
    - program_c2: each argument is a buffer with a `kernel.name`, unique in the
      program, and a `kernel.role`, "input" or "output".
    - program_c3: `kernel.tensor`, where present, fits the argument's buffer.
    - program_c4: only ops of this dialect in the body.
    ```mlir
    kernel.program @evaluate(%labels: memref<2xi32> {kernel.name = "labels", kernel.role = "input"})
        attributes {batch = 2 : i64} {
      kernel.return
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<FunctionType>:$function_type,
      I64Attr:$batch, OptionalAttr<DictArrayAttr>:$arg_attrs,
      OptionalAttr<DictArrayAttr>:$res_attrs);
  let regions = (region SizedRegion<1>:$body);
  let builders = [OpBuilder<(ins "llvm::StringRef":$name, "llvm::ArrayRef<mlir::Type>":$buffers,
      "int64_t":$batch, CArg<"llvm::ArrayRef<mlir::DictionaryAttr>", "{}">:$attributes)>];
  let skipDefaultBuilders = 1;
  let extraClassDeclaration = functionDeclaration # [{
    /// Attributes of an argument; `tensor` may be null (row-major).
    static mlir::DictionaryAttr makeArgumentAttributes(mlir::MLIRContext *context,
        llvm::StringRef name, bool isInput, TensorAttr tensor = nullptr);
    llvm::StringRef getArgumentName(unsigned index);
    bool isInput(unsigned index);
    /// The argument's tensor: `kernel.tensor`, or the buffer's shape.
    TensorAttr getArgumentTensor(unsigned index);
    /// Its place in the arena; none before memory planning.
    std::optional<int64_t> getArgumentOffset(unsigned index);
    void setArgumentOffset(unsigned index, int64_t offset);
  }];
}

def Kernel_FuncOp : Kernel_FunctionOp<"func"> {
  let summary = "a kernel that this compiler generates";
  let description = [{
    Part `%part` of `%parts` of the work on the buffers; together the parts do
    all of it, in any order. `access` says for each buffer whether the kernel
    reads or writes it. A `serial` kernel is always called with one part. The
    body uses arith, math, vector, scf, memref and cf, and calls nothing. The
    name becomes a symbol of the executable's code.
    - func_c1: the arguments are buffers, then `%part` and `%parts` (index); no results.
    - func_c2: one of "read", "write", "readwrite" in `access` for each buffer.
    - func_c3: the name is a letter, then letters, digits, `_` and `.`.
    ```mlir
    kernel.func @relu(%x: memref<64xf32>, %part: index, %parts: index)
        attributes {access = ["readwrite"], serial} {
      kernel.return
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<FunctionType>:$function_type,
      StrArrayAttr:$access, UnitAttr:$serial, OptionalAttr<DictArrayAttr>:$arg_attrs,
      OptionalAttr<DictArrayAttr>:$res_attrs);
  let regions = (region MinSizedRegion<1>:$body);
  let builders = [OpBuilder<(ins "llvm::StringRef":$name, "llvm::ArrayRef<mlir::Type>":$buffers,
      "llvm::ArrayRef<llvm::StringRef>":$access, CArg<"bool", "false">:$serial)>];
  let skipDefaultBuilders = 1;
  let extraClassDeclaration = functionDeclaration # [{
    /// The arguments without `part` and `parts`.
    llvm::MutableArrayRef<mlir::BlockArgument> getBuffers() { return getArguments().drop_back(2); }
    mlir::BlockArgument getPart() { return getArguments().drop_back().back(); }
    mlir::BlockArgument getParts() { return getArguments().back(); }
    bool readsBuffer(unsigned index);
    bool writesBuffer(unsigned index);
  }];
}

def Kernel_AllocOp : Kernel_Op<"alloc", [
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "a temporary buffer of a program, placed by memory planning";
  let results = (outs Kernel_Buffer:$buffer);
  let assemblyFormat = "attr-dict `:` type($buffer)";
}

def Kernel_SliceOp : Kernel_Op<"slice", [Pure]> {
  let summary = "a temporary buffer at a place in the arena, in bytes";
  let arguments = (ins I64Attr:$offset);
  let results = (outs Kernel_Buffer:$buffer);
  let assemblyFormat = "attr-dict `:` type($buffer)";
  let hasVerifier = 1;
}

def Kernel_ReshapeOp : Kernel_Op<"reshape", [Pure,
    DeclareOpInterfaceMethods<ViewLikeOpInterface>]> {
  let summary = "the same memory as a buffer of another shape";
  let description = [{
    - reshape_c1: element type and number of elements are the same.
  }];
  let arguments = (ins Kernel_Buffer:$source);
  let results = (outs Kernel_Buffer:$buffer);
  let assemblyFormat = "$source attr-dict `:` type($source) `to` type($buffer)";
  let hasVerifier = 1;
}

def Kernel_PrimitiveOp : Kernel_Op<"primitive", [
    DeclareOpInterfaceMethods<Kernel_WorkOpInterface>,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "one launch of a oneDNN primitive";
  let description = [{
    All of `runtime::cpu::PrimitiveSpec`, the implementation that the library
    chose, and the buffers with their roles. A gradient has the role of what it
    is the gradient of, except where a normalisation's gradient reads that too.
    The tensors are written beside their operands; the
    buffers of `workspace` and `scratchpad` have a type instead.
    - primitive_c1: a role for each operand, none twice, and the roles that kind
      and propagation ask for.
    - primitive_c2: a tensor for each operand but workspace and scratchpad.
    - primitive_c3: each buffer has the element type and physical shape of its tensor.
    - primitive_c4: workspace and scratchpad are memref<Nxi8>.
    - primitive_c5: window, stride, dilation and padding are empty or (h, w).
    - primitive_c6: `relu` is fused after a forward convolution or inner product, and
      after a batch normalization or before its gradient.
    - primitive_c7: `epsilon` and `given_statistics` belong to a normalization.
    ```mlir
    kernel.primitive forward convolution "jit:avx512_core"
        (src %x : <2x1x28x28xf32>, weights %w : <96x1x11x11xf32, "Abcd16a">,
         dst %y : <2x96x5x5xf32, "aBcd16b">, scratchpad %s : memref<64xi8>)
        stride = [4, 4] padding = [0, 0] relu
    ```
  }];
  let arguments = (ins Kernel_PropagationAttr:$propagation, Kernel_PrimitiveKindAttr:$kind,
      StrAttr:$implementation, Variadic<Kernel_Buffer>:$buffers,
      TypedArrayAttrBase<Kernel_RoleAttr, "roles">:$roles,
      TypedArrayAttrBase<Kernel_TensorAttr, "tensors">:$tensors,
      DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$window,
      DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$stride,
      DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$dilation,
      DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$padding, UnitAttr:$relu,
      OptionalAttr<F64Attr>:$epsilon, UnitAttr:$given_statistics);
  let builders = [OpBuilder<(ins "const ::netc::runtime::cpu::PrimitiveSpec &":$spec,
      "llvm::StringRef":$implementation,
      "llvm::ArrayRef<Role>":$roles, "mlir::ValueRange":$buffers)>];
  let skipDefaultBuilders = 1;
  let assemblyFormat = [{
    custom<Computation>($propagation, $kind) $implementation
    custom<PrimitiveBuffers>($buffers, type($buffers), $roles, $tensors)
    (`window` `=` $window^)? (`stride` `=` $stride^)? (`dilation` `=` $dilation^)?
    (`padding` `=` $padding^)? (`relu` $relu^)? (`epsilon` `=` $epsilon^)?
    (`given_statistics` $given_statistics^)? attr-dict
  }];
  let extraClassDeclaration = [{
    ::netc::runtime::cpu::PrimitiveSpec getSpec();
    Role getRole(unsigned operand);
    /// Bytes of the operand with this role; 0 if there is none.
    int64_t getBytes(Role role);
  }];
  let hasVerifier = 1;
}

def Kernel_GraphOp : Kernel_Op<"graph", [AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<Kernel_WorkOpInterface>,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "one launch of a cuDNN graph";
  let description = [{
    `graph` is the text of a `runtime::cuda::GraphSpec`. Its tensors that are not
    virtual are the operands, in their order: those that no node makes are
    inputs and come first, the others outputs. `engine` and `workspace` are what
    `kernel-plan-graphs` was answered.
    - graph_c1: the text is a graph's.
    - graph_c2: an input and an output for each such tensor.
    - graph_c3: each buffer has its tensor's element type and bytes.
    - graph_c4: the workspace is a memref<Nxi8>.
    ```mlir
    kernel.graph "precision f32; tensor x f32 2x3 3x1; tensor y f32 2x3 3x1; node relu x -> y"
        ins(%x : memref<2x3xf32>) outs(%y : memref<2x3xf32>)
    ```
  }];
  let arguments = (ins StrAttr:$graph, OptionalAttr<StrAttr>:$engine,
      Variadic<Kernel_Buffer>:$inputs, Variadic<Kernel_Buffer>:$outputs,
      Optional<Kernel_Buffer>:$workspace);
  let assemblyFormat = [{
    $graph (`engine` $engine^)? `ins` `(` $inputs `:` type($inputs) `)`
    `outs` `(` $outputs `:` type($outputs) `)`
    (`workspace` `(` $workspace^ `:` type($workspace) `)`)? attr-dict
  }];
  let extraClassDeclaration = [{
    /// The graph's description. \pre the op is verified
    ::netc::runtime::cuda::GraphSpec getSpec();
  }];
  let hasVerifier = 1;
}

def Kernel_LaunchOp : Kernel_Op<"launch", [
    DeclareOpInterfaceMethods<SymbolUserOpInterface>,
    DeclareOpInterfaceMethods<Kernel_WorkOpInterface>,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "one launch of a generated kernel";
  let description = [{
    `in_place` lists pairs [out, in] of operands: the kernel stays right when
    `out` is the same memory as `in`, which memory planning may then arrange.
    - launch_c1: the buffers have the types of the kernel's.
    - launch_c2: in each pair of `in_place` the kernel writes `out` and reads `in`.
    ```mlir
    kernel.launch @relu(%y, %x) {in_place = [[0, 1]]} : memref<64xf32>, memref<64xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<Kernel_Buffer>:$buffers,
      OptionalAttr<TypedArrayAttrBase<I64ArrayAttr, "pairs of operands">>:$in_place);
  let builders = [OpBuilder<(ins "FuncOp":$callee, "mlir::ValueRange":$buffers,
      CArg<"llvm::ArrayRef<std::pair<unsigned, unsigned>>", "{}">:$inPlace)>];
  let assemblyFormat = "$callee `(` $buffers `)` attr-dict `:` type($buffers)";
  let extraClassDeclaration = [{
    /// Pairs (out, in) of operands that may share memory.
    llvm::SmallVector<std::pair<unsigned, unsigned>> getInPlacePairs();
    FuncOp getKernel();
  }];
}

def Kernel_ReturnOp : Kernel_Op<"return", [Pure, Terminator,
    ParentOneOf<["ProgramOp", "FuncOp"]>]> {
  let summary = "the end of a program or a kernel";
  let assemblyFormat = "attr-dict";
}

#endif
