// Kernels of element ops: one loop over the result in memory order. Where an op
// asks for its place, the place is computed from the layout; padding is kept
// zero. Ops that gather are computed row by row, and their operands, where they
// are fused, at the places that are read.
#include "compiler/generate/Generators.h"
#include "compiler/net/ElementEmitter.h"
#include "compiler/targets/cpu/LibraryOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <deque>

using namespace mlir;
using namespace netc;
using namespace netc::net;

static Value indexConstant(KernelBody &body, int64_t value) {
  return body.builder.create<arith::ConstantIndexOp>(body.location, value);
}

std::pair<Value, Value> netc::net::partition(KernelBody &body, int64_t count) {
  OpBuilder &b = body.builder;
  Value total = indexConstant(body, count);
  auto bound = [&](Value part) -> Value {
    Value scaled = b.create<arith::MulIOp>(body.location, total, part);
    return b.create<arith::DivUIOp>(body.location, scaled, body.parts);
  };
  Value next =
      b.create<arith::AddIOp>(body.location, body.part, indexConstant(body, 1));
  return {bound(body.part), bound(next)};
}

void netc::net::emitFlatLoop(KernelBody &body, int64_t count,
                             function_ref<void(Value, int64_t)> emit) {
  OpBuilder &b = body.builder;
  int64_t width = count >= body.width ? body.width : 1;
  auto loop = [&](Value begin, Value end, int64_t step) {
    auto loop = b.create<scf::ForOp>(body.location, begin, end,
                                     indexConstant(body, step));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    emit(loop.getInductionVar(), step);
  };
  if (body.interleaved) {
    auto strided = b.create<scf::ForOp>(body.location, body.part,
                                        indexConstant(body, count), body.parts);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(strided.getBody());
    emit(strided.getInductionVar(), 1);
    return;
  }
  auto [firstBlock, endBlock] = partition(body, count / width);
  Value step = indexConstant(body, width);
  Value begin = b.create<arith::MulIOp>(body.location, firstBlock, step);
  Value end = b.create<arith::MulIOp>(body.location, endBlock, step);
  loop(begin, end, width);
  if (count % width == 0)
    return;
  // The last part takes the rest.
  Value next =
      b.create<arith::AddIOp>(body.location, body.part, indexConstant(body, 1));
  Value isLast = b.create<arith::CmpIOp>(
      body.location, arith::CmpIPredicate::eq, next, body.parts);
  auto branch = b.create<scf::IfOp>(body.location, isLast);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  loop(indexConstant(body, count - count % width), indexConstant(body, count),
       1);
}

Value netc::net::flatten(KernelBody &body, Value buffer) {
  int64_t rank = cast<MemRefType>(buffer.getType()).getRank();
  if (rank == 1)
    return buffer;
  ReassociationIndices all = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  return body.builder.create<memref::CollapseShapeOp>(
      body.location, buffer, ArrayRef<ReassociationIndices>{all});
}

namespace {
/// A dimension in memory order: which logical one, and how many.
struct MemoryDimension {
  unsigned logical;
  int64_t size;
};
} // namespace

static SmallVector<MemoryDimension> memoryDimensions(RankedTensorType type) {
  runtime::TensorType tensor = toRuntime(type);
  std::vector<int64_t> sizes = runtime::physicalShape(tensor);
  SmallVector<MemoryDimension> result;
  size_t next = 0;
  if (tensor.layout.empty()) {
    for (auto [index, size] : llvm::enumerate(sizes))
      result.push_back({static_cast<unsigned>(index), size});
    return result;
  }
  for (char c : tensor.layout)
    if (llvm::isAlpha(c))
      result.push_back(
          {static_cast<unsigned>(llvm::toLower(c) - 'a'), sizes[next++]});
  return result;
}

/// Where the element `index` lies along each dimension of memory.
static SmallVector<Value> splitIndex(KernelBody &body, Value index,
                                     ArrayRef<MemoryDimension> dimensions) {
  OpBuilder &b = body.builder;
  SmallVector<Value> places(dimensions.size());
  // From the innermost outwards.
  for (size_t i = dimensions.size(); i-- > 0;) {
    Value size = indexConstant(body, dimensions[i].size);
    places[i] =
        i == 0 ? index : b.create<arith::RemUIOp>(body.location, index, size);
    if (i > 0)
      index = b.create<arith::DivUIOp>(body.location, index, size);
  }
  return places;
}

