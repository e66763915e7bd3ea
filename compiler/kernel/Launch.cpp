// The two launches: a primitive of the library and a generated kernel.
#include "compiler/kernel/KernelDialect.h"

#include "mlir/IR/BuiltinOps.h"

using namespace mlir;
using namespace netc;
using namespace netc::kernel;
namespace cpu = netc::runtime::cpu;

using cpu::isLibraryMemory;

static ParseResult parseComputation(OpAsmParser &parser,
                                    PropagationAttr &propagation,
                                    PrimitiveKindAttr &kind);
static void printComputation(OpAsmPrinter &printer, Operation *op,
                             PropagationAttr propagation,
                             PrimitiveKindAttr kind);
static ParseResult
parsePrimitiveBuffers(OpAsmParser &parser,
                      SmallVectorImpl<OpAsmParser::UnresolvedOperand> &buffers,
                      SmallVectorImpl<Type> &types, ArrayAttr &roles,
                      ArrayAttr &tensors);
static void printPrimitiveBuffers(OpAsmPrinter &printer, Operation *op,
                                  OperandRange buffers, TypeRange types,
                                  ArrayAttr roles, ArrayAttr tensors);

#define GET_OP_CLASSES
#include "compiler/kernel/KernelOps.cpp.inc"

static void
addEffects(WorkOpInterface work,
           SmallVectorImpl<MemoryEffects::EffectInstance> &effects) {
  for (OpOperand &operand : work->getOpOperands()) {
    if (work.readsOperand(operand.getOperandNumber()))
      effects.emplace_back(MemoryEffects::Read::get(), &operand);
    if (work.writesOperand(operand.getOperandNumber()))
      effects.emplace_back(MemoryEffects::Write::get(), &operand);
  }
}

// Primitives.

// forward convolution
static ParseResult parseComputation(OpAsmParser &parser,
                                    PropagationAttr &propagation,
                                    PrimitiveKindAttr &kind) {
  auto direction = parseKeyword<Propagation>(
      parser, "forward, backward_data or backward_weights");
  if (failed(direction))
    return failure();
  auto primitive =
      parseKeyword<PrimitiveKind>(parser, "the kind of a primitive");
  if (failed(primitive))
    return failure();
  propagation = PropagationAttr::get(parser.getContext(), *direction);
  kind = PrimitiveKindAttr::get(parser.getContext(), *primitive);
  return success();
}

static void printComputation(OpAsmPrinter &printer, Operation *,
                             PropagationAttr propagation,
                             PrimitiveKindAttr kind) {
  printer << keyword(propagation.getValue()) << " " << keyword(kind.getValue());
}

// (src %x : <2x1x28x28xf32>, workspace %w : memref<64xi8>)
static ParseResult
parsePrimitiveBuffers(OpAsmParser &parser,
                      SmallVectorImpl<OpAsmParser::UnresolvedOperand> &buffers,
                      SmallVectorImpl<Type> &types, ArrayAttr &roles,
                      ArrayAttr &tensors) {
  SmallVector<Attribute> roleList, tensorList;
  auto parseBuffer = [&]() -> ParseResult {
    auto role = parseKeyword<Role>(parser, "the role of a buffer");
    if (failed(role) || parser.parseOperand(buffers.emplace_back()) ||
        parser.parseColon())
      return failure();
    roleList.push_back(RoleAttr::get(parser.getContext(), *role));
    if (isLibraryMemory(*role))
      return parser.parseType(types.emplace_back());
    auto tensor = dyn_cast_or_null<TensorAttr>(TensorAttr::parse(parser, {}));
    if (!tensor)
      return failure();
    tensorList.push_back(tensor);
    types.push_back(tensor.getMemRefType());
    return success();
  };
  if (parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Paren,
                                     parseBuffer))
    return failure();
  roles = parser.getBuilder().getArrayAttr(roleList);
  tensors = parser.getBuilder().getArrayAttr(tensorList);
  return success();
}

