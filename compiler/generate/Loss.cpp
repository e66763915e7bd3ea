// The kernels of softmax cross-entropy and of counting hits: an example at a
// time, its maximum subtracted before the exponentials. The lanes of a vector
// are pixels: of an example with one label there are none.
#include "compiler/generate/Families.h"
#include "compiler/generate/Models.h"
#include "compiler/net/NetDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace netc::generate;
using namespace netc::net;

namespace {
/// logits [N, K] or [N, K, P] with labels [N] or [N, P]: maps are flat.
struct Maps {
  Value logits, labels;
  int64_t classes, pixels = 1;
  bool isMap;

  explicit Maps(KernelBuilder &kernel)
      : logits(kernel.buffers[0]), labels(kernel.buffers[1]),
        classes(KernelBuilder::sizeOf(logits, 1)),
        isMap(cast<MemRefType>(logits.getType()).getRank() == 4) {
    if (!isMap)
      return;
    pixels =
        KernelBuilder::sizeOf(logits, 2) * KernelBuilder::sizeOf(logits, 3);
    logits = kernel.collapse(logits, 2, 3);
    labels = kernel.collapse(labels, 1, 2);
  }
};

/// What an op asks of each place.
struct Wanted {
  bool loss = false, correct = false;
  Value gradient = {}; // the buffer, as the logits lie; null if not wanted
  double smoothing = 0;
};

/// Whether labels count, as i1.
Value isCounted(KernelBuilder &kernel, Value labels, int64_t lanes) {
  return kernel.create<arith::CmpIOp>(arith::CmpIPredicate::sge, labels,
                                      kernel.constant(kernel.i32(), 0, lanes));
}

/// One label, or as many as there are lanes: logits[row, :, pixel...].
class PlaceEmitter {
public:
  PlaceEmitter(KernelBuilder &kernel, const Maps &maps, Value row, Value pixel,
               int64_t lanes)
      : kernel(kernel), maps(maps), row(row), pixel(pixel), lanes(lanes),
        label(kernel.load(maps.labels, at(), lanes)) {
    findMaximum();
  }
  /// 1 where the first maximum, or one logit's sign, is the label's; as i32.
  Value correct();
  /// 1 where the label counts: those of a map below 0 do not.
  Value counted();
  Value loss(double smoothing);
  /// Stores (softmax - smoothed one_hot) * scale into the gradient.
  void storeGradient(Value gradient, Value scale, double smoothing);

private:
  Value number(double value) { return kernel.number(value, lanes); }
  /// `value`, or 0 where the label does not count.
  Value ifCounted(Value value) {
    if (!maps.isMap)
      return value;
    return select(countsLabel(), value, number(0));
  }
  Value countsLabel() {
    if (!counts)
      counts = isCounted(kernel, label, lanes);
    return counts;
  }
  Value word(Value column) {
    return kernel.splat(kernel.create<arith::IndexCastOp>(kernel.i32(), column),
                        lanes);
  }
  SmallVector<Value> at() const {
    return maps.isMap ? SmallVector<Value>{row, pixel}
                      : SmallVector<Value>{row};
  }
  SmallVector<Value> at(Value column) const {
    return maps.isMap ? SmallVector<Value>{row, column, pixel}
                      : SmallVector<Value>{row, column};
  }
  Value load(Value column) {
    return kernel.load(maps.logits, at(column), lanes);
  }
  Value equal(Value x, Value y) {
    return kernel.create<arith::CmpIOp>(arith::CmpIPredicate::eq, x, y);
  }
  Value greater(Value x, Value y) {
    return kernel.create<arith::CmpFOp>(arith::CmpFPredicate::OGT, x, y);
  }
  Value select(Value condition, Value x, Value y) {
    return kernel.create<arith::SelectOp>(condition, x, y);
  }
  /// Finds the maximum and its first column. A NaN among the logits is the
  /// maximum.
  void findMaximum();
  /// Sums the exponentials, and what is taken by it on the way.
  void sum();

