// Scalars and vectors, memory, loops and shares.
#include "compiler/generate/KernelBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace netc;
using namespace netc::generate;
using net::lanesOf;
using net::widen;

KernelBuilder KernelBuilder::withoutVectors() const {
  return {builder, location, buffers, share, 1, firstOperand};
}

KernelBuilder KernelBuilder::alone() {
  return {builder, location,    buffers, {index(0), index(1)},
          width,   firstOperand};
}

// Numbers.

Value KernelBuilder::index(int64_t value) {
  return create<arith::ConstantIndexOp>(value);
}

Value KernelBuilder::constant(Type element, double value, int64_t lanes) {
  TypedAttr number;
  if (isa<FloatType>(element))
    number = builder.getFloatAttr(element, value);
  else
    number = builder.getIntegerAttr(element, static_cast<int64_t>(value));
  return net::constant(builder, location, number, lanes);
}

// Arithmetic.

static bool isFloat(Value value) {
  return isa<FloatType>(getElementTypeOrSelf(value));
}

Value KernelBuilder::add(Value x, Value y) {
  return isFloat(x) ? Value(create<arith::AddFOp>(x, y))
                    : create<arith::AddIOp>(x, y);
}

Value KernelBuilder::subtract(Value x, Value y) {
  return isFloat(x) ? Value(create<arith::SubFOp>(x, y))
                    : create<arith::SubIOp>(x, y);
}

Value KernelBuilder::multiply(Value x, Value y) {
  return isFloat(x) ? Value(create<arith::MulFOp>(x, y))
                    : create<arith::MulIOp>(x, y);
}

Value KernelBuilder::divide(Value x, Value y) {
  return create<arith::DivFOp>(x, y);
}

Value KernelBuilder::sumLanes(Value vector, Value initial) {
  if (initial)
    return create<vector::ReductionOp>(vector::CombiningKind::ADD, vector,
                                       initial);
  return create<vector::ReductionOp>(vector::CombiningKind::ADD, vector);
}

// Memory.

static MemRefType typeOf(Value buffer) {
  return cast<MemRefType>(buffer.getType());
}

Value KernelBuilder::collapse(Value buffer, int64_t first, int64_t last) {
  if (first == last)
    return buffer;
  SmallVector<ReassociationIndices> groups;
  for (int64_t d = 0; d < typeOf(buffer).getRank(); ++d) {
    if (d <= first || d > last)
      groups.emplace_back();
    groups.back().push_back(d);
  }
  return create<memref::CollapseShapeOp>(buffer, groups);
}

Value KernelBuilder::flatten(Value buffer) {
  return collapse(buffer, 0, typeOf(buffer).getRank() - 1);
}

int64_t KernelBuilder::sizeOf(Value buffer, unsigned dimension) {
  return typeOf(buffer).getDimSize(dimension);
}

int64_t KernelBuilder::elementsOf(Value buffer) {
  return typeOf(buffer).getNumElements();
}

Value KernelBuilder::load(Value buffer, ValueRange place, int64_t lanes) {
  if (lanes == 1)
    return create<memref::LoadOp>(buffer, place);
  auto type = VectorType::get({lanes}, typeOf(buffer).getElementType());
  return create<vector::LoadOp>(type, buffer, place);
}

Value KernelBuilder::loadFloat(Value buffer, ValueRange place, int64_t lanes) {
  Value value = load(buffer, place, lanes);
  if (!typeOf(buffer).getElementType().isBF16())
    return value;
  return create<arith::ExtFOp>(widen(f32(), lanes), value);
}

void KernelBuilder::store(Value value, Value buffer, ValueRange place) {
  int64_t lanes = lanesOf(value);
  Type element = typeOf(buffer).getElementType();
  if (element.isBF16() && getElementTypeOrSelf(value).isF32())
    value = create<arith::TruncFOp>(widen(element, lanes), value);
  if (lanes == 1)
    create<memref::StoreOp>(value, buffer, place);
  else
    create<vector::StoreOp>(value, buffer, place);
}

// Loops.

void KernelBuilder::loop(Value begin, Value end, int64_t step,
                         function_ref<void(Value)> emit) {
  auto loop = create<scf::ForOp>(begin, end, index(step));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  emit(loop.getInductionVar());
}

SmallVector<Value>
KernelBuilder::loop(int64_t begin, int64_t end, int64_t step,
                    ValueRange initial,
                    function_ref<SmallVector<Value>(Value, ValueRange)> emit) {
  auto loop = create<scf::ForOp>(
      index(begin), index(end), index(step), initial,
      [&](OpBuilder &, Location, Value i, ValueRange carried) {
        create<scf::YieldOp>(emit(i, carried));
      });
  return SmallVector<Value>(loop.getResults());
}

void KernelBuilder::splitVectors(
    int64_t count, function_ref<void(int64_t, int64_t, int64_t)> emit) const {
  int64_t whole = count - count % width;
  if (whole > 0)
    emit(0, whole, width);
  if (whole < count)
    emit(whole, count, 1);
}

// Shares of the work.

std::pair<Value, Value> KernelBuilder::partition(int64_t count) {
  Value total = index(count);
  auto bound = [&](Value part) -> Value {
    return create<arith::DivUIOp>(multiply(total, part), share.parts);
  };
  Value next = add(share.part, index(1));
  Value begin = bound(share.part);
  return {begin, bound(next)};
}

void KernelBuilder::shareUnits(int64_t count, function_ref<void(Value)> emit) {
  auto [begin, end] = partition(count);
  loop(begin, end, 1, emit);
}

void KernelBuilder::shareElements(int64_t count,
                                  function_ref<void(Value, int64_t)> emit) {
  if (share.interleaved) {
    auto strided = create<scf::ForOp>(share.part, index(count), share.parts);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(strided.getBody());
    emit(strided.getInductionVar(), 1);
    return;
  }
  int64_t lanes = count >= width ? width : 1;
  auto [first, last] = partition(count / lanes);
  Value begin = multiply(first, index(lanes));
  Value end = multiply(last, index(lanes));
  loop(begin, end, lanes, [&](Value i) { emit(i, lanes); });
  if (count % lanes == 0)
    return;
  // The last part takes the rest.
  Value next = add(share.part, index(1));
  Value isLast =
      create<arith::CmpIOp>(arith::CmpIPredicate::eq, next, share.parts);
  auto branch = create<scf::IfOp>(isLast);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  loop(count - count % lanes, count, 1, [&](Value i) { emit(i, 1); });
}
