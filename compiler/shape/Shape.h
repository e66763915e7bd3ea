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

/// What one layer costs for one example. `multiplyAdds` counts convolutions
/// and dense layers, as the papers do.
struct Cost {
  int64_t parameters = 0;
  int64_t multiplyAdds = 0;
};

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
  int64_t groups = 1; // that share out its first dimension
};

/// A window that slides over an image by its stride; `usualStride` is the one
/// that a layer has unless it is told another.
struct SlidingWindow {
  Pair size, stride, usualStride;
};

// The layers. Each is a struct of what it is told, with the language's
// defaults and name (`kindName`), and its functions, which the layer's own file
// implements: `infer` is its shape rule, [C, H, W] -> [C', H', W'] unless said
// otherwise; a layer without parameters, cost or window has no such function.
// What is true of a kind whatever it is told is a constant of the struct:
//   isElementwise  computes each element alone: notes about shapes pass it by
//   isNoise        is random in training and passes its input on in evaluation

struct Conv2D {
  static constexpr std::string_view kindName = "Conv2D";
  int64_t channels = 0;
  Pair kernel{}, stride{1, 1}, padding{0, 0}, dilation{1, 1};
  int64_t groups = 1;
  bool useBias = true;
  bool operator==(const Conv2D &) const = default;
};
InferResult infer(const Conv2D &, const Shape &input);
Cost cost(const Conv2D &, const Shape &input);
std::vector<ParameterShape> parameters(const Conv2D &, const Shape &input);
SlidingWindow slidingWindow(const Conv2D &);

struct Conv2DTranspose { // as PyTorch's ConvTranspose2d
  static constexpr std::string_view kindName = "Conv2DTranspose";
  int64_t channels = 0;
  Pair kernel{}, stride{1, 1}, padding{0, 0}, outputPadding{0, 0},
      dilation{1, 1};
  int64_t groups = 1;
  bool useBias = true;
  bool operator==(const Conv2DTranspose &) const = default;
};
InferResult infer(const Conv2DTranspose &, const Shape &input);
Cost cost(const Conv2DTranspose &, const Shape &input);
std::vector<ParameterShape> parameters(const Conv2DTranspose &,
                                       const Shape &input);

struct MaxPool2D {
  static constexpr std::string_view kindName = "MaxPool2D";
  Pair window{}, stride{}, padding{0, 0};
  bool operator==(const MaxPool2D &) const = default;
};
InferResult infer(const MaxPool2D &, const Shape &input);
SlidingWindow slidingWindow(const MaxPool2D &);

struct AvgPool2D { // counts the padding
  static constexpr std::string_view kindName = "AvgPool2D";
  Pair window{}, stride{}, padding{0, 0};
  bool operator==(const AvgPool2D &) const = default;
};
InferResult infer(const AvgPool2D &, const Shape &input);
SlidingWindow slidingWindow(const AvgPool2D &);

struct GlobalMaxPool2D {
  static constexpr std::string_view kindName = "GlobalMaxPool2D";
};
InferResult infer(const GlobalMaxPool2D &, const Shape &input); // -> [C, 1, 1]

struct GlobalAvgPool2D {
  static constexpr std::string_view kindName = "GlobalAvgPool2D";
};
InferResult infer(const GlobalAvgPool2D &, const Shape &input); // -> [C, 1, 1]

struct Dense {
  static constexpr std::string_view kindName = "Dense";
  int64_t units = 0;
  bool useBias = true;
  bool operator==(const Dense &) const = default;
};
InferResult infer(const Dense &, const Shape &input); // [in] -> [out]
Cost cost(const Dense &, const Shape &input);
std::vector<ParameterShape> parameters(const Dense &, const Shape &input);

struct Dropout {
  static constexpr std::string_view kindName = "Dropout";
  static constexpr bool isElementwise = true, isNoise = true;
  double rate = 0.5;
  bool operator==(const Dropout &) const = default;
};
InferResult infer(const Dropout &, const Shape &input); // any

struct Activation { // its name is that of its kind: `ReLU`
  static constexpr bool isElementwise = true;
  ActivationKind kind = ActivationKind::ReLU;
  double parameter = defaultParameter(kind);
  bool operator==(const Activation &) const = default;
};
InferResult infer(const Activation &, const Shape &input); // any
std::string_view kindName(const Activation &);

