// The two launches: a primitive of the library and a generated kernel.
#include "compiler/kernel/KernelDialect.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SmallBitVector.h"

using namespace mlir;
using namespace netc;
using namespace netc::kernel;
namespace cpu = netc::runtime::cpu;

static_assert(int(PrimitiveKind::LayerNormalization) ==
                  int(cpu::PrimitiveKind::LayerNormalization) &&
              int(Propagation::BackwardWeights) ==
                  int(cpu::Propagation::BackwardWeights) &&
              int(Role::BiasGradient) == int(cpu::Role::BiasGradient));

static bool isLibraryMemory(Role role) {
  return role == Role::Workspace || role == Role::Scratchpad;
}

static bool isNormalization(PrimitiveKind kind) {
  return kind == PrimitiveKind::BatchNormalization ||
         kind == PrimitiveKind::LayerNormalization;
}

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

// One of an enumeration's keywords, else an error that says what was expected.
template <typename Enum>
static ParseResult parseEnum(OpAsmParser &parser, Enum &value,
                             StringRef expected,
                             std::optional<Enum> (*symbolize)(StringRef)) {
  SMLoc location = parser.getCurrentLocation();
  StringRef keyword;
  if (parser.parseKeyword(&keyword))
    return failure();
  std::optional<Enum> symbol = symbolize(keyword);
  if (!symbol)
    return parser.emitError(location, "expected ")
           << expected << ", got `" << keyword << "`";
  value = *symbol;
  return success();
}

// forward convolution
static ParseResult parseComputation(OpAsmParser &parser,
                                    PropagationAttr &propagation,
                                    PrimitiveKindAttr &kind) {
  Propagation direction{};
  PrimitiveKind primitive{};
  if (parseEnum(parser, direction, "forward, backward_data or backward_weights",
                symbolizePropagation) ||
      parseEnum(parser, primitive, "the kind of a primitive",
                symbolizePrimitiveKind))
    return failure();
  propagation = PropagationAttr::get(parser.getContext(), direction);
  kind = PrimitiveKindAttr::get(parser.getContext(), primitive);
  return success();
}

static void printComputation(OpAsmPrinter &printer, Operation *,
                             PropagationAttr propagation,
                             PrimitiveKindAttr kind) {
  printer << stringifyPropagation(propagation.getValue()) << " "
          << stringifyPrimitiveKind(kind.getValue());
}

// (src %x : <2x1x28x28xf32>, workspace %w : memref<64xi8>)
static ParseResult
parsePrimitiveBuffers(OpAsmParser &parser,
                      SmallVectorImpl<OpAsmParser::UnresolvedOperand> &buffers,
                      SmallVectorImpl<Type> &types, ArrayAttr &roles,
                      ArrayAttr &tensors) {
  SmallVector<Attribute> roleList, tensorList;
  auto parseBuffer = [&]() -> ParseResult {
    Role role{};
    if (parseEnum(parser, role, "the role of a buffer", symbolizeRole) ||
        parser.parseOperand(buffers.emplace_back()) || parser.parseColon())
      return failure();
    roleList.push_back(RoleAttr::get(parser.getContext(), role));
    if (isLibraryMemory(role))
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
                          printer << stringifyRole(role.getValue()) << " "
                                  << buffer << " : ";
                          if (isLibraryMemory(role.getValue()))
                            printer << type;
                          else
                            (*tensor++).print(printer);
                        });
  printer << ")";
}

