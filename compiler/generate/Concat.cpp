// The kernels of net.concat and net.channel_slice: copies of rows. In a layout
// whose blocks no cut divides, the channels of one input are contiguous behind
// the dimensions that lie outside them.
#include "compiler/generate/Generators.h"
#include "compiler/select/Layouts.h"
#include "runtime/Layout.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

bool netc::net::cutsBetweenBlocks(RankedTensorType type, StringRef tag,
                                  int64_t offset, int64_t channels) {
  auto rank = static_cast<size_t>(type.getRank());
  int64_t block = runtime::Layout::parse(tag.str(), rank).blockOf(1);
  bool endsWithTensor = offset + channels == type.getDimSize(1);
  return offset % block == 0 && (endsWithTensor || channels % block == 0);
}

namespace {
/// A tensor in memory as rows: `outer` of them, each all of its channels and
/// what lies inside them.
struct Rows {
  int64_t outer = 1, inner = 1;

  explicit Rows(Type type) {
    bool isInside = false;
    for (const runtime::Level &level : runtime::memoryLevels(select::toRuntime(type))) {
      isInside |= level.dimension == 1;
      (isInside ? inner : outer) *= level.size;
    }
  }
};

/// A part of each row of a flat buffer.
struct Place {
  Value buffer;
  int64_t rowSize, offset;
};

class RowCopier {
public:
  explicit RowCopier(KernelBody &body) : body(body), b(body.builder) {}

  /// Copies `size` elements of each of `rows` rows.
  void copy(Place from, Place to, int64_t rows, int64_t size);

private:
  Value index(int64_t value) {
    return b.create<arith::ConstantIndexOp>(body.location, value);
  }
  Value placeOf(const Place &place, Value row, Value element) {
    Value start =
        b.create<arith::MulIOp>(body.location, row, index(place.rowSize));
    start = b.create<arith::AddIOp>(body.location, start, index(place.offset));
    return b.create<arith::AddIOp>(body.location, start, element);
  }
  void copyRow(KernelBody &shared, const Place &from, const Place &to,
               Value row, int64_t size);

  KernelBody &body;
  OpBuilder &b;
};
} // namespace

void RowCopier::copyRow(KernelBody &shared, const Place &from, const Place &to,
                        Value row, int64_t size) {
  Location loc = body.location;
  emitFlatLoop(shared, size, [&](Value element, int64_t width) {
    Value source = placeOf(from, row, element);
    Value target = placeOf(to, row, element);
    if (width == 1) {
      Value value = b.create<memref::LoadOp>(loc, from.buffer, source);
      b.create<memref::StoreOp>(loc, value, to.buffer, target);
      return;
    }
    auto type = VectorType::get({width}, b.getF32Type());
    Value value = b.create<vector::LoadOp>(loc, type, from.buffer, source);
    b.create<vector::StoreOp>(loc, value, to.buffer, target);
  });
}

/// The parts share the rows where there are many, else each row's elements.
void RowCopier::copy(Place from, Place to, int64_t rows, int64_t size) {
  bool sharesRows = rows >= size;
  auto [begin, end] =
      sharesRows ? partition(body, rows) : std::pair(index(0), index(rows));
  KernelBody alone{b,        body.location, body.buffers,
                   index(0), index(1),      body.width};
  auto loop = b.create<scf::ForOp>(body.location, begin, end, index(1));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  copyRow(sharesRows ? alone : body, from, to, loop.getInductionVar(), size);
}

void netc::net::emitConcatKernel(KernelBody &body, Operation *op) {
  RowCopier copier(body);
  Value result = flatten(body, body.buffers.back());
  Rows resultRows(op->getResult(0).getType());
  if (auto slice = dyn_cast<ChannelSliceOp>(op)) {
    auto type = cast<RankedTensorType>(slice.getInput().getType());
    auto block = runtime::Layout::parse(layoutOf(type).str(),
                                        static_cast<size_t>(type.getRank()))
                     .blockOf(1);
    int64_t inner = Rows(type).inner;
    // Elements of a row to one block of channels.
    int64_t blocks = (type.getDimSize(1) + block - 1) / block;
    int64_t offset = slice.getOffset() / block * (inner / blocks);
    copier.copy({flatten(body, body.buffers[0]), inner, offset},
                {result, resultRows.inner, 0}, resultRows.outer,
                resultRows.inner);
    return;
  }
  int64_t offset = 0;
  for (auto [input, buffer] : llvm::zip(op->getOperands(), body.buffers)) {
    int64_t inner = Rows(input.getType()).inner;
    copier.copy({flatten(body, buffer), inner, 0},
                {result, resultRows.inner, offset}, resultRows.outer, inner);
    offset += inner;
  }
}
