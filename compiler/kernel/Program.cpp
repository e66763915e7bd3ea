// Globals, programs, kernels, and the buffers of programs.
#include "compiler/kernel/KernelDialect.h"
#include "runtime/Contract.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/FunctionImplementation.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace netc;
using namespace netc::kernel;

static bool isOffset(int64_t offset) {
  return offset >= 0 && offset % runtime::arenaAlignment == 0;
}

// Globals.

void GlobalOp::build(OpBuilder &builder, OperationState &state, StringRef name,
                     TensorAttr tensor, StringRef kind,
                     ArrayRef<int64_t> fileShape) {
  build(builder, state, builder.getStringAttr(name),
        TypeAttr::get(tensor.getMemRefType()), tensor,
        builder.getStringAttr(kind),
        fileShape.empty() ? DenseI64ArrayAttr()
                          : builder.getDenseI64ArrayAttr(fileShape),
        IntegerAttr());
}

LogicalResult GlobalOp::verify() {
  if (getKind() != "parameter" && getKind() != "statistic" &&
      getKind() != "state" && getKind() != "dataset")
    return emitOpError("expected kind \"parameter\", \"statistic\", \"state\" "
                       "or \"dataset\", got \"")
           << getKind() << "\"";
  if (MemRefType expected = getTensor().getMemRefType();
      expected != getType()) // global_c1
    return emitOpError("has a buffer ")
           << getType() << ", but its tensor lies in " << expected;
  if (auto fileShape = getFileShape()) {
    int64_t inFile = ShapedType::getNumElements(*fileShape);
    int64_t inTensor = ShapedType::getNumElements(getTensor().getShape());
    if (inFile != inTensor)
      return emitOpError("has a file_shape of ")
             << inFile << " elements, but " << inTensor << " in its tensor";
  }
  if (getOffset() && !isOffset(*getOffset()))
    return emitOpError("has an offset that is not a multiple of ")
           << runtime::arenaAlignment;
  return success();
}

void GetGlobalOp::build(OpBuilder &builder, OperationState &state,
                        GlobalOp global) {
  build(builder, state, global.getType(), global.getSymName());
}

LogicalResult GetGlobalOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto global =
      symbols.lookupNearestSymbolFrom<GlobalOp>(*this, getGlobalAttr());
  if (!global)
    return emitOpError("`@")
           << getGlobal() << "` is not a global of this module";
  if (global.getType() != getBuffer().getType()) {
    InFlightDiagnostic diagnostic =
        emitOpError("has the type ")
        << getBuffer().getType() << ", but the global is " << global.getType();
    diagnostic.attachNote(global.getLoc()) << "declared here";
    return diagnostic;
  }
  return success();
}

void GetGlobalOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getBuffer(), getGlobal());
}

// Programs.

static ParseResult parseFunction(OpAsmParser &parser, OperationState &result,
                                 StringAttr typeName, StringAttr argumentsName,
                                 StringAttr resultsName) {
  auto makeType = [](Builder &builder, ArrayRef<Type> inputs,
                     ArrayRef<Type> results,
                     function_interface_impl::VariadicFlag, std::string &) {
    return builder.getFunctionType(inputs, results);
  };
  return function_interface_impl::parseFunctionOp(
      parser, result, /*allowVariadic=*/false, typeName, makeType,
      argumentsName, resultsName);
}

void ProgramOp::build(OpBuilder &builder, OperationState &state, StringRef name,
                      ArrayRef<Type> buffers, int64_t batch,
                      ArrayRef<DictionaryAttr> attributes) {
  state.addAttribute(getSymNameAttrName(state.name),
                     builder.getStringAttr(name));
  state.addAttribute(getFunctionTypeAttrName(state.name),
                     TypeAttr::get(builder.getFunctionType(buffers, {})));
  state.addAttribute(getBatchAttrName(state.name),
                     builder.getI64IntegerAttr(batch));
  if (!attributes.empty())
    function_interface_impl::addArgAndResultAttrs(
        builder, state, attributes, {}, getArgAttrsAttrName(state.name),
        getResAttrsAttrName(state.name));
  Block &block = state.addRegion()->emplaceBlock();
  for (Type buffer : buffers)
    block.addArgument(buffer, state.location);
}

ParseResult ProgramOp::parse(OpAsmParser &parser, OperationState &result) {
  return parseFunction(parser, result, getFunctionTypeAttrName(result.name),
                       getArgAttrsAttrName(result.name),
                       getResAttrsAttrName(result.name));
}

void ProgramOp::print(OpAsmPrinter &printer) {
  function_interface_impl::printFunctionOp(
      printer, *this, /*isVariadic=*/false, getFunctionTypeAttrName(),
      getArgAttrsAttrName(), getResAttrsAttrName());
}