static void printPrimitiveBuffers(OpAsmPrinter &printer, Operation *,
                                  OperandRange buffers, TypeRange types,
                                  ArrayAttr roles, ArrayAttr tensors) {
  auto tensor = tensors.getAsRange<TensorAttr>().begin();
  printer << "(";
  llvm::interleaveComma(llvm::zip(buffers, types, roles.getAsRange<RoleAttr>()),
                        printer, [&](auto entry) {
                          auto [buffer, type, role] = entry;
                          printer << keyword(role.getValue()) << " " << buffer
                                  << " : ";
                          if (isLibraryMemory(role.getValue()))
                            printer << type;
                          else
                            (*tensor++).print(printer);
                        });
  printer << ")";
}

void PrimitiveOp::build(OpBuilder &builder, OperationState &state,
                        const cpu::PrimitiveSpec &spec,
                        StringRef implementation, ArrayRef<Role> roles,
                        ValueRange buffers) {
  MLIRContext *context = builder.getContext();
  SmallVector<Attribute> roleList, tensorList;
  for (Role role : roles) {
    roleList.push_back(RoleAttr::get(context, role));
    if (isLibraryMemory(role))
      continue;
    auto tensor = llvm::find_if(
        spec.tensors, [&](auto &entry) { return entry.first == role; });
    assert(tensor != spec.tensors.end() &&
           "an operand whose role the primitive does not have");
    tensorList.push_back(TensorAttr::get(context, tensor->second));
  }
  state.addOperands(buffers);
  auto &properties = state.getOrAddProperties<Properties>();
  properties.propagation = PropagationAttr::get(context, spec.propagation);
  properties.kind = PrimitiveKindAttr::get(context, spec.kind);
  properties.implementation = builder.getStringAttr(implementation);
  properties.roles = builder.getArrayAttr(roleList);
  properties.tensors = builder.getArrayAttr(tensorList);
  properties.window = builder.getDenseI64ArrayAttr(spec.window);
  properties.stride = builder.getDenseI64ArrayAttr(spec.stride);
  properties.dilation = builder.getDenseI64ArrayAttr(spec.dilation);
  properties.padding = builder.getDenseI64ArrayAttr(spec.padding);
  if (spec.relu)
    properties.relu = builder.getUnitAttr();
  if (cpu::isNormalization(spec.kind))
    properties.epsilon = builder.getF64FloatAttr(spec.epsilon);
  if (spec.givenStatistics)
    properties.given_statistics = builder.getUnitAttr();
}

cpu::PrimitiveSpec PrimitiveOp::getSpec() {
  cpu::PrimitiveSpec spec;
  spec.kind = getKind();
  spec.propagation = getPropagation();
  auto tensor = getTensors().getAsRange<TensorAttr>().begin();
  for (auto role : getRoles().getAsRange<RoleAttr>())
    if (!isLibraryMemory(role.getValue()))
      spec.tensors.emplace_back(role.getValue(), (*tensor++).toRuntime());
  spec.window = getWindow().vec();
  spec.stride = getStride().vec();
  spec.dilation = getDilation().vec();
  spec.padding = getPadding().vec();
  spec.relu = getRelu();
  if (auto epsilon = getEpsilon())
    spec.epsilon = epsilon->convertToDouble();
  spec.givenStatistics = getGivenStatistics();
  return spec;
}

Role PrimitiveOp::getRole(unsigned operand) {
  return cast<RoleAttr>(getRoles()[operand]).getValue();
}

int64_t PrimitiveOp::getBytes(Role role) {
  for (auto [index, buffer] : llvm::enumerate(getBuffers()))
    if (getRole(index) == role)
      return *getByteSize(cast<MemRefType>(buffer.getType()));
  return 0;
}

bool PrimitiveOp::writesOperand(unsigned index) {
  const cpu::PrimitiveRoles *roles =
      cpu::findRoles(getKind(), getPropagation());
  return roles && roles->writes(getRole(index), getGivenStatistics());
}

bool PrimitiveOp::readsOperand(unsigned index) { return !writesOperand(index); }

void PrimitiveOp::getEffects(
    SmallVectorImpl<MemoryEffects::EffectInstance> &effects) {
  addEffects(*this, effects);
}

