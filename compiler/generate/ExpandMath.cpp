// Applies MLIR's expansions of mathematical functions.
#include "compiler/generate/ExpandMath.h"

#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

LogicalResult netc::generate::expandMath(Operation *module) {
  RewritePatternSet patterns(module->getContext());
  populateMathPolynomialApproximationPatterns(patterns);
  populateExpandTanPattern(patterns);
  populateExpandSinhPattern(patterns);
  populateExpandCoshPattern(patterns);
  populateExpandAsinhPattern(patterns);
  populateExpandAcoshPattern(patterns);
  populateExpandAtanhPattern(patterns);
  populateExpandExp2FPattern(patterns);
  populateExpandPowFPattern(patterns);
  populateExpandRoundFPattern(patterns);
  arith::populateCeilFloorDivExpandOpsPatterns(patterns);
  arith::populateExpandBFloat16Patterns(patterns);
  return applyPatternsAndFoldGreedily(module, std::move(patterns));
}
