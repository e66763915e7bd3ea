// `data { ... }`: from the pictures of a data set to the network's input, in
// training and in testing.
#include "dsl/Sema.h"

#include "dsl/Names.h"
#include "dsl/Transforms.h"
#include "dsl/Vocabulary.h"

#include <algorithm>
#include <array>

namespace netc::dsl {

static constexpr std::array phases = {Phase::Train, Phase::Test};

/// `224` or `224x200`, as an argument.
static std::string sizeText(const shape::Shape &image) {
  return image[1] == image[2] ? fmt::format("{}", image[1])
                              : fmt::format("{}x{}", image[1], image[2]);
}

static bool changesSize(const shape::TransformSpec &spec) {
  return std::holds_alternative<shape::Resize>(spec) ||
         std::holds_alternative<shape::CenterCrop>(spec) ||
         std::holds_alternative<shape::RandomCrop>(spec) ||
         std::holds_alternative<shape::RandomResizedCrop>(spec);
}

std::vector<const Signature *> transformSignatures() {
  std::vector<const Signature *> signatures;
  for (const TransformKind &kind : transformKinds())
    signatures.push_back(&kind.signature);
  return signatures;
}

namespace {
/// The transforms of one `data` block.
class DataResolver {
public:
  DataResolver(Evaluator &evaluator, Diagnostics &diagnostics, Network &network)
      : evaluator(evaluator), diagnostics(diagnostics), network(network) {}

  void run(const DataDecl &decl);

private:
  void resolve(const Call &call, Phase phase);
  void reportUnknown(const Call &call);
  bool isFirstOfKind(const Transform &transform);
  bool isInItsPhase(const Transform &transform);
  void infer(Transform &transform, const BoundArguments &arguments);
  /// The shape in a phase that this transform runs in is not known any more.
  void forgetShapes(const Transform &transform);
  void checkToTensor(const DataDecl &decl, Phase phase);
  void checkBehindToTensor(const Transform &transform,
                           const Transform &toTensor,
                           const Transform *normalize);
  void checkFill(const Transform &transform);
  void checkResult(Phase phase);
  void checkAssumption();
  std::optional<shape::Shape> &shapeIn(Phase phase) {
    return shapes[phase == Phase::Test];
  }

