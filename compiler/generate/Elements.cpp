// Kernels of element ops: one loop over the result in memory order. Where an op
// asks for its place, the place is computed from the layout; padding is kept
// zero. Ops that gather are computed row by row, and their operands, where they
// are fused, at the places that are read.
#include "compiler/generate/Elements.h"

#include "compiler/net/ElementEmitter.h"
#include "compiler/net/NetDialect.h"
#include "compiler/select/Layouts.h"
#include "runtime/Layout.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

#include <deque>

using namespace mlir;
using namespace netc;
using namespace netc::generate;
using namespace netc::net;
using runtime::Level;

/// The loops over the memory of `type`, the outermost first.
static std::vector<Level> levelsOf(RankedTensorType type) {
  return runtime::memoryLevels(select::toRuntime(type));
}

/// Where the element `index` lies along each level of memory.
static SmallVector<Value> splitIndex(KernelBuilder &kernel, Value index,
                                     ArrayRef<Level> levels) {
  SmallVector<Value> places(levels.size());
  // From the innermost outwards.
  for (size_t i = levels.size(); i-- > 0;) {
    Value size = kernel.index(levels[i].size);
    places[i] = i == 0 ? index : kernel.create<arith::RemUIOp>(index, size);
    if (i > 0)
      index = kernel.create<arith::DivUIOp>(index, size);
  }
  return places;
}

namespace {
class LoopEmitter : public ElementEmitter {
public:
  LoopEmitter(KernelBuilder &kernel, Operation *op, ArrayRef<Value> flat,
              Value index, int64_t width)
      : ElementEmitter(kernel.builder, kernel.location, width), kernel(kernel),
        op(op), flat(flat), index(index),
        type(cast<RankedTensorType>(op->getResult(0).getType())),
        levels(levelsOf(type)) {}

  /// The result's element here.
  Value emit();
  /// Says that the places along the levels of memory are known, the innermost
  /// one by `loop`; what is the same in an example goes before it.
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

  /// The position of a value among the kernel's buffers.
  size_t bufferOf(Value tensor) const;
  /// The coordinates of the first lane; only the innermost differs among lanes.
  ArrayRef<Value> firstLane();
  Value dimension(int logical); // as i32 of the emitter's width
  bool isInnermost(int logical) const {
    return levels.back().dimension == logical;
  }
  Value lanes(int64_t stride, unsigned bits);
  Value maskPadding(Value value);