LogicalResult ProgramOp::verify() {
  if (getNumResults()) // program_c1
    return emitOpError("must have no results; outputs are arguments");
  if (int64_t batch = getBatch(); batch < 1)
    return emitOpError("expected a positive batch, got ") << batch;
  llvm::StringSet<> names;
  for (auto [index, type] : llvm::enumerate(getArgumentTypes())) {
    if (!isBuffer(type)) // program_c2
      return emitOpError("argument ")
             << index << " is not a buffer, but " << type;
    auto name = getArgAttrOfType<StringAttr>(index, argumentNameAttrName);
    if (!name || name.empty())
      return emitOpError("argument ") << index << " has no `kernel.name`";
    if (!names.insert(name).second)
      return emitOpError("has two arguments named ") << name;
    auto role = getArgAttrOfType<StringAttr>(index, argumentRoleAttrName);
    if (!role || (role.getValue() != "input" && role.getValue() != "output"))
      return emitOpError("argument ")
             << name << " needs a `kernel.role`, \"input\" or \"output\"";
    if (Attribute attribute =
            getArgAttr(index, argumentTensorAttrName)) { // program_c3
      auto tensor = dyn_cast<TensorAttr>(attribute);
      if (!tensor || tensor.getMemRefType() != type)
        return emitOpError("argument ")
               << name << " is " << type << ", which does not hold "
               << attribute;
    }
    if (Attribute attribute = getArgAttr(index, argumentOffsetAttrName)) {
      auto offset = dyn_cast<IntegerAttr>(attribute);
      if (!offset || !offset.getType().isInteger(64) ||
          !isOffset(offset.getInt()))
        return emitOpError("argument ")
               << name << " has an offset that is not a multiple of "
               << runtime::arenaAlignment;
    }
  }
  return success();
}

LogicalResult ProgramOp::verifyRegions() {
  for (Operation &op : getBody().front())
    if (!isa<GetGlobalOp, AllocOp, SliceOp, ReshapeOp, ReturnOp,
             WorkOpInterface>(op)) { // program_c4
      InFlightDiagnostic diagnostic = op.emitOpError(
          "is not a launch nor a buffer: a program holds nothing else");
      diagnostic.attachNote(getLoc()) << "in this program";
      return diagnostic;
    }
  return success();
}

void ProgramOp::getAsmBlockArgumentNames(Region &,
                                         OpAsmSetValueNameFn setName) {
  for (BlockArgument argument : getArguments())
    if (auto name = getArgAttrOfType<StringAttr>(argument.getArgNumber(),
                                                 argumentNameAttrName))
      setName(argument, name);
}

DictionaryAttr ProgramOp::makeArgumentAttributes(MLIRContext *context,
                                                 StringRef name, bool isInput,
                                                 TensorAttr tensor) {
  NamedAttrList attributes;
  attributes.append(argumentNameAttrName, StringAttr::get(context, name));
  attributes.append(argumentRoleAttrName,
                    StringAttr::get(context, isInput ? "input" : "output"));
  if (tensor)
    attributes.append(argumentTensorAttrName, tensor);
  return attributes.getDictionary(context);
}

StringRef ProgramOp::getArgumentName(unsigned index) {
  return getArgAttrOfType<StringAttr>(index, argumentNameAttrName).getValue();
}

bool ProgramOp::isInput(unsigned index) {
  return getArgAttrOfType<StringAttr>(index, argumentRoleAttrName).getValue() ==
         "input";
}

TensorAttr ProgramOp::getArgumentTensor(unsigned index) {
  if (auto tensor = getArgAttrOfType<TensorAttr>(index, argumentTensorAttrName))
    return tensor;
  auto buffer = cast<MemRefType>(getArgumentTypes()[index]);
  return TensorAttr::get(getContext(), buffer.getShape(),
                         buffer.getElementType(), "");
}

std::optional<int64_t> ProgramOp::getArgumentOffset(unsigned index) {
  auto offset = getArgAttrOfType<IntegerAttr>(index, argumentOffsetAttrName);
  return offset ? std::optional(offset.getInt()) : std::nullopt;
}

void ProgramOp::setArgumentOffset(unsigned index, int64_t offset) {
  setArgAttr(index, argumentOffsetAttrName,
             Builder(getContext()).getI64IntegerAttr(offset));
}

// Kernels.

