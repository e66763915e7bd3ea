// Shapes and the rules by which layers change them: plain C++, no MLIR, shared
// by the language (which proves a text) and the `net` dialect (whose ops infer
// their types by the same functions). One file per layer family; a rule never
// overflows: arguments are below 2^31, shapes and parameters within 2^40
// elements, a layer's multiply-adds within 2^48.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace netc::shape {

/// The shape of one example, without the batch: [C, H, W] or [units].
using Shape = std::vector<int64_t>;

/// `1x224x224`, or `10` for a vector.
std::string toString(const Shape &shape);

/// The product of the sizes; nullopt if it exceeds 2^40 elements.
std::optional<int64_t> elementCount(const Shape &shape);

/// Two sizes in the order height, width.
using Pair = std::array<int64_t, 2>;

/// The most that a size given as an argument can be.
constexpr int64_t maxArgument = (int64_t(1) << 31) - 1;
/// The most elements of a shape or a parameter.
constexpr int64_t maxElements = int64_t(1) << 40;
/// The most multiply-adds of a layer, for one example.
constexpr int64_t maxMultiplyAdds = int64_t(1) << 48;

/// Why a shape does not fit, in the words of a diagnostic: lower case, no full
/// stop; `hint` is empty or names what would fit; `argument` is empty or the
/// one at fault, whatever the input.
struct ShapeError {
  std::string message;
  std::string hint;
  std::string argument;
};

/// A shape and the arithmetic that gave its changed sizes, for notes:
/// `(4 + 2*0 - 3)/1 + 1 = 2` (height only when both are alike, else
/// `height ..., width ...`); empty where there is none.
struct Inferred {
  Shape shape;
  std::string arithmetic;
};

using InferResult = std::variant<Inferred, ShapeError>;

enum class ActivationKind {
  ReLU,
  Sigmoid,
  Tanh,
  LeakyReLU,
  GELU,
  SiLU,
  ELU,
  Softplus,
  HardSwish
};
std::span<const ActivationKind> activationKinds();
/// As the language writes it: `relu`.
std::string_view toString(ActivationKind kind);
/// ReLU's maximum (infinite), LeakyReLU's slope, ELU's alpha, unless told
/// otherwise; 0 for the others, which have no parameter.
double defaultParameter(ActivationKind kind);

// What each layer is told. Defaults are those of the language.
struct Conv2D {
  int64_t channels = 0;
  Pair kernel{}, stride{1, 1}, padding{0, 0}, dilation{1, 1};
  int64_t groups = 1;
  bool useBias = true;
  bool operator==(const Conv2D &) const = default;
};
struct MaxPool2D {
  Pair window{}, stride{}, padding{0, 0};
  bool operator==(const MaxPool2D &) const = default;
};
struct AvgPool2D { // counts the padding
  Pair window{}, stride{}, padding{0, 0};
  bool operator==(const AvgPool2D &) const = default;
};
struct GlobalAvgPool2D {};
struct Flatten {};
struct Dense {
  int64_t units = 0;
  bool useBias = true;
  bool operator==(const Dense &) const = default;
};
struct Dropout {
  double rate = 0.5;
  bool operator==(const Dropout &) const = default;
};
struct Conv2DTranspose { // as PyTorch's ConvTranspose2d
  int64_t channels = 0;
  Pair kernel{}, stride{1, 1}, padding{0, 0}, outputPadding{0, 0},
      dilation{1, 1};
  int64_t groups = 1;
  bool useBias = true;
  bool operator==(const Conv2DTranspose &) const = default;
};
struct GlobalMaxPool2D {};
enum class Interpolation { Nearest, Bilinear };
/// As the language writes it: `nearest`.
std::string_view toString(Interpolation mode);
struct Upsample2D { // half-pixel centres
  Pair scale{};
  Interpolation mode = Interpolation::Nearest;
  bool operator==(const Upsample2D &) const = default;
};
/// Rows and columns at the top, the bottom, the left and the right.
using Sides = std::array<int64_t, 4>;
struct ZeroPadding2D {
  Sides padding{};
  bool operator==(const ZeroPadding2D &) const = default;
};
struct Crop2D {
  Sides cropping{};
  bool operator==(const Crop2D &) const = default;
};
struct Reshape {
  Shape shape;
  bool operator==(const Reshape &) const = default;
};
struct Activation {
  ActivationKind kind = ActivationKind::ReLU;
  double parameter = defaultParameter(kind);
  bool operator==(const Activation &) const = default;
};
struct Sum {};      // of branches
struct Concat {};   // of branches, along the first dimension
struct Identity {}; // makes no layer of its own