namespace {
class LoopEmitter : public ElementEmitter {
public:
  LoopEmitter(KernelBody &body, Operation *op, ArrayRef<Value> flat,
              Value index, int64_t width)
      : ElementEmitter(body.builder, body.location, width), body(body), op(op),
        flat(flat), index(index),
        type(cast<RankedTensorType>(op->getResult(0).getType())) {}

  /// The result's element here.
  Value emit();
  /// The places along the dimensions of memory are known, the innermost one
  /// by `loop`; what is the same in an example goes before it.
  void setRow(ArrayRef<Value> memoryPlaces, Operation *loop);
  /// Set when vectors cannot express what was asked.
  bool failed = false;

  Value element(Value tensor) override;
  Value elementAt(Value tensor, ArrayRef<Value> coordinates) override;
  SmallVector<Value>
  perExample(Operation *asking,
             function_ref<SmallVector<Value>(Value)> emit) override;
  Value buffer(Value tensor) override;
  std::pair<Value, Value> place() override;
  Value elementAt(Value tensor, Value row, Value column) override;
  ArrayRef<Value> coordinates() override;
  std::pair<Value, Value> logicalIndex() override;
  Value channel() override { return dimension(1); }
  Value stateWord(Value state, runtime::StateWord word) override;

private:
  /// A place in a fused operand that is gathered.
  struct Gathered {
    SmallVector<Value> coordinates;
    RankedTensorType type;
  };

  /// Position of a value among the kernel's buffers.
  size_t bufferOf(Value tensor) const;
  /// Coordinates of the first lane; only the innermost differs among lanes.
  ArrayRef<Value> firstLane();
  Value dimension(unsigned logical); // as i32 of the emitter's width
  /// What is computed is f32; a GPU keeps some of it as bf16.
  Value widenFloat(Value value);
  Value lanes(int64_t stride, unsigned bits);
  Value maskPadding(Value value);

  KernelBody &body;
  Operation *op;
  ArrayRef<Value> flat;
  Value index;
  RankedTensorType type;
  SmallVector<Value> places; // along the dimensions of memory
  Operation *rowLoop = nullptr;
  SmallVector<Value> first;
  llvm::DenseMap<Value, Value> known;
  std::deque<Gathered> gathered; // the innermost one last; their places stay
  llvm::DenseMap<Operation *, SmallVector<Value>> ofExample;
};
} // namespace

size_t LoopEmitter::bufferOf(Value tensor) const {
  if (auto argument = dyn_cast<BlockArgument>(tensor);
      argument && isa<FusedOp>(op) && argument.getOwner()->getParentOp() == op)
    tensor = op->getOperand(argument.getArgNumber());
  return static_cast<size_t>(llvm::find(op->getOperands(), tensor) -
                             op->operand_begin());
}

void LoopEmitter::setRow(ArrayRef<Value> memoryPlaces, Operation *loop) {
  places.assign(memoryPlaces.begin(), memoryPlaces.end());
  rowLoop = loop;
}

Value LoopEmitter::element(Value tensor) {
  if (!gathered.empty())
    return elementAt(tensor, SmallVector<Value>(gathered.back().coordinates));
  if (Value value = known.lookup(tensor))
    return value;
  Value value;
  Operation *producer = tensor.getDefiningOp();
  if (producer && producer->getParentOp() == op) {
    value = cast<ElementOpInterface>(producer).emitElement(*this);
  } else {
    Value source = flat[bufferOf(tensor)];
    Type elementType = cast<MemRefType>(source.getType()).getElementType();
    if (width == 1)
      value =
          widenFloat(builder.create<memref::LoadOp>(location, source, index));
    else
      value = builder.create<vector::LoadOp>(
          location, VectorType::get({width}, elementType), source, index);
  }
  known[tensor] = value;
  return value;
}