  KernelBuilder &kernel;
  Operation *op;
  ArrayRef<Value> flat;
  Value index;
  RankedTensorType type; // of the result
  std::vector<Level> levels;
  SmallVector<Value> places; // along the levels of memory
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
  Operation *producer = tensor.getDefiningOp();
  Value value = producer && producer->getParentOp() == op
                    ? cast<ElementOpInterface>(producer).emitElement(*this)
                    : kernel.loadFloat(flat[bufferOf(tensor)], index, width);
  known[tensor] = value;
  return value;
}

Value LoopEmitter::elementAt(Value tensor, ArrayRef<Value> coordinates) {
  failed |= width != 1;
  Operation *producer = tensor.getDefiningOp();
  if (!producer || producer->getParentOp() != op) // row-major: its layout pass
    return kernel.loadFloat(kernel.buffers[bufferOf(tensor)], coordinates);
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
  bool isBeforeRow = rowLoop && levels.size() > 1 && levels[0].dimension == 0;
  if (isBeforeRow)
    builder.setInsertionPoint(rowLoop);
  return ofExample[asking] = emit(isBeforeRow ? places[0] : firstLane()[0]);
}

Value LoopEmitter::buffer(Value tensor) {
  failed |= width != 1;
  return kernel.buffers[bufferOf(tensor)];
}

ArrayRef<Value> LoopEmitter::firstLane() {
  if (!first.empty())
    return first;
  failed |= width != 1 && levels.back().size % width != 0;
  if (places.empty())
    places = splitIndex(kernel, index, levels);
  first.assign(type.getRank(), Value());
  for (auto [level, place] : llvm::zip(levels, places)) {
    Value &total = first[level.dimension];
    total = total ? kernel.add(kernel.multiply(total, kernel.index(level.size)),
                               place)
                  : place;
  }
  return first;
}

std::pair<Value, Value> LoopEmitter::place() {
  // Lanes along channels are at one place; others are not.
  failed |= width != 1 && !isInnermost(1);
  ArrayRef<Value> at = firstLane();
  return {at[2], at[3]};
}

Value LoopEmitter::elementAt(Value tensor, Value row, Value column) {
  size_t number = bufferOf(tensor);
  auto source = cast<RankedTensorType>(op->getOperand(number).getType());
  failed |= width != 1 && layoutOf(source) != layoutOf(type);
  // From the innermost outwards: what is left of each logical coordinate.
  SmallVector<Value> rest{firstLane()[0], firstLane()[1], row, column};
  std::vector<Level> sourceLevels = levelsOf(source);
  SmallVector<Value> indices(sourceLevels.size());
  for (size_t i = sourceLevels.size(); i-- > 0;) {
    Value &coordinate = rest[sourceLevels[i].dimension];
    bool isBlocked = llvm::any_of(
        ArrayRef(sourceLevels).take_front(i), [&](const Level &outer) {
          return outer.dimension == sourceLevels[i].dimension;
        });
    if (!isBlocked) {
      indices[i] = coordinate;
      continue;
    }
    Value size = kernel.index(sourceLevels[i].size);
    indices[i] = kernel.create<arith::RemUIOp>(coordinate, size);
    coordinate = kernel.create<arith::DivUIOp>(coordinate, size);
  }
  return kernel.loadFloat(kernel.buffers[number], indices, width);
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
  return kernel.create<arith::ConstantOp>(
      DenseElementsAttr::get(vector, values));
}

Value LoopEmitter::dimension(int logical) {
  ArrayRef<Value> at =
      gathered.empty() ? firstLane() : gathered.back().coordinates;
  Value value = kernel.create<arith::IndexCastOp>(kernel.i32(), at[logical]);
  if (!gathered.empty() || width == 1)
    return value;
  value = splat(value);
  return isInnermost(logical) ? kernel.add(value, lanes(1, 32)) : value;
}

std::pair<Value, Value> LoopEmitter::logicalIndex() {
  Value linear = index;
  int64_t stride = 1;
  if (!gathered.empty() || !layoutOf(type).empty()) {
    RankedTensorType here = gathered.empty() ? type : gathered.back().type;
    linear = kernel.index(0);
    int64_t step = 1;
    for (int64_t d = here.getRank(); d-- > 0;) {
      Value place =
          gathered.empty() ? firstLane()[d] : gathered.back().coordinates[d];
      linear = kernel.add(linear, kernel.multiply(place, kernel.index(step)));
      if (isInnermost(static_cast<int>(d)))
        stride = step;
      step *= here.getDimSize(d);
    }
  }
  Value wide = kernel.create<arith::IndexCastOp>(builder.getI64Type(), linear);
  if (width > 1)
    wide = kernel.add(splat(wide), lanes(stride, 64));
  Type word = widen(kernel.i32());
  Value low = kernel.create<arith::TruncIOp>(word, wide);
  Value upper = kernel.create<arith::ShRUIOp>(wide, constantInt(32, 64));
  return {low, kernel.create<arith::TruncIOp>(word, upper)};
}

Value LoopEmitter::stateWord(Value state, runtime::StateWord word) {
  Value buffer = kernel.buffers[bufferOf(state)];
  return splat(kernel.load(buffer, kernel.index(static_cast<int64_t>(word))));
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

Value LoopEmitter::maskPadding(Value value) {
  SmallVector<int64_t> padded(type.getRank(), 1);
  for (const Level &level : levels)
    padded[level.dimension] *= level.size;
  for (auto [d, size] : llvm::enumerate(type.getShape())) {
    if (padded[d] == size || keepsZero(op))
      continue;
    Value inside = kernel.create<arith::CmpIOp>(arith::CmpIPredicate::ult,
                                                dimension(static_cast<int>(d)),
                                                constantInt(size));
    value = kernel.create<arith::SelectOp>(inside, value, constant(0));
  }
  return value;
}

Value LoopEmitter::emit() {
  if (auto element = dyn_cast<ElementOpInterface>(op))
    return maskPadding(element.emitElement(*this));
  auto yield =
      cast<YieldOp>(cast<FusedOp>(op).getBody().front().getTerminator());
  return maskPadding(element(yield.getValue()));
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
      // The run state is read everywhere, and is no larger than a vector; maps
      // of labels are as pictures are.
      bool isState = type.getRank() == 1 && type.getElementType().isInteger(32);
      if (isState || element.isPointwise(number))
        continue;
      reads.atTheIndexOnly = false;
      reads.inVectors &= element.isSpatial(number);
    }
  });
  return reads;
}

/// A loop over this part's rows of memory and one over the elements of each:
/// what is the same in a row is computed once.
static void emitRows(KernelBuilder &kernel, Operation *op,
                     ArrayRef<Value> flat) {
  std::vector<Level> levels =
      levelsOf(cast<RankedTensorType>(op->getResult(0).getType()));
  int64_t width = levels.back().size;
  levels.pop_back();
  int64_t count = KernelBuilder::elementsOf(flat.back());
  kernel.shareUnits(count / width, [&](Value row) {
    Value start = kernel.multiply(row, kernel.index(width));
    SmallVector<Value> places = splitIndex(kernel, row, levels);
    kernel.loop(0, width, 1, [&](Value column) {
      places.push_back(column);
      Value index = kernel.add(start, column);
      LoopEmitter emitter(kernel, op, flat, index, 1);
      emitter.setRow(places, kernel.builder.getBlock()->getParentOp());
      kernel.store(emitter.emit(), flat.back(), index);
    });
  });
}

bool generate::hasElements(Operation *op) {
  return isa<ElementOpInterface, FusedOp>(op);
}

bool generate::emitElements(KernelBuilder &kernel, Operation *op) {
  SmallVector<Value> flat;
  for (Value buffer : kernel.buffers)
    flat.push_back(kernel.flatten(buffer));
  int64_t count = KernelBuilder::elementsOf(flat.back());
  // Vectors where they can express it, else one element at a time.
  Reads reads = readsOf(op);
  bool vectors = reads.inVectors;
  auto emitAt = [&](Value index, int64_t lanes) {
    LoopEmitter emitter(kernel, op, flat, index, lanes);
    kernel.store(emitter.emit(), flat.back(), index);
    vectors &= !emitter.failed;
  };
  if (vectors) {
    Block *block = kernel.builder.getInsertionBlock();
    Operation *before = block->empty() ? nullptr : &block->back();
    kernel.shareElements(count, emitAt);
    if (vectors)
      return reads.atTheIndexOnly;
    while (!block->empty() && &block->back() != before)
      block->back().erase();
  }
  if (!kernel.share.interleaved && !reads.atTheIndexOnly)
    emitRows(kernel, op, flat);
  else
    kernel.withoutVectors().shareElements(count, emitAt);
  return reads.atTheIndexOnly;
}