// primitive_c1 and primitive_c6
static LogicalResult verifyRoles(PrimitiveOp op) {
  if (op.getRoles().size() != op.getBuffers().size())
    return op.emitOpError("has ") << op.getBuffers().size() << " buffers, but "
                                  << op.getRoles().size() << " roles";
  cpu::RoleSet given;
  for (auto role : op.getRoles().getAsRange<RoleAttr>()) {
    if (given.contains(role.getValue()))
      return op.emitOpError("has two buffers for ") << keyword(role.getValue());
    given.insert(role.getValue());
  }
  const cpu::PrimitiveRoles *roles =
      cpu::findRoles(op.getKind(), op.getPropagation());
  if (!roles)
    return op.emitOpError("there is no ")
           << keyword(op.getPropagation()) << " of " << keyword(op.getKind());
  for (Role role : runtime::valuesOf<Role>) {
    if (!given.contains(role) && roles->needs(role, op.getRelu(), given))
      return op.emitOpError("needs a buffer for ") << keyword(role);
    if (given.contains(role) && !roles->takes(role, op.getRelu(), given))
      return op.emitOpError("takes no buffer for ") << keyword(role);
  }
  if (op.getRelu() && !roles->fusesRelu) // primitive_c6
    return op.emitOpError("cannot fuse a ReLU: only a forward convolution or "
                          "inner product and a batch normalization can");
  return success();
}

LogicalResult PrimitiveOp::verify() {
  if (failed(verifyRoles(*this)))
    return failure();
  size_t tensors =
      llvm::count_if(getRoles().getAsRange<RoleAttr>(), [](RoleAttr role) {
        return !isLibraryMemory(role.getValue());
      });
  if (getTensors().size() != tensors) // primitive_c2
    return emitOpError("has ") << getTensors().size() << " tensors, but "
                               << tensors << " buffers that hold one";
  auto tensor = getTensors().getAsRange<TensorAttr>().begin();
  for (auto [role, value] :
       llvm::zip(getRoles().getAsRange<RoleAttr>(), getBuffers())) {
    auto buffer = cast<MemRefType>(value.getType());
    StringRef name = keyword(role.getValue());
    if (isLibraryMemory(role.getValue())) { // primitive_c4
      if (buffer.getRank() != 1 || !buffer.getElementType().isInteger(8))
        return emitOpError("expected a memref<Nxi8> for ")
               << name << ", got " << buffer;
      continue;
    }
    TensorAttr attribute = *tensor++;
    if (attribute.getMemRefType() != buffer) // primitive_c3
      return emitOpError("has a buffer ")
             << buffer << " for " << name << ", but its tensor lies in "
             << attribute.getMemRefType();
  }
  for (auto [name, sizes] :
       {std::pair("window", getWindow()), std::pair("stride", getStride()),
        std::pair("dilation", getDilation()),
        std::pair("padding", getPadding())}) // primitive_c5
    if (!sizes.empty() && (sizes.size() != 2 || sizes[0] < 0 || sizes[1] < 0))
      return emitOpError("expected two sizes for `")
             << name << "`, got [" << sizes << "]";
  if ((getEpsilon() || getGivenStatistics()) &&
      !cpu::isNormalization(getKind())) // primitive_c7
    return emitOpError("has the epsilon or statistics of a normalization");
  return success();
}

// Generated kernels.

void LaunchOp::build(OpBuilder &builder, OperationState &state, FuncOp callee,
                     ValueRange buffers,
                     ArrayRef<std::pair<unsigned, unsigned>> inPlace) {
  SmallVector<Attribute> pairs;
  for (auto [out, in] : inPlace)
    pairs.push_back(builder.getI64ArrayAttr({int64_t(out), int64_t(in)}));
  build(builder, state, FlatSymbolRefAttr::get(callee), buffers,
        builder.getDenseI64ArrayAttr({}),
        pairs.empty() ? ArrayAttr() : builder.getArrayAttr(pairs));
}

