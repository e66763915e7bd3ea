// The pass on a target that offers two ways to run an activation: in row-major
// order, and faster in blocks.
#include "compiler/select/SelectPasses.h"
#include "compiler/select/Target.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace netc;
using namespace netc::select;

namespace {
/// What the target of a test charges, in nanoseconds.
struct Prices {
  double rows = 0, blocks = 0, reorder = 0;
};
Prices prices;

struct TestTarget
    : TargetInterface::ExternalModel<TestTarget, kernel::CpuAttr> {
  LogicalResult prepare(Attribute, ModuleOp) const { return success(); }
  LogicalResult expand(Attribute, Operation *, bool) const { return success(); }
  bool fusesActivation(Attribute, Operation *) const { return false; }

  LogicalResult appendCandidates(Attribute, Operation *op,
                                 const Situation &situation,
                                 SmallVectorImpl<Candidate> &candidates) const {
    if (isa<net::ActivationOp>(op)) {
      candidates.push_back(rowMajor(op));
      candidates.back().engine = "rows";
      candidates.back().nanoseconds = prices.rows;
      candidates.push_back(rowMajor(op));
      candidates.back().engine = "blocks";
      candidates.back().operands[0] = candidates.back().results[0] = "aBcd16b";
      candidates.back().nanoseconds = prices.blocks;
      for (Candidate &candidate : candidates)
        candidate.reason = "it was offered";
    } else if (isa<net::ReorderOp>(op)) {
      Candidate candidate = rowMajor(op);
      candidate.engine = "reorder";
      candidate.operands[0] = net::layoutOf(op->getOperand(0).getType());
      candidate.results[0] = net::layoutOf(op->getResult(0).getType());
      candidates.push_back(candidate);
    } else if (isa<net::AddOp>(op)) { // as its first operand lies
      Candidate candidate = rowMajor(op);
      candidate.engine = "follows";
      candidate.operands[0] = candidate.operands[1] = candidate.results[0] =
          situation.layoutOf(op->getOperand(0)).str();
      candidates.push_back(candidate);
    }
    return success();
  }

  std::optional<std::string> getParameterLayout(Attribute,
                                                net::ParameterOp) const {
    return std::nullopt;
  }
  Value buildReorder(Attribute, OpBuilder &builder, Location location,
                     RankedTensorType type, Value value) const {
    return builder.create<net::ReorderOp>(location, type, value);
  }
  double getReorderCost(Attribute, RankedTensorType, RankedTensorType) const {
    return prices.reorder;
  }
  LogicalResult emit(Attribute, Operation *, Launcher &) const {
    return failure();
  }
  LogicalResult emitCopy(Attribute, Location, Value, Value, Launcher &) const {
    return failure();
  }
  KernelForm getKernelForm(Attribute) const { return {}; }
};

class SelectLaunchesTest : public testing::Test {
protected:
  SelectLaunchesTest() {
    context.loadDialect<net::NetDialect, kernel::KernelDialect,
                        func::FuncDialect>();
    kernel::CpuAttr::attachInterface<TestTarget>(context);
    context.getDiagEngine().registerHandler([this](Diagnostic &diagnostic) {
      reported += diagnostic.str();
      return success();
    });
  }

  /// The function `body`, of %x, after the pass; null if it failed.
  func::FuncOp select(const std::string &body) {
    module = parseSourceString<ModuleOp>(
        "!t = tensor<2x16x4x4xf32>\n"
        "module attributes {kernel.target = #kernel.cpu<isa = \"avx2\", "
        "threads = 1>} {\n  func.func @evaluate(%x: !t) -> !t {\n" +
            body + "  }\n}",
        &context);
    EXPECT_TRUE(module) << reported;
    PassManager passes(&context);
    passes.addPass(createSelectLaunches());
    if (!module || failed(passes.run(*module)))
      return {};
    return *module->getOps<func::FuncOp>().begin();
  }

  static std::vector<std::string> enginesOf(func::FuncOp func) {
    std::vector<std::string> engines;
    for (Operation &op : func.getBody().front().without_terminator()) {
      kernel::ChoiceAttr choice = getChoice(&op);
      engines.push_back(choice ? choice.getEngine().str() : "none");
    }
    return engines;
  }