  KernelBuilder &kernel;
  const Maps &maps;
  Value row, pixel;
  int64_t lanes;
  Value label, counts, maximum, best;
  Value total, own, all; // exponentials; the label's and all logits - maximum
};
} // namespace

void PlaceEmitter::findMaximum() {
  Value begin = load(kernel.index(0));
  Value first = kernel.splat(kernel.constant(kernel.i32(), 0), lanes);
  SmallVector<Value> found = kernel.loop(
      1, maps.classes, 1, {begin, first},
      [&](Value column, ValueRange carried) -> SmallVector<Value> {
        Value value = load(column);
        Value isGreater = greater(value, carried[0]);
        Value nextBest = select(isGreater, word(column), carried[1]);
        return {kernel.create<arith::MaximumFOp>(carried[0], value), nextBest};
      });
  maximum = found[0];
  best = found[1];
}

void PlaceEmitter::sum() {
  if (total)
    return;
  Value zero = number(0);
  SmallVector<Value> sums =
      kernel.loop(0, maps.classes, 1, {zero, zero, zero},
                  [&](Value column, ValueRange carried) -> SmallVector<Value> {
                    Value shifted = kernel.subtract(load(column), maximum);
                    Value power = kernel.create<math::ExpOp>(shifted);
                    Value isLabel = equal(word(column), label);
                    Value nextOwn = select(isLabel, shifted, carried[1]);
                    return {kernel.add(carried[0], power), nextOwn,
                            kernel.add(carried[2], shifted)};
                  });
  total = sums[0];
  own = sums[1];
  all = sums[2];
}

Value PlaceEmitter::correct() {
  Type word = widen(kernel.i32(), lanes);
  Value predicted = best;
  if (maps.classes == 1)
    predicted =
        kernel.create<arith::ExtUIOp>(word, greater(maximum, number(0)));
  return kernel.create<arith::ExtUIOp>(word, equal(predicted, label));
}

Value PlaceEmitter::counted() {
  return kernel.create<arith::ExtUIOp>(widen(kernel.i32(), lanes),
                                       countsLabel());
}

Value PlaceEmitter::loss(double smoothing) {
  sum();
  Value logarithm = kernel.create<math::LogOp>(total);
  if (smoothing == 0)
    return ifCounted(kernel.subtract(logarithm, own));
  Value kept = kernel.multiply(own, number(1 - smoothing));
  Value shared = kernel.multiply(
      all, number(smoothing / static_cast<double>(maps.classes)));
  return ifCounted(kernel.subtract(logarithm, kernel.add(kept, shared)));
}

void PlaceEmitter::storeGradient(Value gradient, Value scale,
                                 double smoothing) {
  sum();
  double share = smoothing / static_cast<double>(maps.classes);
  Value hit = number(1 - smoothing + share), miss = number(share);
  Value inverse = kernel.divide(number(1), total);
  Value factor = kernel.splat(scale, lanes);
  if (maps.isMap)
    countsLabel(); // before the loop
  kernel.loop(0, maps.classes, 1, [&](Value column) {
    Value shifted = kernel.subtract(load(column), maximum);
    Value probability =
        kernel.multiply(kernel.create<math::ExpOp>(shifted), inverse);
    Value isLabel = equal(word(column), label);
    Value target = select(isLabel, hit, miss);
    Value value = kernel.multiply(kernel.subtract(probability, target), factor);
    kernel.store(ifCounted(value), gradient, at(column));
  });
}

namespace {
/// The sums of an example's losses and hits; null where they are not wanted.
struct Sums {
  Value loss, correct;
  Value counted; // of a map, the pixels that count, beside the loss
};

class ExampleEmitter {
public:
  ExampleEmitter(KernelBuilder &kernel, const Maps &maps, const Wanted &wanted)
      : kernel(kernel), maps(maps), wanted(wanted) {}

  /// `scale` of the gradient, already divided by the pixels that count.
  Sums emit(Value row, Value scale);

private:
  Sums emitPlace(Value row, Value pixel, int64_t lanes, Value scale);
  /// Emits the pixels [begin, end) in steps of `lanes`, added to `sums`.
  Sums emitLoop(Value row, int64_t begin, int64_t end, int64_t lanes,
                Value scale, Sums sums);