void PrimitiveOp::build(OpBuilder &builder, OperationState &state,
                        const cpu::PrimitiveSpec &spec,
                        StringRef implementation, ArrayRef<cpu::Role> roles,
                        ValueRange buffers) {
  MLIRContext *context = builder.getContext();
  SmallVector<Attribute> roleList, tensorList;
  for (cpu::Role role : roles) {
    roleList.push_back(RoleAttr::get(context, Role(role)));
    if (isLibraryMemory(Role(role)))
      continue;
    auto tensor = llvm::find_if(
        spec.tensors, [&](auto &entry) { return entry.first == role; });
    assert(tensor != spec.tensors.end() &&
           "an operand whose role the primitive does not have");
    tensorList.push_back(TensorAttr::get(context, tensor->second));
  }
  state.addOperands(buffers);
  auto &properties = state.getOrAddProperties<Properties>();
  properties.propagation =
      PropagationAttr::get(context, Propagation(spec.propagation));
  properties.kind = PrimitiveKindAttr::get(context, PrimitiveKind(spec.kind));
  properties.implementation = builder.getStringAttr(implementation);
  properties.roles = builder.getArrayAttr(roleList);
  properties.tensors = builder.getArrayAttr(tensorList);
  properties.window = builder.getDenseI64ArrayAttr(spec.window);
  properties.stride = builder.getDenseI64ArrayAttr(spec.stride);
  properties.dilation = builder.getDenseI64ArrayAttr(spec.dilation);
  properties.padding = builder.getDenseI64ArrayAttr(spec.padding);
  if (spec.relu)
    properties.relu = builder.getUnitAttr();
  if (isNormalization(PrimitiveKind(spec.kind)))
    properties.epsilon = builder.getF64FloatAttr(spec.epsilon);
  if (spec.givenStatistics)
    properties.given_statistics = builder.getUnitAttr();
}