  MLIRContext context;
  std::string reported;
  OwningOpRef<ModuleOp> module;
};

using Engines = std::vector<std::string>;

const char *one = R"(
    %0 = net.activation %x {kind = #net.activation<relu>} : (!t) -> !t
    return %0 : !t
)";
const char *two = R"(
    %0 = net.activation %x {kind = #net.activation<relu>} : (!t) -> !t
    %1 = net.activation %0 {kind = #net.activation<tanh>} : (!t) -> !t
    return %1 : !t
)";
} // namespace

TEST_F(SelectLaunchesTest, TakesTheCheaperWhereReordersCostNothing) {
  prices = {/*rows=*/100, /*blocks=*/40, /*reorder=*/0};
  func::FuncOp func = select(one);
  ASSERT_TRUE(func) << reported;
  EXPECT_EQ(enginesOf(func), (Engines{"reorder", "blocks", "reorder"}));
}

TEST_F(SelectLaunchesTest, LeavesTheCheaperWhereReordersEatTheGain) {
  prices = {/*rows=*/100, /*blocks=*/40, /*reorder=*/31};
  func::FuncOp func = select(one);
  ASSERT_TRUE(func) << reported;
  EXPECT_EQ(enginesOf(func), (Engines{"rows"}));
}

TEST_F(SelectLaunchesTest, NeighboursShareTheReorders) {
  // Alone neither would be worth it, together they are.
  prices = {/*rows=*/100, /*blocks=*/40, /*reorder=*/31};
  func::FuncOp func = select(two);
  ASSERT_TRUE(func) << reported;
  EXPECT_EQ(enginesOf(func),
            (Engines{"reorder", "blocks", "blocks", "reorder"}));
}

TEST_F(SelectLaunchesTest, RecordsLayoutsAndReasons) {
  prices = {/*rows=*/100, /*blocks=*/40, /*reorder=*/1};
  func::FuncOp func = select(one);
  ASSERT_TRUE(func) << reported;
  Operation *activation = *func.getOps<net::ActivationOp>().begin();
  EXPECT_EQ(net::layoutOf(activation->getOperand(0).getType()), "aBcd16b");
  EXPECT_EQ(net::layoutOf(activation->getResult(0).getType()), "aBcd16b");
  kernel::ChoiceAttr choice = getChoice(activation);
  EXPECT_EQ(choice.getNanoseconds(), 40);
  EXPECT_EQ(choice.getReason(),
            "it was offered; rows would cost 100 ns for 40, before reorders");
  auto reorder = *func.getOps<net::ReorderOp>().begin();
  EXPECT_EQ(getChoice(reorder).getReason(),
            "net.activation reads it in aBcd16b");
  Value returned = func.getBody().front().getTerminator()->getOperand(0);
  EXPECT_EQ(net::layoutOf(returned.getType()), "");
}

TEST_F(SelectLaunchesTest, WhatFollowsIsAskedForEachWay) {
  // The sum lies as its first operand does, whichever way that is chosen, and
  // the second is brought to it.
  const char *sum = R"(
    %0 = net.activation %x {kind = #net.activation<relu>} : (!t) -> !t
    %1 = net.add %0, %x : (!t, !t) -> !t
    %2 = net.activation %1 {kind = #net.activation<tanh>} : (!t) -> !t
    return %2 : !t
)";
  prices = {/*rows=*/100, /*blocks=*/40, /*reorder=*/1};
  func::FuncOp func = select(sum);
  ASSERT_TRUE(func) << reported;
  Operation *add = *func.getOps<net::AddOp>().begin();
  for (Value operand : add->getOperands())
    EXPECT_EQ(net::layoutOf(operand.getType()), "aBcd16b");
  // %x is brought into blocks once, for both of its readers.
  EXPECT_EQ(enginesOf(func),
            (Engines{"reorder", "blocks", "follows", "blocks", "reorder"}));
  prices.reorder = 60;
  func = select(sum);
  ASSERT_TRUE(func) << reported;
  EXPECT_EQ(enginesOf(func), (Engines{"rows", "follows", "rows"}));
}

TEST_F(SelectLaunchesTest, WhatNothingRunsIsNamed) {
  EXPECT_FALSE(select(R"(
    %0 = net.fill {value = 0.0 : f64} : !t
    return %0 : !t
)"));
  EXPECT_EQ(reported, "'net.fill' op has no kernel on this target");
}

TEST_F(SelectLaunchesTest, AModuleWithoutATargetIsAnError) {
  module = parseSourceString<ModuleOp>("module {}", &context);
  PassManager passes(&context);
  passes.addPass(createSelectLaunches());
  EXPECT_TRUE(failed(passes.run(*module)));
  EXPECT_EQ(reported, "expected the module's target, such as `kernel.target = "
                      "#kernel.cpu<...>`");
}
