// Shapes and the rules by which layers change them: plain C++, no MLIR, shared
// by the language (which proves a text) and the `net` dialect (whose ops infer
// their types by the same functions). One file per layer family; a rule never
// overflows: arguments are below 2^31, shapes and parameters within 2^40
// elements, a layer's multiply-adds within 2^48.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
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

enum class ActivationKind { ReLU, Sigmoid, Tanh };
/// As the language writes it: `relu`.
std::string_view toString(ActivationKind kind);

// What each layer is told. Defaults are those of the language.
struct Conv2D {
  int64_t channels = 0;
  Pair kernel{}, stride{1, 1}, padding{0, 0}, dilation{1, 1};
  int64_t groups = 1;
  bool useBias = true;
};
struct MaxPool2D {
  Pair window{}, stride{}, padding{0, 0};
};
struct AvgPool2D { // counts the padding
  Pair window{}, stride{}, padding{0, 0};
};
struct GlobalAvgPool2D {};
struct Flatten {};
struct Dense {
  int64_t units = 0;
  bool useBias = true;
};
struct Dropout {
  double rate = 0.5;
};
struct Activation {
  ActivationKind kind = ActivationKind::ReLU;
};

using LayerSpec = std::variant<Conv2D, MaxPool2D, AvgPool2D, GlobalAvgPool2D,
                               Flatten, Dense, Dropout, Activation>;

// The shape rules, [C, H, W] -> [C', H', W'] unless said otherwise.
InferResult infer(const Conv2D &, const Shape &input);
InferResult infer(const MaxPool2D &, const Shape &input);
InferResult infer(const AvgPool2D &, const Shape &input);
InferResult infer(const GlobalAvgPool2D &, const Shape &input); // -> [C, 1, 1]
InferResult infer(const Flatten &, const Shape &input);         // -> [C*H*W]
InferResult infer(const Dense &, const Shape &input);           // [in] -> [out]
InferResult infer(const Dropout &, const Shape &input);         // any
InferResult infer(const Activation &, const Shape &input);      // any
InferResult infer(const LayerSpec &, const Shape &input);

/// What one layer costs for one example. `multiplyAdds` counts convolutions
/// and dense layers, as the papers do.
struct Cost {
  int64_t parameters = 0;
  int64_t multiplyAdds = 0;
};
/// \pre the layer fits `input`.
Cost cost(const LayerSpec &, const Shape &input);

/// A parameter tensor of a layer, in PyTorch's shape and order: `weight`
/// (OIHW or [out, in]) then `bias`. Fans are for Xavier: the receptive field
/// times channels in and out.
struct ParameterShape {
  std::string name; // "weight", "bias"
  Shape shape;
  int64_t fanIn = 0, fanOut = 0;
};
std::vector<ParameterShape> parameters(const LayerSpec &, const Shape &input);

/// The language's name of the layer: `Conv2D`; an Activation's is `ReLU` ....
std::string_view kindName(const LayerSpec &);

} // namespace netc::shape
