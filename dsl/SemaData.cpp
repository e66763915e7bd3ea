// `data { ... }`: from the pictures of a data set to the network's input.
#include "dsl/Sema.h"

#include "dsl/Names.h"
#include "dsl/Signature.h"

#include <algorithm>

namespace netc::dsl {

namespace {
struct TransformKind {
  Signature signature;
  shape::TransformSpec (*build)(const BoundArguments &arguments);
};
} // namespace

static shape::TransformSpec buildResize(const BoundArguments &arguments) {
  return shape::Resize{arguments.get<shape::Pair>("size")};
}

static shape::TransformSpec buildToTensor(const BoundArguments &) {
  return shape::ToTensor{};
}

static shape::TransformSpec buildNormalize(const BoundArguments &arguments) {
  return shape::Normalize{arguments.get<std::vector<double>>("mean"),
                          arguments.get<std::vector<double>>("std")};
}

static std::span<const TransformKind> transformKinds() {
  using enum ArgumentKind;
  constexpr bool required = true;
  static const std::vector<TransformKind> kinds = {
      {{"Resize", {{"size", Pair, required}}}, buildResize},
      {{"ToTensor", {}}, buildToTensor},
      {{"Normalize", {{"mean", Numbers, required}, {"std", Numbers, required}}},
       buildNormalize},
  };
  return kinds;
}

namespace {
/// The transforms of one `data` block.
class DataResolver {
public:
  DataResolver(Evaluator &evaluator, Diagnostics &diagnostics, Network &network)
      : evaluator(evaluator), diagnostics(diagnostics), network(network) {}

  void run(const DataDecl &decl);

private:
  void resolve(const DataItem &item);
  void reportUnknown(const Call &call);
  bool isFirstOfKind(const Transform &transform);
  void infer(Transform &transform, const BoundArguments &arguments);
  void checkResult(const DataDecl &decl);
  template <typename T> const Transform *find() const;