void FuncOp::build(OpBuilder &builder, OperationState &state, StringRef name,
                   ArrayRef<Type> buffers, ArrayRef<StringRef> access,
                   bool serial) {
  SmallVector<Type> types(buffers);
  types.append(2, builder.getIndexType());
  state.addAttribute(getSymNameAttrName(state.name),
                     builder.getStringAttr(name));
  state.addAttribute(getFunctionTypeAttrName(state.name),
                     TypeAttr::get(builder.getFunctionType(types, {})));
  state.addAttribute(getAccessAttrName(state.name),
                     builder.getStrArrayAttr(access));
  if (serial)
    state.addAttribute(getSerialAttrName(state.name), builder.getUnitAttr());
  Block &block = state.addRegion()->emplaceBlock();
  for (Type type : types)
    block.addArgument(type, state.location);
}

ParseResult FuncOp::parse(OpAsmParser &parser, OperationState &result) {
  return parseFunction(parser, result, getFunctionTypeAttrName(result.name),
                       getArgAttrsAttrName(result.name),
                       getResAttrsAttrName(result.name));
}

void FuncOp::print(OpAsmPrinter &printer) {
  function_interface_impl::printFunctionOp(
      printer, *this, /*isVariadic=*/false, getFunctionTypeAttrName(),
      getArgAttrsAttrName(), getResAttrsAttrName());
}

void FuncOp::getAsmBlockArgumentNames(Region &, OpAsmSetValueNameFn setName) {
  if (getNumArguments() < 2)
    return;
  setName(getPart(), "part");
  setName(getParts(), "parts");
}

static bool isSymbolSafe(StringRef name) {
  return !name.empty() && llvm::isAlpha(name[0]) &&
         llvm::all_of(name, [](char c) {
           return llvm::isAlnum(c) || c == '_' || c == '.';
         });
}

LogicalResult FuncOp::verify() {
  if (!isSymbolSafe(getSymName())) // func_c3
    return emitOpError("must have a name of letters, digits, `_` and `.` that "
                       "begins with a letter");
  ArrayRef<Type> types = getArgumentTypes();
  if (getNumResults() || types.size() < 2 || !types.back().isIndex() ||
      !types.drop_back().back().isIndex()) // func_c1
    return emitOpError(
        "must have buffers, then words, then %part: index and %parts: index, "
        "as its arguments, and no results");
  size_t buffers = getBuffers().size();
  for (auto [index, type] : llvm::enumerate(types.drop_back(2)))
    if (index < buffers ? !isBuffer(type) && !isOpenBuffer(type)
                        : !type.isInteger(64))
      return emitOpError("argument ")
             << index << " is not a buffer, nor a word behind those, but "
             << type;
  if (getAccess().size() != buffers) // func_c2
    return emitOpError("has ") << buffers << " buffers, but `access` has "
                               << getAccess().size() << " entries";
  for (auto access : getAccess().getAsRange<StringAttr>())
    if (access != "read" && access != "write" && access != "readwrite")
      return emitOpError("expected \"read\", \"write\" or \"readwrite\" in "
                         "`access`, got ")
             << access;
  return success();
}

LogicalResult FuncOp::verifyRegions() {
  for (Block &block : getBody())
    if (block.empty() || !block.back().hasTrait<OpTrait::IsTerminator>())
      return emitOpError("has a block without a terminator");
  return success();
}

MutableArrayRef<BlockArgument> FuncOp::getBuffers() {
  MutableArrayRef<BlockArgument> given = getArguments().drop_back(2);
  auto isMemory = [](BlockArgument argument) {
    return isa<MemRefType>(argument.getType());
  };
  return given.take_while(isMemory);
}

MutableArrayRef<BlockArgument> FuncOp::getWords() {
  return getArguments().drop_back(2).drop_front(getBuffers().size());
}

static StringRef accessOf(FuncOp op, unsigned index) {
  return cast<StringAttr>(op.getAccess()[index]).getValue();
}
bool FuncOp::readsBuffer(unsigned index) {
  return accessOf(*this, index) != "write";
}
bool FuncOp::writesBuffer(unsigned index) {
  return accessOf(*this, index) != "read";
}

// Buffers of programs.

void AllocOp::getEffects(
    SmallVectorImpl<MemoryEffects::EffectInstance> &effects) {
  effects.emplace_back(MemoryEffects::Allocate::get(),
                       getOperation()->getResult(0),
                       SideEffects::DefaultResource::get());
}

LogicalResult SliceOp::verify() {
  if (!isOffset(getOffset()))
    return emitOpError("has an offset that is not a multiple of ")
           << runtime::arenaAlignment;
  return success();
}

Value ReshapeOp::getViewSource() { return getSource(); }

LogicalResult ReshapeOp::verify() {
  MemRefType from = getSource().getType(), to = getBuffer().getType();
  if (from.getElementType() != to.getElementType() ||
      from.getNumElements() != to.getNumElements()) // reshape_c1
    return emitOpError("cannot view ") << from << " as " << to;
  return success();
}
