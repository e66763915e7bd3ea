// Sums of channels by `net.channel_sums`.
#include "compiler/targets/cuda/SumChannels.h"

#include <algorithm>

using namespace mlir;
using namespace netc;

/// Rows that one thread sums: enough to be worth it, few enough for thousands
/// of threads and for a short chain of roundings.
static constexpr int64_t rowsOfPart = 256;
static constexpr int64_t mostParts = 1024;

Value netc::cuda::sumChannels(OpBuilder &builder, Location location,
                              Value values, Value factor, double scale) {
  auto type = cast<RankedTensorType>(values.getType());
  int64_t rows = type.getNumElements() / type.getDimSize(1);
  int64_t parts = std::min(mostParts, (rows + rowsOfPart - 1) / rowsOfPart);
  if (parts > 1) {
    values = builder.create<net::ChannelSumsOp>(
        location, values, factor, builder.getI64IntegerAttr(parts),
        builder.getF64FloatAttr(1));
    factor = {};
  }
  return builder.create<net::ChannelSumsOp>(location, values, factor,
                                            builder.getI64IntegerAttr(1),
                                            builder.getF64FloatAttr(scale));
}
