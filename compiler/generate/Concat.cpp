// The kernels of net.concat and net.channel_slice: copies of rows. In a layout
// whose blocks no cut divides, the channels of one input are contiguous behind
// the dimensions that lie outside them.
#include "compiler/generate/Families.h"
#include "compiler/generate/Models.h"
#include "compiler/net/NetDialect.h"
#include "compiler/select/Layouts.h"
#include "runtime/Layout.h"

#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace netc;
using namespace netc::generate;
using namespace netc::net;

/// Channels of a block of memory; 1 where they are not blocked.
static int64_t channelBlock(RankedTensorType type, StringRef tag) {
  auto rank = static_cast<size_t>(type.getRank());
  return runtime::Layout::parse(tag.str(), rank).blockOf(1);
}

/// Whether the `channels` channels of `type` from `offset` on are whole blocks
/// of memory in the layout `tag`.
static bool cutsBetweenBlocks(RankedTensorType type, StringRef tag,
                              int64_t offset, int64_t channels) {
  int64_t block = channelBlock(type, tag);
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
    for (const runtime::Level &level :
         runtime::memoryLevels(select::toRuntime(type))) {
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
} // namespace

static Value placeOf(KernelBuilder &kernel, const Place &place, Value row,
                     Value element) {
  Value start = kernel.multiply(row, kernel.index(place.rowSize));
  start = kernel.add(start, kernel.index(place.offset));
  return kernel.add(start, element);
}

static void copyRow(KernelBuilder &kernel, const Place &from, const Place &to,
                    Value row, int64_t size) {
  kernel.shareElements(size, [&](Value element, int64_t lanes) {
    Value source = placeOf(kernel, from, row, element);
    Value target = placeOf(kernel, to, row, element);
    kernel.store(kernel.load(from.buffer, source, lanes), to.buffer, target);
  });
}

/// Copies `size` elements of each of `rows` rows. The parts share the rows
/// where there are many, else each row's elements.
static void copyRows(KernelBuilder &kernel, const Place &from, const Place &to,
                     int64_t rows, int64_t size) {
  if (rows < size) {
    kernel.loop(0, rows, 1,
                [&](Value row) { copyRow(kernel, from, to, row, size); });
    return;
  }
  KernelBuilder alone = kernel.alone();
  kernel.shareUnits(rows,
                    [&](Value row) { copyRow(alone, from, to, row, size); });
}

/// The inputs from `firstOperand` on, as many as there are buffers of them.
static void emitConcat(KernelBuilder &kernel, ConcatOp op) {
  Value result = kernel.flatten(kernel.buffers.back());
  Rows resultRows(op.getOutput().getType());
  int64_t offset = 0;
  for (Value before : op.getInputs().take_front(kernel.firstOperand))
    offset += Rows(before.getType()).inner;
  for (auto [input, buffer] :
       llvm::zip(op.getInputs().drop_front(kernel.firstOperand),
                 ArrayRef(kernel.buffers).drop_back())) {
    int64_t inner = Rows(input.getType()).inner;
    copyRows(kernel, {kernel.flatten(buffer), inner, 0},
             {result, resultRows.inner, offset}, resultRows.outer, inner);
    offset += inner;
  }
}

static void emitSlice(KernelBuilder &kernel, ChannelSliceOp op) {
  Value result = kernel.flatten(kernel.buffers.back());
  Rows resultRows(op.getOutput().getType());
  auto type = cast<RankedTensorType>(op.getInput().getType());
  int64_t block = channelBlock(type, layoutOf(type));
  int64_t inner = Rows(type).inner;
  // Elements of a row to one block of channels.
  int64_t blocks = (type.getDimSize(1) + block - 1) / block;
  int64_t offset = op.getOffset() / block * (inner / blocks);
  copyRows(kernel, {kernel.flatten(kernel.buffers[0]), inner, offset},
           {result, resultRows.inner, 0}, resultRows.outer, resultRows.inner);
}

/// The layout that most of the elements have, if it can be cut between the
/// inputs; else row-major.
static void chooseConcatLayouts(ConcatOp op, const select::Situation &situation,
                                select::Candidate &candidate) {
  auto type = cast<RankedTensorType>(op.getOutput().getType());
  llvm::MapVector<StringRef, int64_t> votes;
  for (Value input : op.getInputs())
    votes[situation.layoutOf(input)] +=
        cast<RankedTensorType>(input.getType()).getNumElements();
  StringRef tag = llvm::max_element(votes, llvm::less_second())->first;
  int64_t offset = 0;
  for (Value input : op.getInputs()) {
    int64_t channels = cast<RankedTensorType>(input.getType()).getDimSize(1);
    if (!cutsBetweenBlocks(type, tag, offset, channels))
      tag = "";
    offset += channels;
  }
  candidate.reason = tag.empty() ? "copies of rows"
                                 : "copies of whole blocks, in the layout that "
                                   "most of the elements have";
  candidate.operands.assign(op.getInputs().size(), tag.str());
  candidate.results[0] = tag;
}

static void chooseSliceLayouts(ChannelSliceOp op,
                               const select::Situation &situation,
                               select::Candidate &candidate) {
  StringRef tag = situation.layoutOf(op.getInput());
  if (!cutsBetweenBlocks(cast<RankedTensorType>(op.getInput().getType()), tag,
                         op.getOffset(), op.getChannels()))
    tag = "";
  candidate.reason = "copies of rows";
  candidate.operands[0] = candidate.results[0] = tag;
}

void generate::attachConcat(MLIRContext &context) {
  attachKernel<ConcatOp, emitConcat, /*operandsAtOnce=*/16>(context);
  attachLayouts<ConcatOp, chooseConcatLayouts>(context);
  attachKernel<ChannelSliceOp, emitSlice>(context);
  attachLayouts<ChannelSliceOp, chooseSliceLayouts>(context);
}
