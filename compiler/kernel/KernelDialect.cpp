// The dialect itself and its attributes.
#include "compiler/kernel/KernelDialect.h"

#include "runtime/Error.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/CheckedArithmetic.h"

using namespace mlir;
using namespace netc;
using namespace netc::kernel;

#include "compiler/kernel/KernelDialect.cpp.inc"
#include "compiler/kernel/KernelInterfaces.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "compiler/kernel/KernelAttributes.cpp.inc"

void KernelDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "compiler/kernel/KernelAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "compiler/kernel/KernelOps.cpp.inc"
      >();
}

LogicalResult
KernelDialect::verifyOperationAttribute(Operation *op,
                                        NamedAttribute attribute) {
  StringRef name = attribute.getName();
  if (name == choiceAttrName) {
    if (isa<ChoiceAttr>(attribute.getValue()))
      return success();
    return op->emitOpError("`kernel.choice` must be a #kernel.choice, got ")
           << attribute.getValue();
  }
  if (name != targetAttrName && name != arenaBytesAttrName)
    return op->emitOpError("has an unknown attribute `") << name << "`";
  if (!isa<ModuleOp>(op))
    return op->emitOpError("has `") << name << "`, which belongs to a module";
  if (name == targetAttrName && !isa<CpuAttr, CudaAttr>(attribute.getValue()))
    return op->emitOpError(
               "`kernel.target` must be a target such as #kernel.cpu, got ")
           << attribute.getValue();
  auto bytes = dyn_cast<IntegerAttr>(attribute.getValue());
  if (name == arenaBytesAttrName && (!bytes || !bytes.getType().isInteger(64)))
    return op->emitOpError("`kernel.arena_bytes` must be an i64, got ")
           << attribute.getValue();
  return success();
}

// Buffers.

bool kernel::isBuffer(Type type) {
  auto memref = dyn_cast<MemRefType>(type);
  return memref && memref.hasStaticShape() && memref.getLayout().isIdentity() &&
         !memref.getMemorySpace() &&
         llvm::all_of(memref.getShape(), [](int64_t size) { return size > 0; });
}

std::optional<int64_t> kernel::getByteSize(MemRefType type) {
  std::optional<int64_t> bytes = type.getElementTypeBitWidth() / 8;
  for (int64_t size : type.getShape()) {
    bytes = llvm::checkedMul(*bytes, size);
    if (!bytes)
      return std::nullopt;
  }
  return bytes;
}

Value kernel::getBaseBuffer(Value buffer) {
  while (auto reshape = buffer.getDefiningOp<ReshapeOp>())
    buffer = reshape.getSource();
  return buffer;
}

CpuAttr kernel::getTarget(ModuleOp module) {
  return module->getAttrOfType<CpuAttr>(targetAttrName);
}

CudaAttr kernel::getCudaTarget(ModuleOp module) {
  return module->getAttrOfType<CudaAttr>(targetAttrName);
}

std::optional<int64_t> kernel::getArenaBytes(ModuleOp module) {
  auto bytes = module->getAttrOfType<IntegerAttr>(arenaBytesAttrName);
  return bytes ? std::optional(bytes.getInt()) : std::nullopt;
}

// Attributes.

LogicalResult CpuAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                              StringRef isa, int threads) {
  if (isa != "avx2" && isa != "avx512")
    return emitError() << "expected isa \"avx2\" or \"avx512\", got \"" << isa
                       << "\"";
  if (threads < 1)
    return emitError() << "expected at least one thread, got " << threads;
  return success();
}

LogicalResult CudaAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                               StringRef device, StringRef arch,
                               StringRef precision, StringRef description) {
  if (device.empty())
    return emitError() << "expected the name of a device";
  unsigned number = 0;
  StringRef digits = arch;
  if (!digits.consume_front("sm_") || digits.getAsInteger(10, number) ||
      number < 80)
    return emitError() << "expected sm_80 or later, got \"" << arch << "\"";
  if (precision != "f32" && precision != "tf32" && precision != "bf16")
    return emitError() << "expected precision \"f32\", \"tf32\" or \"bf16\", "
                          "got \""
                       << precision << "\"";
  return success();
}

static std::optional<runtime::ElementType> toRuntime(Type type) {
  if (type.isF32())
    return runtime::ElementType::F32;
  if (type.isBF16())
    return runtime::ElementType::BF16;
  if (type.isSignlessInteger(32))
    return runtime::ElementType::I32;
  if (type.isSignlessInteger(8))
    return runtime::ElementType::U8;
  if (type.isSignlessInteger(16))
    return runtime::ElementType::U16;
  return std::nullopt;
}

static Type toElementType(MLIRContext *context, runtime::ElementType type) {
  switch (type) {
  case runtime::ElementType::F32:
    return Float32Type::get(context);
  case runtime::ElementType::I32:
    return IntegerType::get(context, 32);
  case runtime::ElementType::U8:
    return IntegerType::get(context, 8);
  case runtime::ElementType::U16:
    return IntegerType::get(context, 16);
  case runtime::ElementType::BF16:
    return BFloat16Type::get(context);
  }
  llvm_unreachable("no such element type");
}

TensorAttr TensorAttr::get(MLIRContext *context,
                           const runtime::TensorType &type) {
  return get(context, type.shape, toElementType(context, type.element),
             type.layout);
}

runtime::TensorType TensorAttr::toRuntime() const {
  return {*::toRuntime(getElementType()), getShape().vec(), getLayout().str()};
}

MemRefType TensorAttr::getMemRefType() const {
  return MemRefType::get(runtime::physicalShape(toRuntime()), getElementType());
}

LogicalResult TensorAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 ArrayRef<int64_t> shape, Type elementType,
                                 StringRef layout) {
  std::optional<runtime::ElementType> element = ::toRuntime(elementType);
  if (!element)
    return emitError() << "expected elements of f32, bf16, i32, i16 or i8, got "
                       << elementType;
  if (llvm::any_of(shape, [](int64_t size) { return size < 1; }))
    return emitError() << "expected positive sizes, got [" << shape << "]";
  try {
    runtime::physicalShape({*element, shape.vec(), layout.str()});
  } catch (const Error &error) {
    return emitError() << error.what();
  }
  return success();
}

Attribute TensorAttr::parse(AsmParser &parser, Type) {
  SMLoc location = parser.getCurrentLocation();
  SmallVector<int64_t> shape;
  Type elementType;
  std::string layout;
  if (parser.parseLess() ||
      parser.parseDimensionList(shape, /*allowDynamic=*/false) ||
      parser.parseType(elementType) ||
      (succeeded(parser.parseOptionalComma()) && parser.parseString(&layout)) ||
      parser.parseGreater())
    return {};
  return parser.getChecked<TensorAttr>(location, parser.getContext(), shape,
                                       elementType, layout);
}

void TensorAttr::print(AsmPrinter &printer) const {
  printer << "<";
  printer.printDimensionList(getShape());
  if (!getShape().empty())
    printer << "x";
  printer << getElementType();
  if (!getLayout().empty())
    printer << ", \"" << getLayout() << "\"";
  printer << ">";
}