  Evaluator &evaluator;
  Diagnostics &diagnostics;
  Network &network;
  std::array<std::optional<shape::Shape>, 2> shapes; // nullopt after an error
  std::array<bool, 2> isSized = {}; // else the shape is the assumed one
};
} // namespace

/// `pictures`, enlarged to what the crop cuts from.
static shape::Shape enlargedFor(const shape::RandomCrop &crop,
                                shape::Shape pictures) {
  for (int i : {0, 1})
    if (crop.size[i] <= shape::maxArgument && crop.padding[i] >= 0 &&
        crop.padding[i] <= shape::maxArgument) // else an error of the crop's
      pictures[1 + i] =
          std::max(pictures[1 + i], crop.size[i] - 2 * crop.padding[i]);
  return pictures;
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
}

bool DataResolver::isFirstOfKind(const Transform &transform) {
  std::string_view kind = shape::kindName(transform.spec);
  for (const Transform &earlier : network.transforms) {
    bool meets = std::ranges::any_of(phases, [&](Phase phase) {
      return earlier.runsIn(phase) && transform.runsIn(phase);
    });
    if (!meets || earlier.spec.index() != transform.spec.index())
      continue;
    diagnostics.error(DiagnosticKind::TransformTwice, transform.range, kind)
        .note(earlier.range, "the first one is here");
    return false;
  }
  return true;
}

/// Evaluation is to give the same result each time.
bool DataResolver::isInItsPhase(const Transform &transform) {
  if (transform.phase == Phase::Train || !shape::isRandom(transform.spec))
    return true;
  std::string_view kind = shape::kindName(transform.spec);
  diagnostics.error(DiagnosticKind::RandomOutsideTrain, transform.range, kind)
      .hint(fmt::format("`train {{ {} }}`: it draws anew for each picture, and "
                        "an evaluation draws nothing",
                        kind));
  return false;
}

void DataResolver::forgetShapes(const Transform &transform) {
  for (Phase phase : phases)
    if (transform.runsIn(phase))
      shapeIn(phase).reset();
}

void DataResolver::infer(Transform &transform,
                         const BoundArguments &arguments) {
  for (Phase phase : phases) {
    std::optional<shape::Shape> &shape = shapeIn(phase);
    if (!transform.runsIn(phase) || !shape)
      continue;
    bool &sized = isSized[phase == Phase::Test];
    const auto *crop = std::get_if<shape::RandomCrop>(&transform.spec);
    if (crop && !sized && shape->size() == 3)
      shape = enlargedFor(*crop, *shape);
    sized |= changesSize(transform.spec);
    shape::InferResult result = shape::infer(transform.spec, *shape);
    if (auto *error = std::get_if<shape::ShapeError>(&result)) {
      const auto *argument = arguments.find(error->argument);
      Diagnostic &report = reportShapeError(
          *error, transform.range, argument ? argument->range : transform.range,
          diagnostics);
      if (!error->hint.empty())
        report.hint(error->hint);
      if (changesSize(transform.spec))
        forgetShapes(transform);
      return; // what is wrong in both phases is said once
    }
    shape = std::get<shape::Inferred>(result).shape;
  }
  if (auto *normalize = std::get_if<shape::Normalize>(&transform.spec)) {
    size_t count = // one value serves all channels
        std::max(normalize->mean.size(), normalize->deviation.size());
    normalize->mean.resize(count, normalize->mean[0]);
    normalize->deviation.resize(count, normalize->deviation[0]);
  }
}

void DataResolver::resolve(const Call &call, Phase phase) {
  auto kind = std::ranges::find_if(transformKinds(), [&](const auto &known) {
    return known.signature.name == call.callee.text;
  });
  Transform transform{{}, call.callee.range, phase};
  if (kind == transformKinds().end()) {
    forgetShapes(transform);
    return reportUnknown(call);
  }
  if (call.block)
    diagnostics.error(DiagnosticKind::NoBlock, call.block->open,
                      call.callee.text);
  std::optional<BoundArguments> arguments =
      bind(kind->signature, call.callee,
           call.arguments ? &*call.arguments : nullptr, evaluator, diagnostics);
  if (!arguments)
    return forgetShapes(transform);
  transform.spec = kind->build(*arguments);
  transform.arguments = givenArguments(kind->signature, *arguments);
  if (isFirstOfKind(transform) && isInItsPhase(transform))
    infer(transform, *arguments);
  network.transforms.push_back(std::move(transform));
}

/// `ToTensor` is there, what reads its numbers is behind it, and what wants a
/// picture's levels or colours is where there are such.
void DataResolver::checkToTensor(const DataDecl &decl, Phase phase) {
  const Transform *toTensor = nullptr, *normalize = nullptr;
  std::vector<const Transform *> early;
  for (const Transform &transform : network.transforms) {
    if (!transform.runsIn(phase))
      continue;
    const shape::TransformSpec &spec = transform.spec;
    if (std::holds_alternative<shape::ToTensor>(spec)) {
      toTensor = &transform;
    } else if (toTensor) {
      checkBehindToTensor(transform, *toTensor, normalize);
    } else if (std::holds_alternative<shape::Normalize>(spec) ||
               std::holds_alternative<shape::RandomErasing>(spec)) {
      early.push_back(&transform);
    } else {
      checkFill(transform);
    }
    if (std::holds_alternative<shape::Normalize>(spec))
      normalize = &transform;
  }
  for (const Transform *wrong : early)
    if (toTensor)
      diagnostics
          .error(DiagnosticKind::BeforeToTensor, wrong->range,
                 shape::kindName(wrong->spec))
          .note(toTensor->range, "`ToTensor` is here")
          .hint(std::holds_alternative<shape::Normalize>(wrong->spec)
                    ? "`mean` and `std` are those of numbers from 0 to 1"
                    : "`value` is one of numbers from 0 to 1");
  if (toTensor)
    return;
  bool isPhased =
      std::ranges::any_of(network.transforms, [](const Transform &transform) {
        return transform.phase != Phase::Both;
      });
  diagnostics
      .error(DiagnosticKind::NoToTensor, decl.keyword,
             !isPhased               ? ""
             : phase == Phase::Train ? " in training"
                                     : " in testing")
      .hint("add `ToTensor`: it makes numbers from 0 to 1 of the pixels");
}

void DataResolver::checkBehindToTensor(const Transform &transform,
                                       const Transform &toTensor,
                                       const Transform *normalize) {
  std::string_view kind = shape::kindName(transform.spec);
  if (std::holds_alternative<shape::RandAugment>(transform.spec))
    diagnostics.error(DiagnosticKind::BehindToTensor, transform.range, kind)
        .note(toTensor.range, "`ToTensor` is here")
        .hint("it counts a picture's levels, from 0 to 255");
  else if (normalize && shape::adjustsColors(transform.spec))
    diagnostics.error(DiagnosticKind::BehindNormalize, transform.range, kind)
        .note(normalize->range, "`Normalize` is here")
        .hint("colours are those of numbers from 0 to 1");
}

/// Before `ToTensor` a fill is a level.
void DataResolver::checkFill(const Transform &transform) {
  const std::vector<double> *fill = shape::fillOf(transform.spec);
  if (!fill)
    return;
  for (double value : *fill)
    if (!(value >= 0 && value <= shape::highestLevel)) {
      diagnostics
          .error(DiagnosticKind::ValueRange, transform.range, "`fill`",
                 fmt::format("from 0 to {} before `ToTensor`",
                             shape::highestLevel),
                 fmt::format("{}", value))
          .hint("pixels are numbers from 0 to 1 behind `ToTensor` only");
      return;
    }
}

/// Whether both phases make the network's input of such pictures.
static bool doFit(const Network &network, const shape::Shape &pictures) {
  return std::ranges::all_of(phases, [&](Phase phase) {
    shape::InferResult result = shape::Inferred{pictures, ""};
    for (const Transform &transform : network.transforms)
      if (auto *before = std::get_if<shape::Inferred>(&result);
          before && transform.runsIn(phase))
        result = shape::infer(transform.spec, shape::Shape(before->shape));
    auto *inferred = std::get_if<shape::Inferred>(&result);
    return inferred && inferred->shape == network.input;
  });
}

/// A crop larger than the network's input wants larger pictures, which must
/// suit the other phase too.
void DataResolver::checkAssumption() {
  if (doFit(network, assumedPictures(network)))
    return;
  for (const Transform &transform : network.transforms) {
    shape::InferResult result = shape::infer(transform.spec, network.input);
    const auto *error = std::get_if<shape::ShapeError>(&result);
    if (!error || !std::holds_alternative<shape::RandomCrop>(transform.spec))
      continue;
    reportShapeError(*error, transform.range, transform.range, diagnostics)
        .note(network.inputRange,
              "in testing only pictures of that size give this input")
        .hint(error->hint);
  }
}

/// What the transforms make of pictures must be what the network reads.
void DataResolver::checkResult(Phase phase) {
  std::optional<shape::Shape> &shape = shapeIn(phase);
  if (!shape || *shape == network.input)
    return;
  const Transform *last = nullptr;
  for (const Transform &transform : network.transforms)
    if (transform.runsIn(phase) && changesSize(transform.spec))
      last = &transform;
  std::string gives = shape::toString(*shape);
  if (last->phase != Phase::Both)
    gives += last->phase == Phase::Train ? " in training" : " in testing";
  auto &error =
      diagnostics.error(DiagnosticKind::TransformsMismatch, last->range, gives,
                        network.name, shape::toString(network.input));
  error.note(network.inputRange,
             fmt::format("the input of `{}` is here", network.name));
  error.hint(fmt::format("`{}({})` gives {}", shape::kindName(last->spec),
                         sizeText(network.input),
                         shape::toString(network.input)));
}

void DataResolver::run(const DataDecl &decl) {
  size_t errors = diagnostics.all().size();
  auto isFine = [&] { return errors == diagnostics.all().size(); };
  shapes.fill(network.input); // until something needs larger pictures
  for (const TransformCall &transform : decl.transforms)
    resolve(transform.call, transform.phase);
  for (Phase phase : phases) // what is wrong in both is said once
    if (!decl.isBroken && isFine()) {
      checkToTensor(decl, phase);
      checkResult(phase);
    }
  if (!decl.isBroken && isFine())
    checkAssumption();
}

void resolveData(const DataDecl &decl, Evaluator &evaluator,
                 Diagnostics &diagnostics, Network &network) {
  DataResolver(evaluator, diagnostics, network).run(decl);
}

/// Whether the loss compares a map with labels of its places.
static bool hasLabelMap(const Network &network) {
  const shape::Shape &output = network.output;
  return !network.train.loss.targetsInput && output.size() == 3 &&
         output[1] * output[2] > 1;
}

/// Whether the map has a place for each pixel of the network's input.
static bool isOfPixels(const Network &network) {
  const shape::Shape &input = network.input, &output = network.output;
  return input.size() == 3 && input[1] == output[1] && input[2] == output[2];
}

bool movesLabels(const Network &network) {
  return hasLabelMap(network) && isOfPixels(network) &&
         std::ranges::any_of(network.transforms, [](const Transform &each) {
           return shape::movesPixels(each.spec);
         });
}

std::optional<shape::Shape> labelShapeOf(const Network &network,
                                         const shape::Shape &pixels) {
  if (movesLabels(network) && pixels.size() == 3)
    return shape::Shape{pixels[1], pixels[2]};
  return labelShapeOf(network);
}

void checkLabelMaps(const Network &network, Diagnostics &diagnostics) {
  if (!hasLabelMap(network) || isOfPixels(network))
    return;
  const shape::Shape &output = network.output;
  for (const Transform &transform : network.transforms)
    if (shape::isRandom(transform.spec) && shape::movesPixels(transform.spec))
      diagnostics
          .error(DiagnosticKind::LabelsStay, transform.range,
                 shape::kindName(transform.spec), network.name,
                 shape::toString(output))
          .note(network.outputRange,
                fmt::format("the output of `{}` is here", network.name))
          .hint("labels are moved where the map is as large as the input");
}

static bool checkPhase(const Network &network, const shape::Shape &pixels,
                       Phase phase, const std::string &dataset,
                       Diagnostics &diagnostics) {
  shape::Shape shape = pixels;
  bool isSized = false;
  for (const Transform &transform : network.transforms) {
    if (!transform.runsIn(phase))
      continue;
    isSized |= changesSize(transform.spec);
    shape::InferResult result = shape::infer(transform.spec, shape);
    if (auto *error = std::get_if<shape::ShapeError>(&result)) {
      Diagnostic &report = reportShapeError(*error, transform.range,
                                            transform.range, diagnostics);
      report.note(network.inputRange,
                  fmt::format("`{}` has pictures of {}", dataset,
                              shape::toString(pixels)));
      if (!error->hint.empty())
        report.hint(error->hint);
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
      network.input[0] == shape[0] && !isSized)
    error.hint(fmt::format("`data {{ Resize({})  ToTensor }}` makes {} of them",
                           sizeText(network.input),
                           shape::toString(network.input)));
  else if (network.input.size() == 1 && pixels.size() == 1)
    error.hint(fmt::format("`{}: {}` reads them", network.inputName,
                           shape::toString(pixels)));
  else if (network.input.size() == 1)
    error.hint("take the picture's shape, and `Flatten` it first");
  return false;
}

bool checkTransforms(const Network &network, const shape::Shape &pixels,
                     const std::string &dataset, Diagnostics &diagnostics) {
  return std::ranges::all_of(phases, [&](Phase phase) {
    return checkPhase(network, pixels, phase, dataset, diagnostics);
  });
}

shape::Shape assumedPictures(const Network &network) {
  shape::Shape pictures = network.input;
  if (pictures.size() != 3) // vectors, which no crop takes
    return pictures;
  for (Phase phase : phases) {
    auto first =
        std::ranges::find_if(network.transforms, [&](const Transform &each) {
          return each.runsIn(phase) && changesSize(each.spec);
        });
    if (first == network.transforms.end())
      continue;
    if (const auto *crop = std::get_if<shape::RandomCrop>(&first->spec))
      pictures = enlargedFor(*crop, pictures);
  }
  return pictures;
}

WantedPictures wantedPictures(const Network &network) {
  shape::Shape assumed = assumedPictures(network);
  WantedPictures wanted{assumed};
  int64_t largest = 0;
  for (Phase phase : {Phase::Test, Phase::Train}) { // at a tie, testing's
    auto first =
        std::ranges::find_if(network.transforms, [&](const Transform &each) {
          return each.runsIn(phase);
        });
    if (first == network.transforms.end())
      continue;
    const auto *resize = std::get_if<shape::Resize>(&first->spec);
    if (!resize)
      continue;
    int64_t side = resize->shortSide.value_or(0);
    shape::Pair size = resize->size.value_or(shape::Pair{side, side});
    if (std::min(size[0], size[1]) <= largest)
      continue;
    largest = std::min(size[0], size[1]);
    wanted.shape = {network.input[0], size[0], size[1]};
    wanted.isCovered = resize->shortSide.has_value();
  }
  // Smaller pictures than a crop needs will not do; what is covered is square.
  if (assumed != network.input)
    for (int i : {1, 2})
      wanted.shape[i] = std::max(
          wanted.shape[i],
          wanted.isCovered ? std::max(assumed[1], assumed[2]) : assumed[i]);
  return wanted;
}

} // namespace netc::dsl