cpu::PrimitiveSpec PrimitiveOp::getSpec() {
  cpu::PrimitiveSpec spec;
  spec.kind = cpu::PrimitiveKind(getKind());
  spec.propagation = cpu::Propagation(getPropagation());
  auto tensor = getTensors().getAsRange<TensorAttr>().begin();
  for (auto role : getRoles().getAsRange<RoleAttr>())
    if (!isLibraryMemory(role.getValue()))
      spec.tensors.emplace_back(cpu::Role(role.getValue()),
                                (*tensor++).toRuntime());
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

static Role roleOf(PrimitiveOp op, unsigned operand) {
  return cast<RoleAttr>(op.getRoles()[operand]).getValue();
}

cpu::Role PrimitiveOp::getRole(unsigned operand) {
  return cpu::Role(roleOf(*this, operand));
}

int64_t PrimitiveOp::getBytes(cpu::Role role) {
  for (auto [index, buffer] : llvm::enumerate(getBuffers()))
    if (getRole(index) == role)
      return *getByteSize(cast<MemRefType>(buffer.getType()));
  return 0;
}

bool PrimitiveOp::writesOperand(unsigned index) {
  bool isForward = getPropagation() == Propagation::Forward;
  switch (roleOf(*this, index)) {
  case Role::Src:
    return getPropagation() == Propagation::BackwardData &&
           !isNormalization(getKind());
  case Role::Weights:
  case Role::Bias:
    return getPropagation() == Propagation::BackwardWeights;
  case Role::Dst:
  case Role::Workspace:
    return isForward;
  case Role::Mean:
  case Role::Variance:
    return isForward && !getGivenStatistics();
  case Role::Scratchpad:
  case Role::SrcGradient:
  case Role::WeightsGradient:
  case Role::BiasGradient:
    return true;
  }
  llvm_unreachable("no such role");
}

bool PrimitiveOp::readsOperand(unsigned index) { return !writesOperand(index); }

void PrimitiveOp::getEffects(
    SmallVectorImpl<MemoryEffects::EffectInstance> &effects) {
  addEffects(*this, effects);
}

// primitive_c1
static LogicalResult verifyRoles(PrimitiveOp op) {
  if (op.getRoles().size() != op.getBuffers().size())
    return op.emitOpError("has ") << op.getBuffers().size() << " buffers, but "
                                  << op.getRoles().size() << " roles";
  llvm::SmallBitVector present(cpu::roleCount);
  for (auto role : op.getRoles().getAsRange<RoleAttr>()) {
    if (present.test(int(role.getValue())))
      return op.emitOpError("has two buffers for ")
             << stringifyRole(role.getValue());
    present.set(int(role.getValue()));
  }
  bool isForward = op.getPropagation() == Propagation::Forward;
  bool ofWeights = op.getPropagation() == Propagation::BackwardWeights;
  bool hasWeights = op.getKind() == PrimitiveKind::Convolution ||
                    op.getKind() == PrimitiveKind::Deconvolution ||
                    op.getKind() == PrimitiveKind::InnerProduct;
  bool isMaxPooling = op.getKind() == PrimitiveKind::MaxPooling;
  if ((op.getKind() == PrimitiveKind::Reorder && !isForward) ||
      (ofWeights && !hasWeights))
    return op.emitOpError("there is no ")
           << stringifyPropagation(op.getPropagation()) << " of "
           << stringifyPrimitiveKind(op.getKind());
  auto check = [&](Role role, bool required, bool allowed) -> LogicalResult {
    if (required && !present.test(int(role)))
      return op.emitOpError("needs a buffer for ") << stringifyRole(role);
    if (!allowed && present.test(int(role)))
      return op.emitOpError("takes no buffer for ") << stringifyRole(role);
    return success();
  };
  bool normalizes = isNormalization(op.getKind());
  bool normalizesBack = normalizes && !isForward;
  bool hasMask =
      op.getKind() == PrimitiveKind::BatchNormalization && op.getRelu();
  return success(
      succeeded(check(Role::Src, true, true)) &&
      succeeded(check(Role::Dst, true, true)) &&
      succeeded(check(Role::Weights, hasWeights, hasWeights || normalizes)) &&
      succeeded(
          check(Role::Bias, false,
                (hasWeights || normalizes) && (isForward || ofWeights))) &&
      succeeded(check(Role::Workspace, (isMaxPooling && !isForward) || hasMask,
                      isMaxPooling || hasMask)) &&
      succeeded(check(Role::Mean, normalizes, normalizes)) &&
      succeeded(check(Role::Variance, normalizes, normalizes)) &&
      succeeded(check(Role::SrcGradient, normalizesBack, normalizesBack)) &&
      succeeded(check(Role::WeightsGradient,
                      normalizesBack && present.test(int(Role::Weights)),
                      normalizesBack && present.test(int(Role::Weights)))) &&
      succeeded(check(Role::BiasGradient, false, normalizesBack)));
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
    StringRef name = stringifyRole(role.getValue());
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
  if (getRelu() &&
      (getPropagation() != Propagation::Forward ||
       (getKind() != PrimitiveKind::Convolution &&
        getKind() != PrimitiveKind::InnerProduct)) &&
      getKind() != PrimitiveKind::BatchNormalization) // primitive_c6
    return emitOpError("cannot fuse a ReLU: only a forward convolution or "
                       "inner product and a batch normalization can");
  if ((getEpsilon() || getGivenStatistics()) &&
      !isNormalization(getKind())) // primitive_c7
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
        pairs.empty() ? ArrayAttr() : builder.getArrayAttr(pairs));
}

FuncOp LaunchOp::getKernel() {
  return SymbolTable::lookupNearestSymbolFrom<FuncOp>(*this, getCalleeAttr());
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
  ArrayRef<Type> types = callee.getArgumentTypes();
  if (types.size() < 2 || callee.getAccess().size() != types.size() - 2)
    return success(); // the kernel's verifier has said so
  types = types.drop_back(2);
  if (types.size() != getBuffers().size()) { // launch_c1
    InFlightDiagnostic diagnostic = emitOpError("has ")
                                    << getBuffers().size()
                                    << " buffers, but the kernel takes "
                                    << types.size();
    return explain(diagnostic);
  }
  for (auto [index, buffer] : llvm::enumerate(getBuffers()))
    if (buffer.getType() != types[index]) {
      InFlightDiagnostic diagnostic =
          emitOpError("has ") << buffer.getType() << " as buffer " << index
                              << ", but the kernel takes " << types[index];
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