  KernelBuilder &kernel;
  const Maps &maps;
  const Wanted &wanted;
};
} // namespace

Sums ExampleEmitter::emitPlace(Value row, Value pixel, int64_t lanes,
                               Value scale) {
  PlaceEmitter place(kernel, maps, row, pixel, lanes);
  Sums sums;
  if (wanted.loss)
    sums.loss = place.loss(wanted.smoothing);
  if (wanted.loss && maps.isMap)
    sums.counted = place.counted();
  if (wanted.correct)
    sums.correct = place.correct();
  if (wanted.gradient)
    place.storeGradient(wanted.gradient, scale, wanted.smoothing);
  return sums;
}

Sums ExampleEmitter::emitLoop(Value row, int64_t begin, int64_t end,
                              int64_t lanes, Value scale, Sums sums) {
  SmallVector<Value> initial;
  if (wanted.loss) {
    initial.push_back(kernel.number(0, lanes));
    initial.push_back(kernel.constant(kernel.i32(), 0, lanes));
  }
  if (wanted.correct)
    initial.push_back(kernel.constant(kernel.i32(), 0, lanes));
  SmallVector<Value> last = kernel.loop(
      begin, end, lanes, initial, [&](Value pixel, ValueRange carried) {
        Sums here = emitPlace(row, pixel, lanes, scale);
        SmallVector<Value> next;
        if (wanted.loss) {
          next.push_back(kernel.add(carried[0], here.loss));
          next.push_back(kernel.add(carried[1], here.counted));
        }
        if (wanted.correct)
          next.push_back(kernel.add(carried.back(), here.correct));
        return next;
      });
  auto addTo = [&](Value &sum, Value more) {
    if (lanes > 1)
      more = kernel.sumLanes(more);
    sum = sum ? kernel.add(sum, more) : more;
  };
  if (wanted.loss) {
    addTo(sums.loss, last[0]);
    addTo(sums.counted, last[1]);
  }
  if (wanted.correct)
    addTo(sums.correct, last.back());
  return sums;
}

Sums ExampleEmitter::emit(Value row, Value scale) {
  if (!maps.isMap)
    return emitPlace(row, Value(), 1, scale);
  Sums sums;
  kernel.splitVectors(maps.pixels,
                      [&](int64_t begin, int64_t end, int64_t lanes) {
                        sums = emitLoop(row, begin, end, lanes, scale, sums);
                      });
  if (!sums.loss)
    return sums;
  // The mean of the pixels that count; their sum is 0 where there is none.
  Value some = kernel.create<arith::MaxSIOp>(sums.counted,
                                             kernel.constant(kernel.i32(), 1));
  sums.loss = kernel.divide(sums.loss,
                            kernel.create<arith::SIToFPOp>(kernel.f32(), some));
  return sums;
}

/// How many pixels of a mean example count, as f64: exactly those of a map of
/// which all do. Each part counts all of the batch's labels.
static Value meanCounted(KernelBuilder &kernel, const Maps &maps) {
  int64_t examples = KernelBuilder::sizeOf(maps.logits, 0);
  Value labels = kernel.flatten(maps.labels);
  Value all;
  kernel.splitVectors(
      examples * maps.pixels, [&](int64_t begin, int64_t end, int64_t lanes) {
        Type word = widen(kernel.i32(), lanes);
        Value zero = kernel.constant(kernel.i32(), 0, lanes);
        Value count =
            kernel.loop(begin, end, lanes, {zero},
                        [&](Value i, ValueRange carried) -> SmallVector<Value> {
                          Value label = kernel.load(labels, i, lanes);
                          Value one = kernel.create<arith::ExtUIOp>(
                              word, isCounted(kernel, label, lanes));
                          return {kernel.add(carried[0], one)};
                        })[0];
        if (lanes > 1)
          count = kernel.sumLanes(count);
        all = all ? kernel.add(all, count) : count;
      });
  Type f64 = kernel.builder.getF64Type();
  return kernel.divide(kernel.create<arith::UIToFPOp>(f64, all),
                       kernel.constant(f64, static_cast<double>(examples)));
}