Value LoopEmitter::elementAt(Value tensor, ArrayRef<Value> coordinates) {
  failed |= width != 1;
  Operation *producer = tensor.getDefiningOp();
  if (!producer || producer->getParentOp() != op) // row-major: its layout pass
    return widenFloat(builder.create<memref::LoadOp>(
        location, body.buffers[bufferOf(tensor)], coordinates));
  gathered.push_back({SmallVector<Value>(coordinates),
                      cast<RankedTensorType>(tensor.getType())});
  Value value = cast<ElementOpInterface>(producer).emitElement(*this);
  gathered.pop_back();
  return value;
}

SmallVector<Value>
LoopEmitter::perExample(Operation *asking,
                        function_ref<SmallVector<Value>(Value)> emit) {
  failed |= width != 1;
  if (auto known = ofExample.find(asking); known != ofExample.end())
    return known->second;
  OpBuilder::InsertionGuard guard(builder);
  SmallVector<MemoryDimension> dimensions = memoryDimensions(type);
  bool isBeforeRow =
      rowLoop && dimensions.size() > 1 && dimensions[0].logical == 0;
  if (isBeforeRow)
    builder.setInsertionPoint(rowLoop);
  return ofExample[asking] = emit(isBeforeRow ? places[0] : firstLane()[0]);
}

Value LoopEmitter::buffer(Value tensor) {
  failed |= width != 1;
  return body.buffers[bufferOf(tensor)];
}

ArrayRef<Value> LoopEmitter::firstLane() {
  if (!first.empty())
    return first;
  SmallVector<MemoryDimension> dimensions = memoryDimensions(type);
  failed |= width != 1 && dimensions.back().size % width != 0;
  if (places.empty())
    places = splitIndex(body, index, dimensions);
  first.assign(type.getRank(), Value());
  for (auto [dimension, place] : llvm::zip(dimensions, places)) {
    Value &total = first[dimension.logical];
    if (total) {
      Value size = indexConstant(body, dimension.size);
      total = builder.create<arith::MulIOp>(location, total, size);
      total = builder.create<arith::AddIOp>(location, total, place);
    } else {
      total = place;
    }
  }
  return first;
}

std::pair<Value, Value> LoopEmitter::place() {
  // Lanes along channels are at one place; others are not.
  failed |= width != 1 && memoryDimensions(type).back().logical != 1;
  ArrayRef<Value> at = firstLane();
  return {at[2], at[3]};
}

Value LoopEmitter::elementAt(Value tensor, Value row, Value column) {
  size_t number = bufferOf(tensor);
  auto source = cast<RankedTensorType>(op->getOperand(number).getType());
  failed |= width != 1 && layoutOf(source) != layoutOf(type);
  // From the innermost outwards: what is left of each logical coordinate.
  SmallVector<Value> rest{firstLane()[0], firstLane()[1], row, column};
  SmallVector<MemoryDimension> dimensions = memoryDimensions(source);
  SmallVector<Value> indices(dimensions.size());
  for (size_t i = dimensions.size(); i-- > 0;) {
    Value &coordinate = rest[dimensions[i].logical];
    bool isBlocked = llvm::any_of(
        ArrayRef(dimensions).take_front(i), [&](const MemoryDimension &outer) {
          return outer.logical == dimensions[i].logical;
        });
    if (!isBlocked) {
      indices[i] = coordinate;
      continue;
    }
    Value size = indexConstant(body, dimensions[i].size);
    indices[i] = builder.create<arith::RemUIOp>(location, coordinate, size);
    coordinate = builder.create<arith::DivUIOp>(location, coordinate, size);
  }
  Value buffer = body.buffers[number];
  if (width == 1)
    return widenFloat(
        builder.create<memref::LoadOp>(location, buffer, indices));
  return builder.create<vector::LoadOp>(
      location, VectorType::get({width}, source.getElementType()), buffer,
      indices);
}

ArrayRef<Value> LoopEmitter::coordinates() {
  failed |= width != 1;
  if (!gathered.empty())
    return gathered.back().coordinates;
  return firstLane();
}

