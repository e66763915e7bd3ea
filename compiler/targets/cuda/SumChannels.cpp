// Sums of channels and of examples by `cuda.channel_sums`.
#include "compiler/targets/cuda/SumChannels.h"

#include "compiler/targets/cuda/DeviceOps.h"
#include "compiler/targets/cuda/Families.h"

#include <algorithm>

using namespace mlir;
using namespace netc;
using namespace netc::net;
using namespace netc::cuda;

/// Rows of a channel that one thread sums: enough to be worth it, few enough
/// for thousands of threads and for a short chain of roundings.
static constexpr int64_t rowsOfPart = 256;
static constexpr int64_t mostParts = 1024;
/// Elements of an example: fewer, since a batch has fewer examples than a layer
/// channels; what is left is summed the same way.
static constexpr int64_t elementsOfPart = 64;

static int64_t partsOf(Value values, bool perExample) {
  auto type = cast<RankedTensorType>(values.getType());
  int64_t count = type.getNumElements() / type.getDimSize(perExample ? 0 : 1);
  int64_t ofPart = perExample ? elementsOfPart : rowsOfPart;
  int64_t parts = (count + ofPart - 1) / ofPart;
  return perExample ? parts : std::min(mostParts, parts);
}

namespace {
/// What a sum is made with.
struct Summing {
  OpBuilder &builder;
  Location location;
  bool perExample;

  Value sum(Value values, Value factor, int64_t parts, double scale) {
    return builder.create<ChannelSumsOp>(
        location, values, factor, builder.getI64IntegerAttr(parts),
        builder.getF64FloatAttr(scale), flag());
  }
  Value square(Value values, Value mean, int64_t parts, double scale) {
    return builder.create<ChannelSquaresOp>(
        location, values, mean, builder.getI64IntegerAttr(parts),
        builder.getF64FloatAttr(scale), flag());
  }
  /// `make` at once, or in parts that are summed.
  Value inParts(Value values, double scale,
                function_ref<Value(int64_t, double)> make) {
    int64_t parts = partsOf(values, perExample);
    if (parts == 1)
      return make(1, scale);
    Value partial = make(parts, 1);
    if (!perExample)
      return sum(partial, Value(), 1, scale);
    return inParts(partial, scale, [&](int64_t parts, double scale) {
      return sum(partial, Value(), parts, scale);
    });
  }
  Value sumAll(Value values, Value factor, double scale) {
    return inParts(values, scale, [&](int64_t parts, double scale) {
      return sum(values, factor, parts, scale);
    });
  }
  Value squareAll(Value values, Value mean, double scale) {
    return inParts(values, scale, [&](int64_t parts, double scale) {
      return square(values, mean, parts, scale);
    });
  }

private:
  UnitAttr flag() { return perExample ? builder.getUnitAttr() : UnitAttr(); }
};
} // namespace

Value netc::cuda::sumChannels(OpBuilder &builder, Location location,
                              Value values, Value factor, double scale) {
  return Summing{builder, location, /*perExample=*/false}.sumAll(values, factor,
                                                                 scale);
}

Value netc::cuda::sumExamples(OpBuilder &builder, Location location,
                              Value values, Value factor, double scale) {
  return Summing{builder, location, /*perExample=*/true}.sumAll(values, factor,
                                                                scale);
}

Value netc::cuda::squareChannels(OpBuilder &builder, Location location,
                                 Value values, Value mean, double scale) {
  return Summing{builder, location, /*perExample=*/false}.squareAll(
      values, mean, scale);
}

Value netc::cuda::squareExamples(OpBuilder &builder, Location location,
                                 Value values, Value mean, double scale) {
  return Summing{builder, location, /*perExample=*/true}.squareAll(values, mean,
                                                                   scale);
}

namespace {
/// Sums read their operand as graphs leave it, and stay f32.
template <typename Op>
struct SumModel : DeviceOpInterface::ExternalModel<SumModel<Op>, Op> {
  bool hasChannelsLast(Operation *) const { return true; }
};
} // namespace

void netc::cuda::attachSumChannels(MLIRContext &context) {
  ChannelSumsOp::attachInterface<SumModel<ChannelSumsOp>>(context);
  ChannelSquaresOp::attachInterface<SumModel<ChannelSquaresOp>>(context);
}