struct BatchNorm {       // each channel by its mean and variance in the batch
  double momentum = 0.1; // of the new value in the running statistics
  double epsilon = 1e-5;
  bool affine = true;
  bool operator==(const BatchNorm &) const = default;
};
struct LayerNorm { // each example by its own mean and variance
  double epsilon = 1e-5;
  bool affine = true;
  bool operator==(const LayerNorm &) const = default;
};
struct Scale { // each channel times a learned factor, plus a learned bias
  bool useBias = true;
  bool operator==(const Scale &) const = default;
};

using LayerSpec =
    std::variant<Conv2D, MaxPool2D, AvgPool2D, GlobalAvgPool2D, Flatten, Dense,
                 Dropout, Activation, BatchNorm, LayerNorm, Scale, Sum, Concat,
                 Identity, Conv2DTranspose, GlobalMaxPool2D, Upsample2D,
                 ZeroPadding2D, Crop2D, Reshape>;

// The shape rules, [C, H, W] -> [C', H', W'] unless said otherwise.
InferResult infer(const Conv2D &, const Shape &input);
InferResult infer(const MaxPool2D &, const Shape &input);
InferResult infer(const AvgPool2D &, const Shape &input);
InferResult infer(const GlobalAvgPool2D &, const Shape &input); // -> [C, 1, 1]
InferResult infer(const Flatten &, const Shape &input);         // -> [C*H*W]
InferResult infer(const Dense &, const Shape &input);           // [in] -> [out]
InferResult infer(const Dropout &, const Shape &input);         // any
InferResult infer(const Activation &, const Shape &input);      // any
InferResult infer(const Identity &, const Shape &input);        // any
InferResult infer(const BatchNorm &, const Shape &input); // [C, H, W] or [C]
InferResult infer(const LayerNorm &, const Shape &input); // any
InferResult infer(const Scale &, const Shape &input);     // [C, H, W] or [C]
InferResult infer(const Conv2DTranspose &, const Shape &input);
InferResult infer(const GlobalMaxPool2D &, const Shape &input); // -> [C, 1, 1]
InferResult infer(const Upsample2D &, const Shape &input);
InferResult infer(const ZeroPadding2D &, const Shape &input);
InferResult infer(const Crop2D &, const Shape &input);
InferResult infer(const Reshape &, const Shape &input); // any -> shape
InferResult infer(const LayerSpec &, const Shape &input);

// The rules of several inputs, one a branch; all other layers have one.
InferResult infer(const Sum &, std::span<const Shape> inputs);    // all alike
InferResult infer(const Concat &, std::span<const Shape> inputs); // but for C
/// \pre one input at least, and one only unless the layer is Sum or Concat.
InferResult infer(const LayerSpec &, std::span<const Shape> inputs);

/// What one layer costs for one example. `multiplyAdds` counts convolutions
/// and dense layers, as the papers do.
struct Cost {
  int64_t parameters = 0;
  int64_t multiplyAdds = 0;
};
/// \pre the layer fits `input`.
Cost cost(const LayerSpec &, const Shape &input);

/// What a parameter begins with.
enum class Init { Xavier, Zero, One };

/// A parameter tensor of a layer, in PyTorch's shape and order: `weight`
/// (OIHW or [out, in]), then `bias`, then statistics. Fans are for Xavier: the
/// receptive field times channels in and out.
struct ParameterShape {
  std::string name; // "weight", "bias", "running_mean"
  Shape shape;
  Init init;
  int64_t fanIn = 0, fanOut = 0;
  /// Measured in training rather than trained: no parameter of the count, but
  /// saved with the weights.
  bool isStatistic = false;
};
std::vector<ParameterShape> parameters(const LayerSpec &, const Shape &input);

/// The language's name of the layer: `Conv2D`; an Activation's is `ReLU` ....
std::string_view kindName(const LayerSpec &);

} // namespace netc::shape