Value LoopEmitter::lanes(int64_t stride, unsigned bits) {
  SmallVector<APInt> values;
  for (int64_t lane = 0; lane < width; ++lane)
    values.emplace_back(bits, static_cast<uint64_t>(lane * stride));
  auto vector = VectorType::get({width}, builder.getIntegerType(bits));
  return builder.create<arith::ConstantOp>(
      location, DenseElementsAttr::get(vector, values));
}

Value LoopEmitter::dimension(unsigned logical) {
  if (!gathered.empty())
    return builder.create<arith::IndexCastOp>(
        location, builder.getI32Type(), gathered.back().coordinates[logical]);
  Value value = builder.create<arith::IndexCastOp>(
      location, builder.getI32Type(), firstLane()[logical]);
  if (width == 1)
    return value;
  value = splat(value);
  if (memoryDimensions(type).back().logical == logical)
    value = builder.create<arith::AddIOp>(location, value, lanes(1, 32));
  return value;
}

std::pair<Value, Value> LoopEmitter::logicalIndex() {
  Value linear = index;
  int64_t stride = 1;
  if (!gathered.empty() || !layoutOf(type).empty()) {
    RankedTensorType here = gathered.empty() ? type : gathered.back().type;
    unsigned inner = memoryDimensions(type).back().logical;
    linear = indexConstant(body, 0);
    int64_t step = 1;
    for (int64_t d = here.getRank(); d-- > 0;) {
      Value place =
          gathered.empty() ? firstLane()[d] : gathered.back().coordinates[d];
      Value scaled = builder.create<arith::MulIOp>(location, place,
                                                   indexConstant(body, step));
      linear = builder.create<arith::AddIOp>(location, linear, scaled);
      if (d == inner)
        stride = step;
      step *= here.getDimSize(d);
    }
  }
  Value wide = builder.create<arith::IndexCastOp>(location,
                                                  builder.getI64Type(), linear);
  if (width > 1)
    wide =
        builder.create<arith::AddIOp>(location, splat(wide), lanes(stride, 64));
  Type word = widen(builder.getI32Type());
  Value low = builder.create<arith::TruncIOp>(location, word, wide);
  Value upper =
      builder.create<arith::ShRUIOp>(location, wide, constantInt(32, 64));
  return {low, builder.create<arith::TruncIOp>(location, word, upper)};
}

Value LoopEmitter::stateWord(Value state, runtime::StateWord word) {
  Value at = indexConstant(body, static_cast<int64_t>(word));
  return splat(builder.create<memref::LoadOp>(
      location, body.buffers[bufferOf(state)], at));
}

/// Whether zeros in all that is read leave zeros in the result.
static bool keepsZero(Operation *op) {
  if (auto element = dyn_cast<ElementOpInterface>(op))
    return element.keepsZero();
  return llvm::all_of(cast<FusedOp>(op).getBody().front().without_terminator(),
                      [](Operation &inner) {
                        return cast<ElementOpInterface>(inner).keepsZero();
                      });
}

Value LoopEmitter::widenFloat(Value value) {
  if (!value.getType().isBF16())
    return value;
  return builder.create<arith::ExtFOp>(location, builder.getF32Type(), value);
}

Value LoopEmitter::maskPadding(Value value) {
  SmallVector<int64_t> padded(type.getRank(), 1);
  for (MemoryDimension dimension : memoryDimensions(type))
    padded[dimension.logical] *= dimension.size;
  for (auto [d, size] : llvm::enumerate(type.getShape())) {
    if (padded[d] == size || keepsZero(op))
      continue;
    Value inside = builder.create<arith::CmpIOp>(
        location, arith::CmpIPredicate::ult, dimension(d), constantInt(size));
    value =
        builder.create<arith::SelectOp>(location, inside, value, constant(0));
  }
  return value;
}

Value LoopEmitter::emit() {
  Value value;
  if (auto element = dyn_cast<ElementOpInterface>(op))
    value = element.emitElement(*this);
  else
    value = this->element(
        cast<YieldOp>(cast<FusedOp>(op).getBody().front().getTerminator())
            .getValue());
  value = maskPadding(value);
  if (type.getElementType().isBF16() && value.getType().isF32())
    value =
        builder.create<arith::TruncFOp>(location, type.getElementType(), value);
  return value;
}

