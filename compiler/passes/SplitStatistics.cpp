// Batch normalisation as its statistics, in double precision, and the
// normalisation with them: the library sums in single precision, one value
// after the other, whose error over a large batch is hundreds of roundings.
#include "compiler/passes/Passes.h"

#include "compiler/net/NetDialect.h"

using namespace mlir;
using namespace netc::net;

namespace netc::net {
#define GEN_PASS_DEF_SPLITSTATISTICS
#include "compiler/passes/Passes.h.inc"
} // namespace netc::net

namespace {
struct SplitStatistics : netc::net::impl::SplitStatisticsBase<SplitStatistics> {
  void runOnOperation() override {
    for (auto norm :
         llvm::make_early_inc_range(getOperation().getOps<BatchNormOp>())) {
      OpBuilder builder(norm);
      auto statistics =
          builder.create<BatchStatisticsOp>(norm.getLoc(), norm.getInput());
      auto normalized = builder.create<BatchNormInferenceOp>(
          norm.getLoc(), norm.getInput(), statistics.getMean(),
          statistics.getVariance(), norm.getAffine(), norm.getEpsilonAttr(),
          norm.getActivationAttr(), StringAttr());
      norm.getOutput().replaceAllUsesWith(normalized.getOutput());
      norm.getMean().replaceAllUsesWith(statistics.getMean());
      norm.getVariance().replaceAllUsesWith(statistics.getVariance());
      if (norm.getMask())
        norm.getMask().replaceAllUsesWith(normalized.getMask());
      norm.erase();
    }
  }
};
} // namespace
