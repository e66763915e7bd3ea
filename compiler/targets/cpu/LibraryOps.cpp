// The mapping from `net` ops to oneDNN primitives.
#include "compiler/targets/cpu/LibraryOps.h"

#include "compiler/kernel/KernelDialect.h"
#include "compiler/select/Layouts.h"
#include "runtime/Error.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;
using runtime::cpu::PrimitiveKind;
using runtime::cpu::Propagation;
using runtime::cpu::Role;
using select::toRuntime;

/// A filter's tag with the letters of its two channel dimensions swapped, with
/// groups the second and the third.
static std::string swapChannels(std::string tag, size_t rank) {
  char first = rank == 5 ? 'b' : 'a';
  if (tag.empty()) { // row-major: the letters in order
    for (size_t i = 0; i < rank; ++i)
      tag += static_cast<char>('a' + i);
  }
  for (char &c : tag)
    if (llvm::toLower(c) == first)
      ++c;
    else if (llvm::toLower(c) == first + 1)
      --c;
  return tag;
}

std::string netc::net::layoutOfChoice(const runtime::cpu::PrimitiveSpec &spec,
                                      Role role,
                                      const runtime::TensorType &chosen) {
  if (spec.kind != PrimitiveKind::Deconvolution || role != Role::Weights)
    return chosen.layout;
  std::string tag = swapChannels(chosen.layout, chosen.shape.size());
  bool isRowMajor = llvm::StringRef("abcde").starts_with(tag);
  return isRowMajor ? "" : tag;
}

namespace {
class LibraryBuilder {
public:
  LibraryBuilder(PrimitiveKind kind, Propagation propagation,
                 bool choosesLayouts) {
    library.spec.kind = kind;
    library.spec.propagation = propagation;
    library.choosesLayouts = choosesLayouts;
  }
  LibraryBuilder &add(Role role, Value value) {
    if (!value)
      return *this;
    library.spec.tensors.emplace_back(role, toRuntime(value.getType()));
    return addValue(role, value);
  }
  /// The weights of a convolution; those of a transposed one, whose channels
  /// the library counts the other way round.
  LibraryBuilder &addFilter(Value value) {
    if (library.spec.kind == PrimitiveKind::Convolution)
      return add(Role::Weights, value);
    runtime::TensorType type = toRuntime(value.getType());
    size_t first = type.shape.size() == 5 ? 1 : 0;
    std::swap(type.shape[first], type.shape[first + 1]);
    type.layout = swapChannels(type.layout, type.shape.size());
    library.spec.tensors.emplace_back(Role::Weights, type);
    return addValue(Role::Weights, value);
  }
  /// A workspace: no tensor of the descriptor.
  LibraryBuilder &workspace(Value value) {
    return value ? addValue(Role::Workspace, value) : *this;
  }
  template <typename Op> LibraryBuilder &convolution(Op op) {
    library.spec.stride = op.getStride().vec();
    library.spec.padding = op.getPadding().vec();
    library.spec.dilation = op.getDilation().vec();
    return *this;
  }
  template <typename Op> LibraryBuilder &pool(Op op) {
    library.spec.window = op.getWindow().vec();
    library.spec.stride = op.getStride().vec();
    library.spec.padding = op.getPadding().vec();
    return *this;
  }
  template <typename Op>
  LibraryBuilder &normalization(Op op, bool givenStatistics) {
    library.spec.epsilon = op.getEpsilon().convertToDouble();
    library.spec.givenStatistics = givenStatistics;
    return *this;
  }
  LibraryBuilder &relu(bool fused) {
    library.spec.relu = fused;
    return *this;
  }
  std::optional<LibraryOp> done() { return std::move(library); }

private:
  LibraryBuilder &addValue(Role role, Value value) {
    library.values.push_back({role, value, false});
    return *this;
  }
  LibraryOp library;
};
} // namespace