/// A loop over this part's examples. `scaleOf` emits the factor of a row's
/// gradient for the whole example; the buffers of losses and hits, where they
/// are wanted, come third and after it.
static void emitExamples(KernelBuilder &kernel, const Maps &maps,
                         const Wanted &wanted,
                         function_ref<Value(Value row)> scaleOf) {
  kernel.shareUnits(KernelBuilder::sizeOf(maps.logits, 0), [&](Value row) {
    Value scale = wanted.gradient ? scaleOf(row) : Value();
    Sums sums = ExampleEmitter(kernel, maps, wanted).emit(row, scale);
    unsigned next = 2;
    if (wanted.loss)
      kernel.store(sums.loss, kernel.buffers[next++], row);
    if (wanted.correct)
      kernel.store(sums.correct, kernel.buffers[next], row);
  });
}

static double smoothingOf(std::optional<APFloat> smoothing) {
  return smoothing ? smoothing->convertToDouble() : 0;
}

/// The last buffer, as the logits lie.
static Value gradientOf(KernelBuilder &kernel, const Maps &maps) {
  Value gradient = kernel.buffers.back();
  return maps.isMap ? kernel.collapse(gradient, 2, 3) : gradient;
}

/// Buffers: logits, labels, losses [N], hits [N].
static void emitLoss(KernelBuilder &kernel, SoftmaxCrossEntropyOp op) {
  Wanted wanted{.loss = true, .correct = true};
  wanted.smoothing = smoothingOf(op.getLabelSmoothing());
  emitExamples(kernel, Maps(kernel), wanted, {});
}

/// Buffers: logits, labels, losses [N], hits [N], the logits' gradient.
static void emitLossWithGradient(KernelBuilder &kernel,
                                 SoftmaxCrossEntropyWithGradientOp op) {
  Maps maps(kernel);
  Wanted wanted{.loss = true, .correct = true};
  wanted.gradient = gradientOf(kernel, maps);
  wanted.smoothing = smoothingOf(op.getLabelSmoothing());
  double scale = op.getScale().convertToDouble();
  Value shared = kernel.number(scale);
  if (maps.isMap) {
    Type f64 = kernel.builder.getF64Type();
    Value each =
        kernel.divide(kernel.constant(f64, scale), meanCounted(kernel, maps));
    shared = kernel.create<arith::TruncFOp>(kernel.f32(), each);
  }
  emitExamples(kernel, maps, wanted, [&](Value) { return shared; });
}

/// Buffers: logits, labels, the losses' gradients [N], the logits' gradient.
static void emitGradient(KernelBuilder &kernel,
                         SoftmaxCrossEntropyGradientOp op) {
  Maps maps(kernel);
  Wanted wanted{.gradient = gradientOf(kernel, maps)};
  wanted.smoothing = smoothingOf(op.getLabelSmoothing());
  Value pixels;
  if (maps.isMap)
    pixels =
        kernel.create<arith::TruncFOp>(kernel.f32(), meanCounted(kernel, maps));
  emitExamples(kernel, maps, wanted, [&](Value row) {
    Value scale = kernel.load(kernel.buffers[2], row);
    return maps.isMap ? kernel.divide(scale, pixels) : scale;
  });
}

/// Buffers: logits, labels, hits [N].
static void emitCount(KernelBuilder &kernel, CountCorrectOp) {
  emitExamples(kernel, Maps(kernel), {.correct = true}, {});
}

void netc::generate::attachLoss(MLIRContext &context) {
  attachKernel<SoftmaxCrossEntropyOp, emitLoss>(context);
  attachKernel<SoftmaxCrossEntropyGradientOp, emitGradient>(context);
  attachKernel<SoftmaxCrossEntropyWithGradientOp, emitLossWithGradient>(
      context);
  attachKernel<CountCorrectOp, emitCount>(context);
}