struct BatchNorm { // each channel by its mean and variance in the batch
  static constexpr std::string_view kindName = "BatchNorm";
  double momentum = 0.1; // of the new value in the running statistics
  double epsilon = 1e-5;
  bool affine = true;
  bool operator==(const BatchNorm &) const = default;
};
InferResult infer(const BatchNorm &, const Shape &input); // [C, H, W] or [C]
Cost cost(const BatchNorm &, const Shape &input);
std::vector<ParameterShape> parameters(const BatchNorm &, const Shape &input);

struct LayerNorm { // each example by its own mean and variance
  static constexpr std::string_view kindName = "LayerNorm";
  double epsilon = 1e-5;
  bool affine = true;
  bool operator==(const LayerNorm &) const = default;
};
InferResult infer(const LayerNorm &, const Shape &input); // any
Cost cost(const LayerNorm &, const Shape &input);
std::vector<ParameterShape> parameters(const LayerNorm &, const Shape &input);

struct Scale { // each channel times a learned factor, plus a learned bias
  static constexpr std::string_view kindName = "Scale";
  bool useBias = true;
  bool operator==(const Scale &) const = default;
};
InferResult infer(const Scale &, const Shape &input); // [C, H, W] or [C]
Cost cost(const Scale &, const Shape &input);
std::vector<ParameterShape> parameters(const Scale &, const Shape &input);

enum class Interpolation { Nearest, Bilinear };
/// As the language writes it: `nearest`.
std::string_view toString(Interpolation mode);
struct Upsample2D { // half-pixel centres
  static constexpr std::string_view kindName = "Upsample2D";
  Pair scale{};
  Interpolation mode = Interpolation::Nearest;
  bool operator==(const Upsample2D &) const = default;
};
InferResult infer(const Upsample2D &, const Shape &input);

/// Rows and columns at the top, the bottom, the left and the right.
using Sides = std::array<int64_t, 4>;
struct ZeroPadding2D {
  static constexpr std::string_view kindName = "ZeroPadding2D";
  Sides padding{};
  bool operator==(const ZeroPadding2D &) const = default;
};
InferResult infer(const ZeroPadding2D &, const Shape &input);

struct Crop2D {
  static constexpr std::string_view kindName = "Crop2D";
  Sides cropping{};
  bool operator==(const Crop2D &) const = default;
};
InferResult infer(const Crop2D &, const Shape &input);

struct Flatten {
  static constexpr std::string_view kindName = "Flatten";
};
InferResult infer(const Flatten &, const Shape &input); // -> [C*H*W]

struct Reshape {
  static constexpr std::string_view kindName = "Reshape";
  Shape shape;
  bool operator==(const Reshape &) const = default;
};
InferResult infer(const Reshape &, const Shape &input); // any -> shape

struct Identity { // makes no layer of its own
  static constexpr std::string_view kindName = "Identity";
};
InferResult infer(const Identity &, const Shape &input); // any

// Layers of several inputs, one a branch.
struct Sum { // of branches
  static constexpr std::string_view kindName = "Sum";
};
InferResult infer(const Sum &, std::span<const Shape> inputs); // all alike

struct Concat { // of branches, along the first dimension
  static constexpr std::string_view kindName = "Concat";
};
InferResult infer(const Concat &, std::span<const Shape> inputs); // but for C

using LayerSpec =
    std::variant<Conv2D, MaxPool2D, AvgPool2D, GlobalAvgPool2D, Flatten, Dense,
                 Dropout, Activation, BatchNorm, LayerNorm, Scale, Sum, Concat,
                 Identity, Conv2DTranspose, GlobalMaxPool2D, Upsample2D,
                 ZeroPadding2D, Crop2D, Reshape>;

/// The rules above. \pre one input at least, and one only unless the layer
/// joins branches.
InferResult infer(const LayerSpec &, std::span<const Shape> inputs);
InferResult infer(const LayerSpec &, const Shape &input);

/// \pre the layer fits `input`.
Cost cost(const LayerSpec &, const Shape &input);
std::vector<ParameterShape> parameters(const LayerSpec &, const Shape &input);

/// The language's name of the layer: `Conv2D`; an Activation's is `ReLU` ....
std::string_view kindName(const LayerSpec &);

/// The window that the layer slides over its input; nullopt if it has none.
std::optional<SlidingWindow> slidingWindow(const LayerSpec &);
/// The constants of the same names above; false where a layer has none.
bool isElementwise(const LayerSpec &);
bool isNoise(const LayerSpec &);

} // namespace netc::shape