/// Of convolutions and their gradients.
static PrimitiveKind kindOf(Operation *op) {
  return isa<Conv2DTransposeOp, Conv2DTransposeInputGradientOp,
             Conv2DTransposeFilterGradientOp>(op)
             ? PrimitiveKind::Deconvolution
             : PrimitiveKind::Convolution;
}

/// A ReLU joined to the op, the only activation that is joined to one.
static bool hasActivation(Operation *op) { return op->hasAttr("activation"); }

static std::optional<LibraryOp> map(Operation *op) {
  using Result = std::optional<LibraryOp>;
  return TypeSwitch<Operation *, Result>(op)
      .Case<Conv2DOp, Conv2DTransposeOp>([](auto op) {
        return LibraryBuilder(kindOf(op), Propagation::Forward, true)
            .add(Role::Src, op.getInput())
            .addFilter(op.getFilter())
            .add(Role::Bias, op.getBias())
            .add(Role::Dst, op.getOutput())
            .convolution(op)
            .relu(hasActivation(op))
            .done();
      })
      .Case<Conv2DInputGradientOp, Conv2DTransposeInputGradientOp>([](auto op) {
        return LibraryBuilder(kindOf(op), Propagation::BackwardData, true)
            .add(Role::Src, op.getInputGradient())
            .addFilter(op.getFilter())
            .add(Role::Dst, op.getOutputGradient())
            .convolution(op)
            .relu(op.getActivated() != nullptr) // which it refuses
            .done();
      })
      .Case<Conv2DFilterGradientOp, Conv2DTransposeFilterGradientOp>(
          [](auto op) {
            return LibraryBuilder(kindOf(op), Propagation::BackwardWeights,
                                  true)
                .add(Role::Src, op.getInput())
                .addFilter(op.getFilterGradient())
                .add(Role::Bias, op.getBiasGradient())
                .add(Role::Dst, op.getOutputGradient())
                .convolution(op)
                .done();
          })
      .Case([](DenseOp op) {
        return LibraryBuilder(PrimitiveKind::InnerProduct, Propagation::Forward,
                              true)
            .add(Role::Src, op.getInput())
            .add(Role::Weights, op.getWeight())
            .add(Role::Bias, op.getBias())
            .add(Role::Dst, op.getOutput())
            .relu(op.getActivation().has_value())
            .done();
      })
      .Case([](DenseInputGradientOp op) {
        return LibraryBuilder(PrimitiveKind::InnerProduct,
                              Propagation::BackwardData, true)
            .add(Role::Src, op.getInputGradient())
            .add(Role::Weights, op.getWeight())
            .add(Role::Dst, op.getOutputGradient())
            .relu(op.getActivated() != nullptr) // which it refuses
            .done();
      })
      .Case([](DenseWeightGradientOp op) {
        return LibraryBuilder(PrimitiveKind::InnerProduct,
                              Propagation::BackwardWeights, true)
            .add(Role::Src, op.getInput())
            .add(Role::Weights, op.getWeightGradient())
            .add(Role::Bias, op.getBiasGradient())
            .add(Role::Dst, op.getOutputGradient())
            .done();
      })
      .Case([](MaxPool2DOp op) {
        return LibraryBuilder(PrimitiveKind::MaxPooling, Propagation::Forward,
                              false)
            .add(Role::Src, op.getInput())
            .add(Role::Dst, op.getOutput())
            .workspace(op.getIndices())
            .pool(op)
            .done();
      })
      .Case([](MaxPool2DGradientOp op) {
        return LibraryBuilder(PrimitiveKind::MaxPooling,
                              Propagation::BackwardData, false)
            .add(Role::Src, op.getInputGradient())
            .add(Role::Dst, op.getOutputGradient())
            .workspace(op.getIndices())
            .pool(op)
            .done();
      })
      .Case([](AvgPool2DOp op) {
        return LibraryBuilder(PrimitiveKind::AveragePooling,
                              Propagation::Forward, false)
            .add(Role::Src, op.getInput())
            .add(Role::Dst, op.getOutput())
            .pool(op)
            .done();
      })
      .Case([](AvgPool2DGradientOp op) {
        return LibraryBuilder(PrimitiveKind::AveragePooling,
                              Propagation::BackwardData, false)
            .add(Role::Src, op.getInputGradient())
            .add(Role::Dst, op.getOutputGradient())
            .pool(op)
            .done();
      })
      .Case([](ReorderOp op) {
        return LibraryBuilder(PrimitiveKind::Reorder, Propagation::Forward,
                              false)
            .add(Role::Src, op.getInput())
            .add(Role::Dst, op.getOutput())
            .done();
      })
      .Case([](BatchNormInferenceOp op) {
        return LibraryBuilder(PrimitiveKind::BatchNormalization,
                              Propagation::Forward, false)
            .add(Role::Src, op.getInput())
            .add(Role::Weights, op.getWeight())
            .add(Role::Bias, op.getBias())
            .add(Role::Mean, op.getMean())
            .add(Role::Variance, op.getVariance())
            .add(Role::Dst, op.getOutput())
            .workspace(op.getMask())
            .normalization(op, true)
            .relu(hasActivation(op))
            .done();
      })
      .Case([](BatchNormGradientOp op) {
        return LibraryBuilder(PrimitiveKind::BatchNormalization,
                              Propagation::BackwardData, false)
            .add(Role::Src, op.getInput())
            .add(Role::Weights, op.getWeight())
            .add(Role::Mean, op.getMean())
            .add(Role::Variance, op.getVariance())
            .add(Role::Dst, op.getOutputGradient())
            .add(Role::SrcGradient, op.getInputGradient())
            .add(Role::WeightsGradient, op.getWeightGradient())
            .add(Role::BiasGradient, op.getBiasGradient())
            .workspace(op.getMask())
            .normalization(op, op.getGivenStatistics())
            .relu(bool(op.getMask()))
            .done();
      })
      .Case([](LayerNormOp op) {
        bool affine = !op.getAffine().empty();
        return LibraryBuilder(PrimitiveKind::LayerNormalization,
                              Propagation::Forward, false)
            .add(Role::Src, op.getInput())
            .add(Role::Weights, affine ? op.getAffine()[0] : Value())
            .add(Role::Bias, affine ? op.getAffine()[1] : Value())
            .add(Role::Mean, op.getMean())
            .add(Role::Variance, op.getVariance())
            .add(Role::Dst, op.getOutput())
            .normalization(op, false)
            .done();
      })
      .Case([](LayerNormGradientOp op) {
        bool affine = bool(op.getWeight());
        return LibraryBuilder(PrimitiveKind::LayerNormalization,
                              Propagation::BackwardData, false)
            .add(Role::Src, op.getInput())
            .add(Role::Weights, op.getWeight())
            .add(Role::Mean, op.getMean())
            .add(Role::Variance, op.getVariance())
            .add(Role::Dst, op.getOutputGradient())
            .add(Role::SrcGradient, op.getInputGradient())
            .add(Role::WeightsGradient,
                 affine ? op.getAffineGradients()[0] : Value())
            .add(Role::BiasGradient,
                 affine ? op.getAffineGradients()[1] : Value())
            .normalization(op, false)
            .done();
      })
      .Default(Result());
}

std::optional<LibraryOp> netc::net::toLibrary(Operation *op) {
  std::optional<LibraryOp> library = map(op);
  if (library)
    for (RoleValue &entry : library->values)
      entry.isResult = entry.value.getDefiningOp() == op;
  return library;
}

LogicalResult netc::net::configureLibrary(Operation *module) {
  auto target = module->getAttrOfType<kernel::CpuAttr>("kernel.target");
  if (!target)
    return module->emitError(
        "expected the module's target, `kernel.target = #kernel.cpu<...>`");
  try {
    runtime::cpu::configure(static_cast<int>(target.getThreads()),
                            target.getIsa().str());
  } catch (const Error &error) {
    return module->emitError(error.what());
  }
  return success();
}