  Evaluator &evaluator;
  Diagnostics &diagnostics;
  Network &network;
  std::optional<shape::Shape> shape; // nullopt after an error
};
} // namespace

template <typename T> const Transform *DataResolver::find() const {
  for (const Transform &transform : network.transforms)
    if (std::holds_alternative<T>(transform.spec))
      return &transform;
  return nullptr;
}

void DataResolver::reportUnknown(const Call &call) {
  std::vector<std::string_view> known;
  for (const TransformKind &kind : transformKinds())
    known.push_back(kind.signature.name);
  diagnostics
      .error(DiagnosticKind::UnknownTransform, call.callee.range,
             call.callee.text)
      .hint(hintForName(NameContext::Transform, call.callee.text, known));
  if (call.arguments)
    evaluateAll(*call.arguments, evaluator);
  shape.reset();
}

bool DataResolver::isFirstOfKind(const Transform &transform) {
  std::string_view kind = shape::kindName(transform.spec);
  for (const Transform &earlier : network.transforms) {
    if (earlier.spec.index() != transform.spec.index())
      continue;
    diagnostics.error(DiagnosticKind::TransformTwice, transform.range, kind)
        .note(earlier.range, "the first one is here");
    return false;
  }
  return true;
}

void DataResolver::infer(Transform &transform,
                         const BoundArguments &arguments) {
  auto *normalize = std::get_if<shape::Normalize>(&transform.spec);
  shape::InferResult result = shape::infer(transform.spec, *shape);
  if (auto *error = std::get_if<shape::ShapeError>(&result)) {
    const auto *argument = arguments.find(error->argument);
    reportShapeError(*error, transform.range,
                     argument ? argument->range : transform.range, diagnostics);
    if (std::holds_alternative<shape::Resize>(transform.spec))
      shape.reset();
    return;
  }
  shape = std::get<shape::Inferred>(result).shape;
  if (normalize) { // one value serves all channels
    size_t count =
        std::max(normalize->mean.size(), normalize->deviation.size());
    normalize->mean.resize(count, normalize->mean[0]);
    normalize->deviation.resize(count, normalize->deviation[0]);
  }
}

void DataResolver::resolve(const DataItem &item) {
  const Call &call = item.call;
  if (item.phase != Phase::Both)
    diagnostics.error(DiagnosticKind::ReservedWord, item.phaseKeyword,
                      text(item.phaseKeyword));
  auto kind = std::ranges::find_if(transformKinds(), [&](const auto &known) {
    return known.signature.name == call.callee.text;
  });
  if (kind == transformKinds().end())
    return reportUnknown(call);
  if (call.block)
    diagnostics.error(DiagnosticKind::NoBlock, call.block->open,
                      call.callee.text);
  std::optional<BoundArguments> arguments =
      bind(kind->signature, call.callee,
           call.arguments ? &*call.arguments : nullptr, evaluator, diagnostics);
  if (!arguments) {
    shape.reset();
    return;
  }
  Transform transform{kind->build(*arguments), call.callee.range, item.phase};
  if (isFirstOfKind(transform) && shape)
    infer(transform, *arguments);
  network.transforms.push_back(std::move(transform));
}

/// `224` or `224x200`, as an argument.
static std::string sizeText(const shape::Shape &image) {
  return image[1] == image[2] ? fmt::format("{}", image[1])
                              : fmt::format("{}x{}", image[1], image[2]);
}

/// What the transforms make of pictures must be what the network reads.
void DataResolver::checkResult(const DataDecl &decl) {
  const Transform *toTensor = find<shape::ToTensor>();
  const Transform *normalize = find<shape::Normalize>();
  if (!toTensor)
    diagnostics.error(DiagnosticKind::NoToTensor, decl.keyword)
        .hint("add `ToTensor`: it makes numbers from 0 to 1 of the pixels");
  else if (normalize && normalize->range.offset < toTensor->range.offset)
    diagnostics.error(DiagnosticKind::NormalizeBeforeToTensor, normalize->range)
        .note(toTensor->range, "`ToTensor` is here")
        .hint("`mean` and `std` are those of numbers from 0 to 1");
  if (!shape || *shape == network.input)
    return;
  const Transform *resize = find<shape::Resize>();
  auto &error = diagnostics.error(DiagnosticKind::TransformsMismatch,
                                  resize->range, shape::toString(*shape),
                                  network.name, shape::toString(network.input));
  error.note(network.inputRange,
             fmt::format("the input of `{}` is here", network.name));
  error.hint(fmt::format("`Resize({})` gives {}", sizeText(network.input),
                         shape::toString(network.input)));
}

void DataResolver::run(const DataDecl &decl) {
  size_t errors = diagnostics.all().size();
  if (network.input.size() == 3)
    shape = network.input; // pictures of any size come to the same
  else
    diagnostics
        .error(DiagnosticKind::TransformsMismatch, decl.keyword,
               "channels x height x width", network.name,
               shape::toString(network.input))
        .note(network.inputRange,
              fmt::format("the input of `{}` is here", network.name))
        .hint(network.inputRange,
              "take the picture's shape, and `Flatten` it first");
  for (const DataItem &item : decl.transforms)
    resolve(item);
  if (!decl.isBroken && errors == diagnostics.all().size())
    checkResult(decl);
}

void resolveData(const DataDecl &decl, Evaluator &evaluator,
                 Diagnostics &diagnostics, Network &network) {
  DataResolver(evaluator, diagnostics, network).run(decl);
}

bool checkTransforms(const Network &network, const shape::Shape &pixels,
                     const std::string &dataset, Diagnostics &diagnostics) {
  shape::Shape shape = pixels;
  for (const Transform &transform : network.transforms) {
    shape::InferResult result = shape::infer(transform.spec, shape);
    if (auto *error = std::get_if<shape::ShapeError>(&result)) {
      reportShapeError(*error, transform.range, transform.range, diagnostics);
      return false;
    }
    shape = std::get<shape::Inferred>(result).shape;
  }
  if (shape == network.input)
    return true;
  Diagnostic &error = diagnostics.error(
      DiagnosticKind::DatasetMismatch, network.inputRange, dataset,
      shape::toString(pixels), network.name, shape::toString(network.input));
  if (network.input.size() == 3 && shape.size() == 3 &&
      network.input[0] == shape[0])
    error.hint(fmt::format("`data {{ Resize({})  ToTensor }}` makes {} of them",
                           sizeText(network.input),
                           shape::toString(network.input)));
  else if (network.input.size() == 1)
    error.hint("take the picture's shape, and `Flatten` it first");
  return false;
}

} // namespace netc::dsl
