// Training steps that gather their pixels from a set that is kept where they
// run, instead of being given them.
#include "compiler/passes/Passes.h"

#include "compiler/net/NetDialect.h"
#include "runtime/Contract.h"

using namespace mlir;
using namespace netc::net;
using namespace netc::runtime;

namespace netc::net {
#define GEN_PASS_DEF_KEEPDATASET
#include "compiler/passes/Passes.h.inc"
} // namespace netc::net

namespace {
struct KeepDataset : netc::net::impl::KeepDatasetBase<KeepDataset> {
  using KeepDatasetBase::KeepDatasetBase;
  void runOnOperation() override;
};
} // namespace

static std::optional<unsigned> findArgument(func::FuncOp func, StringRef name) {
  for (unsigned i = 0; i < func.getNumArguments(); ++i)
    if (auto given = func.getArgAttrOfType<StringAttr>(i, "net.name");
        given && given.getValue() == name)
      return i;
  return std::nullopt;
}

/// The argument `pixels` becomes a gather from `dataset` by the argument
/// `samples`, which is added where random transforms have not asked for it.
static void gatherPixels(func::FuncOp func, unsigned pixelsAt,
                         ParameterOp dataset) {
  OpBuilder builder(func.getContext());
  BlockArgument pixels = func.getArgument(pixelsAt);
  std::optional<unsigned> samplesAt = findArgument(func, argument::samples);
  if (!samplesAt) {
    samplesAt = func.getNumArguments();
    int64_t batch = cast<RankedTensorType>(pixels.getType()).getDimSize(0);
    func.insertArgument(
        *samplesAt, RankedTensorType::get({batch}, builder.getI32Type()),
        builder.getDictionaryAttr(builder.getNamedAttr(
            "net.name", builder.getStringAttr(argument::samples))),
        pixels.getLoc());
  }
  builder.setInsertionPointToStart(&func.getBody().front());
  Value set = builder.create<ReadParameterOp>(
      pixels.getLoc(), dataset.getType(), dataset.getSymName());
  Value gathered = builder.create<GatherExamplesOp>(
      pixels.getLoc(), set, func.getArgument(*samplesAt));
  pixels.replaceAllUsesWith(gathered);
  func.eraseArgument(pixelsAt);
}

void KeepDataset::runOnOperation() {
  if (examples <= 0)
    return;
  ModuleOp module = getOperation();
  ParameterOp dataset;
  for (StringRef name : {program::trainStep, program::trainLastStep}) {
    auto func = module.lookupSymbol<func::FuncOp>(name);
    std::optional<unsigned> pixelsAt;
    if (func)
      pixelsAt = findArgument(func, argument::pixels);
    if (!pixelsAt)
      continue;
    auto pixels = cast<RankedTensorType>(func.getArgument(*pixelsAt).getType());
    if (pixels.getRank() < 2) {
      func.emitError("expected examples [N, ...], got ") << pixels;
      return signalPassFailure();
    }
    if (!dataset) {
      SmallVector<int64_t> shape(pixels.getShape());
      shape[0] = examples;
      auto builder = OpBuilder::atBlockBegin(module.getBody());
      // Behind the parameters, whose order is that of the files.
      for (auto parameter : module.getOps<ParameterOp>())
        builder.setInsertionPointAfter(parameter);
      dataset = builder.create<ParameterOp>(
          func.getLoc(), "dataset",
          RankedTensorType::get(shape, pixels.getElementType()), "zero",
          /*fan_in=*/1, /*fan_out=*/1, /*trainable=*/false,
          /*file_shape=*/DenseI64ArrayAttr(), /*statistic=*/false,
          /*state=*/StringAttr(), /*state_of=*/FlatSymbolRefAttr(),
          APFloat(1.0), APFloat(1.0), /*dataset=*/true);
    }
    gatherPixels(func, *pixelsAt, dataset);
  }
}