namespace {
/// From where a kernel reads, by all that its ops say.
struct Reads {
  bool atTheIndexOnly = true; // the result may take an operand's place
  bool inVectors = true;      // or at other rows and columns, in blocks
};
} // namespace

static Reads readsOf(Operation *op) {
  Reads reads;
  op->walk([&](ElementOpInterface element) {
    for (OpOperand &operand : element->getOpOperands()) {
      auto type = cast<RankedTensorType>(operand.get().getType());
      unsigned number = operand.getOperandNumber();
      // The run state is read everywhere, and is no larger than a vector.
      if (type.getElementType().isInteger(32) || element.isPointwise(number))
        continue;
      reads.atTheIndexOnly = false;
      reads.inVectors &= element.isSpatial(number);
    }
  });
  return reads;
}

/// A loop over this part's rows of memory and one over the elements of each:
/// what is the same in a row is computed once.
static void emitRows(KernelBody &body, Operation *op, ArrayRef<Value> flat) {
  OpBuilder &b = body.builder;
  OpBuilder::InsertionGuard guard(b);
  SmallVector<MemoryDimension> dimensions =
      memoryDimensions(cast<RankedTensorType>(op->getResult(0).getType()));
  int64_t width = dimensions.pop_back_val().size;
  int64_t count =
      cast<MemRefType>(body.buffers.back().getType()).getNumElements();
  auto [begin, end] = partition(body, count / width);
  auto loop = [&](Value first, Value last) {
    return b.create<scf::ForOp>(body.location, first, last,
                                indexConstant(body, 1));
  };
  scf::ForOp rows = loop(begin, end);
  b.setInsertionPointToStart(rows.getBody());
  Value row = rows.getInductionVar();
  Value start =
      b.create<arith::MulIOp>(body.location, row, indexConstant(body, width));
  SmallVector<Value> places = splitIndex(body, row, dimensions);
  scf::ForOp elements =
      loop(indexConstant(body, 0), indexConstant(body, width));
  b.setInsertionPointToStart(elements.getBody());
  places.push_back(elements.getInductionVar());
  Value index = b.create<arith::AddIOp>(body.location, start, places.back());
  LoopEmitter emitter(body, op, flat, index, 1);
  emitter.setRow(places, elements);
  Value value = emitter.emit();
  b.create<memref::StoreOp>(body.location, value, flat.back(), index);
}

bool netc::net::emitElementKernel(KernelBody &body, Operation *op) {
  OpBuilder &b = body.builder;
  auto output = cast<MemRefType>(body.buffers.back().getType());
  SmallVector<Value> flat;
  for (Value buffer : body.buffers)
    flat.push_back(flatten(body, buffer));
  // Vectors where they can express it, else one element at a time.
  Reads reads = readsOf(op);
  bool vectors = reads.inVectors;
  auto emitAt = [&](Value index, int64_t width) {
    LoopEmitter emitter(body, op, flat, index, width);
    Value value = emitter.emit();
    vectors &= !emitter.failed;
    if (width == 1)
      b.create<memref::StoreOp>(body.location, value, flat.back(), index);
    else
      b.create<vector::StoreOp>(body.location, value, flat.back(), index);
  };
  if (vectors) {
    Block *block = b.getInsertionBlock();
    Operation *before = block->empty() ? nullptr : &block->back();
    emitFlatLoop(body, output.getNumElements(), emitAt);
    if (vectors)
      return reads.atTheIndexOnly;
    while (!block->empty() && &block->back() != before)
      block->back().erase();
  }
  if (!body.interleaved && !reads.atTheIndexOnly) {
    emitRows(body, op, flat);
    return false;
  }
  KernelBody scalar{b, body.location,   body.buffers, body.part, body.parts,
                    1, body.interleaved};
  emitFlatLoop(scalar, output.getNumElements(), emitAt);
  return reads.atTheIndexOnly;
}
