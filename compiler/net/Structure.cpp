// net.reshape, net.add, net.reorder, net.fused.
#include "compiler/net/ElementEmitter.h"
#include "compiler/net/NetDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/OpImplementation.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

LogicalResult ReshapeOp::inferReturnTypes(MLIRContext *context,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  auto input = dyn_cast<RankedTensorType>(adaptor.getInput().getType());
  if (!input) {
    types.push_back(UnrankedTensorType::get(Float32Type::get(context)));
    return success();
  }
  auto output = batched(
      context, input.getDimSize(0),
      shape::Shape(adaptor.getShape().begin(), adaptor.getShape().end()));
  if (output.getNumElements() != input.getNumElements())
    return emitOptionalError(location, "cannot make ", output, " of ", input);
  types.push_back(output);
  return success();
}

SmallVector<Value> ReshapeOp::buildGradient(OpBuilder &builder,
                                            ValueRange gradients,
                                            ArrayRef<bool> wanted) {
  auto input = exampleShape(cast<RankedTensorType>(getInput().getType()));
  return {builder.create<ReshapeOp>(getLoc(), gradients[0],
                                    builder.getDenseI64ArrayAttr(input))};
}

LogicalResult AddOp::inferReturnTypes(MLIRContext *,
                                      std::optional<Location> location,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  auto lhs = dyn_cast<RankedTensorType>(adaptor.getLhs().getType());
  auto rhs = dyn_cast<RankedTensorType>(adaptor.getRhs().getType());
  if (lhs && rhs && lhs.getShape() != rhs.getShape())
    return emitOptionalError(location, "cannot add ", lhs, " and ", rhs);
  types.push_back(lhs ? Type(withLayout(lhs, "")) : adaptor.getRhs().getType());
  return success();
}

SmallVector<Value> AddOp::buildGradient(OpBuilder &builder,
                                        ValueRange gradients,
                                        ArrayRef<bool> wanted) {
  return {gradients[0], gradients[0]};
}

Value AddOp::emitElement(ElementEmitter &emitter) {
  return emitter.builder.create<arith::AddFOp>(
      getLoc(), emitter.element(getLhs()), emitter.element(getRhs()));
}

bool AddOp::keepsZero() { return true; }

LogicalResult ReorderOp::verify() {
  if (!areCompatibleTypes(getInput().getType(), getOutput().getType()))
    return emitOpError("expected the same shape on both sides");
  return success();
}

// (%a = %x : type, ...) -> type { body }
ParseResult FusedOp::parse(OpAsmParser &parser, OperationState &state) {
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<OpAsmParser::UnresolvedOperand> operands;
  SmallVector<Type> types;
  auto parseOne = [&]() -> ParseResult {
    OpAsmParser::Argument argument;
    OpAsmParser::UnresolvedOperand operand;
    if (parser.parseArgument(argument) || parser.parseEqual() ||
        parser.parseOperand(operand) || parser.parseColonType(argument.type))
      return failure();
    arguments.push_back(argument);
    operands.push_back(operand);
    types.push_back(argument.type);
    return success();
  };
  Type result;
  if (parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Paren, parseOne) ||
      parser.parseArrow() || parser.parseType(result) ||
      parser.parseOptionalAttrDictWithKeyword(state.attributes) ||
      parser.resolveOperands(operands, types, parser.getCurrentLocation(),
                             state.operands) ||
      parser.parseRegion(*state.addRegion(), arguments))
    return failure();
  state.addTypes(result);
  return success();
}

void FusedOp::print(OpAsmPrinter &printer) {
  printer << " (";
  llvm::interleaveComma(llvm::zip(getBody().getArguments(), getInputs()),
                        printer.getStream(), [&](auto pair) {
                          auto [argument, input] = pair;
                          printer << argument << " = " << input << " : "
                                  << input.getType();
                        });
  printer << ") -> " << getOutput().getType();
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs());
  printer << ' ';
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}

LogicalResult FusedOp::verify() {
  if (getBody().getArgumentTypes() != getInputs().getTypes())
    return emitOpError(
        "expected one argument of the body for each input, of its type");
  auto yield = dyn_cast<YieldOp>(getBody().front().getTerminator());
  if (!yield ||
      !areCompatibleTypes(yield.getValue().getType(), getOutput().getType()))
    return emitOpError("expected the body to yield ") << getOutput().getType();
  for (Operation &op : getBody().front().without_terminator())
    if (!isa<ElementOpInterface>(op))
      return emitOpError("holds `")
             << op.getName() << "`, which has no elements of its own";
  return success();
}