// Kernels stand at the end of a module, behind globals and programs, which a
// large network has thousands of: a search from the front would make every
// walk over launches quadratic.
FuncOp LaunchOp::getKernel() {
  StringAttr name = getCalleeAttr().getAttr();
  auto module = (*this)->getParentOfType<ModuleOp>();
  if (!module)
    return nullptr;
  for (Operation &op : llvm::reverse(*module.getBody()))
    if (auto func = dyn_cast<FuncOp>(op); func && func.getSymNameAttr() == name)
      return func;
  return nullptr;
}

SmallVector<std::pair<unsigned, unsigned>> LaunchOp::getInPlacePairs() {
  SmallVector<std::pair<unsigned, unsigned>> pairs;
  if (ArrayAttr inPlace = getInPlaceAttr())
    for (auto pair : inPlace.getAsRange<ArrayAttr>())
      pairs.emplace_back(cast<IntegerAttr>(pair[0]).getInt(),
                         cast<IntegerAttr>(pair[1]).getInt());
  return pairs;
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto callee = symbols.lookupNearestSymbolFrom<FuncOp>(*this, getCalleeAttr());
  if (!callee)
    return emitOpError("`@")
           << getCallee() << "` is not a kernel of this module";
  auto explain = [&](InFlightDiagnostic &diagnostic) -> LogicalResult {
    diagnostic.attachNote(callee.getLoc()) << "the kernel is declared here";
    return failure();
  };
  if (callee.getArgumentTypes().size() < 2 ||
      callee.getAccess().size() != callee.getBuffers().size())
    return success(); // the kernel's verifier has said so
  ArrayRef<Type> types =
      callee.getArgumentTypes().take_front(callee.getBuffers().size());
  if (types.size() != getBuffers().size()) { // launch_c1
    InFlightDiagnostic diagnostic = emitOpError("has ")
                                    << getBuffers().size()
                                    << " buffers, but the kernel takes "
                                    << types.size();
    return explain(diagnostic);
  }
  auto fits = [](Type given, Type taken) {
    return isOpenBuffer(taken) ? cast<MemRefType>(given).getElementType() ==
                                     cast<MemRefType>(taken).getElementType()
                               : given == taken;
  };
  for (auto [index, buffer] : llvm::enumerate(getBuffers()))
    if (!fits(buffer.getType(), types[index])) {
      InFlightDiagnostic diagnostic =
          emitOpError("has ") << buffer.getType() << " as buffer " << index
                              << ", but the kernel takes " << types[index];
      return explain(diagnostic);
    }
  if (getWords().size() != callee.getWords().size()) {
    InFlightDiagnostic diagnostic = emitOpError("has ")
                                    << getWords().size()
                                    << " words, but the kernel takes "
                                    << callee.getWords().size();
    return explain(diagnostic);
  }
  if (ArrayAttr inPlace = getInPlaceAttr()) // launch_c2
    for (auto pair : inPlace.getAsRange<ArrayAttr>())
      if (pair.size() != 2)
        return emitOpError("expected pairs [out, in] in `in_place`, got ")
               << pair;
  for (auto [out, in] : getInPlacePairs()) {
    if (out >= types.size() || in >= types.size() || out == in)
      return emitOpError("`in_place` [")
             << out << ", " << in << "] does not name two of its "
             << types.size() << " buffers";
    if (!callee.writesBuffer(out) || callee.readsBuffer(out) ||
        !callee.readsBuffer(in)) {
      InFlightDiagnostic diagnostic = emitOpError("`in_place` [")
                                      << out << ", " << in
                                      << "] needs a buffer that the kernel "
                                         "only writes and one that it reads";
      return explain(diagnostic);
    }
  }
  return success();
}

// Asked of unverified ops too, by printers and folders: then it may be
// anything.
bool LaunchOp::readsOperand(unsigned index) {
  FuncOp kernel = getKernel();
  return !kernel || kernel.readsBuffer(index);
}
bool LaunchOp::writesOperand(unsigned index) {
  FuncOp kernel = getKernel();
  return !kernel || kernel.writesBuffer(index);
}

void LaunchOp::getEffects(
    SmallVectorImpl<MemoryEffects::EffectInstance> &effects) {
  addEffects(*this, effects);
}
