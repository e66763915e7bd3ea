// Pictures through the program `evaluate`, whose labels are left zero.
#include "runtime/train/Prediction.h"
#include "runtime/Printable.h"

#include "runtime/Contract.h"
#include "runtime/data/PictureFolder.h"
#include "runtime/train/ClassNames.h"
#include "runtime/train/Weights.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace netc::runtime::train {
namespace {

using Json = nlohmann::ordered_json;

/// Whether it gives a number for each picture, not classes.
bool givesNumber(const Model &model) {
  return model.loss == Loss::MeanSquaredError &&
         model.outputShape.size() == 1 && model.outputShape[0] == 1;
}

int64_t classesOf(const Model &model) {
  return std::max<int64_t>(model.outputShape[0], 2);
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// What is said of a picture.
class Teller {
public:
  Teller(const Model &model, const PredictRequest &request,
         std::vector<std::string> names)
      : model(model), request(request), names(std::move(names)) {}

  std::string line(const std::string &image,
                   std::span<const float> output) const;
  /// The line of a picture that could not be decoded, where the form has a
  /// place for it.
  std::string broken(const std::string &image, const std::string &why) const {
    return request.json ? dump({{"image", image}, {"error", why}}) : "";
  }

private:
  static std::string dump(const Json &object) {
    // A file's name may hold bytes that are no UTF-8.
    return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  }
  std::vector<ScoredClass> topOf(std::span<const float> output) const {
    std::vector<ScoredClass> scored = scoreClasses(model.loss, output);
    if (scored.size() > static_cast<size_t>(request.top))
      scored.resize(static_cast<size_t>(request.top));
    return scored;
  }

  const Model &model;
  const PredictRequest &request;
  const std::vector<std::string> names;
};

std::string Teller::line(const std::string &image,
                         std::span<const float> output) const {
  if (givesNumber(model))
    return request.json
               ? dump({{"image", image}, {"output", output[0]}})
               : fmt::format("{}: {:.6g}\n", printable(image), output[0]);
  bool isProbability = model.loss != Loss::MeanSquaredError;
  Json list = Json::array();
  std::vector<std::string> words;
  for (const ScoredClass &scored : topOf(output)) {
    Json object{{"label", scored.label}};
    if (!names.empty())
      object["name"] = names[static_cast<size_t>(scored.label)];
    object[isProbability ? "probability" : "output"] = scored.score;
    list.push_back(std::move(object));
    words.push_back(fmt::format("{} {}", className(names, scored.label),
                                isProbability
                                    ? fmt::format("{:.3f}", scored.score)
                                    : fmt::format("{:.6g}", scored.score)));
  }
  if (request.json)
    return dump({{"image", image}, {"classes", list}});
  return fmt::format("{}: {}\n", printable(image), fmt::join(words, ", "));
}

/// The names in the weights' file; none where it has none.
std::vector<std::string> namesFor(const Model &model,
                                  const SafetensorsFile &file) {
  if (givesNumber(model))
    return {};
  std::vector<std::string> names = classNamesOf(file);
  if (!names.empty() && static_cast<int64_t>(names.size()) != classesOf(model))
    throw Error(fmt::format("{}: has the names of {} classes, network `{}` "
                            "has {}",
                            file.path(), names.size(), model.network,
                            classesOf(model)));
  return names;
}

data::PictureFormat formatOf(const Model &model,
                             const PredictRequest &request) {
  data::PictureFormat format = pictureFormat(model);
  format.orients = request.orients;
  return format;
}

/// Decodes when a batch is made; what cannot be decoded is noted by its index.
data::Examples picturesOf(const Model &model, const PredictRequest &request,
                          std::vector<std::string> &broken) {
  data::Examples examples;
  examples.count = static_cast<int64_t>(request.images.size());
  examples.exampleBytes = pictureFormat(model).bytes();
  examples.exampleLabels = elementCount(model.labelShape);
  size_t labels =
      request.images.size() * static_cast<size_t>(examples.exampleLabels);
  if (model.labelKind == data::LabelKind::Numbers)
    examples.numbers.resize(labels);
  else
    examples.labels.resize(labels);
  examples.decode = [&, format = formatOf(model, request)](
                        int64_t example, std::span<uint8_t> out) {
    auto index = static_cast<size_t>(example);
    try {
      data::decodePicture(request.images[index], format, out);
    } catch (const Error &error) {
      broken[index] = printable(error.what());
      std::fill(out.begin(), out.end(), uint8_t{0});
    }
  };
  return examples;
}

} // namespace

std::vector<ScoredClass> scoreClasses(Loss loss,
                                      std::span<const float> output) {
  std::vector<ScoredClass> scored;
  if (output.size() == 1 && loss == Loss::SigmoidBinaryCrossEntropy) {
    double logit = output[0];
    scored = {{0, sigmoid(-logit)}, {1, sigmoid(logit)}};
    if (logit > 0)
      std::swap(scored[0], scored[1]);
    return scored;
  }
  for (size_t label = 0; label < output.size(); ++label)
    scored.push_back({static_cast<int64_t>(label), output[label]});
  // The outputs are compared: their probabilities may round to the same.
  std::stable_sort(scored.begin(), scored.end(),
                   [](const ScoredClass &a, const ScoredClass &b) {
                     return a.score > b.score;
                   });
  if (loss == Loss::SigmoidBinaryCrossEntropy) {
    for (ScoredClass &each : scored)
      each.score = sigmoid(each.score);
  } else if (loss == Loss::SoftmaxCrossEntropy) {
    double largest = scored.front().score, sum = 0;
    for (ScoredClass &each : scored)
      sum += each.score = std::exp(each.score - largest);
    for (ScoredClass &each : scored)
      each.score /= sum;
  }
  return scored;
}

void checkPredicts(const Model &model) {
  if (!model.takesLabels || model.outputShape.size() != 1)
    throw Error(fmt::format(
        "network `{}` {} {}: --predict tells the class of a picture, or a "
        "number, and this is neither",
        model.network,
        model.takesLabels ? "gives a map of" : "makes its input anew, as",
        fmt::join(model.outputShape, "x")));
  if (model.inputElement != ElementType::U8 &&
      model.inputElement != ElementType::U16)
    throw Error(fmt::format("network `{}` was compiled for examples of {}; "
                            "--predict reads pictures",
                            model.network, keyword(model.inputElement)));
  data::checkPictureChannels(fmt::format("network `{}`", model.network),
                             pictureFormat(model).channels);
}

Outcome predictImages(Programs &programs, const PredictRequest &request,
                      Console &console, const std::atomic<bool> &interrupted) {
  const Model &model = programs.model();
  checkPredicts(model);
  MatchedWeights weights = openWeights(model, request.weights);
  Teller teller(model, request, namesFor(model, weights.file));
  programs.initialize(RunState{});
  loadWeights(programs, weights);

  std::vector<std::string> broken(request.images.size()); // empty: none
  data::Examples pictures = picturesOf(model, request, broken);
  data::Loader loader(pictures, model.evaluateBatch, request.workers);
  loader.start(data::exampleOrder(pictures.count, data::Order::Sequential,
                                  /*seed=*/0, /*epoch=*/0));
  auto outputs = static_cast<size_t>(model.outputShape[0]);
  size_t image = 0;
  while (const data::Batch *batch = loader.next()) {
    if (interrupted)
      return Outcome::Interrupted;
    std::span<const float> output =
        programs.run(program::evaluate, RunState{}, *batch).output;
    for (int64_t row = 0; row < batch->size; ++row, ++image) {
      const std::string &name = request.images[image];
      if (!broken[image].empty()) {
        console.out << teller.broken(name, broken[image]);
        continue;
      }
      auto own = output.subspan(static_cast<size_t>(row) * outputs, outputs);
      for (float value : own)
        if (!std::isfinite(value))
          throw Error(fmt::format("{}: the network gives {}: the weights of {} "
                                  "are no use",
                                  printable(name), value, request.weights));
      console.out << teller.line(name, own);
    }
    console.out.flush();
  }

  std::erase(broken, "");
  if (broken.empty())
    return Outcome::Finished;
  if (request.skipsBroken && broken.size() < request.images.size()) {
    console.err << data::skippedReport(broken, "") << std::endl;
    return Outcome::Finished;
  }
  if (broken.size() == 1)
    throw Error(broken[0]);
  for (const std::string &why : broken)
    console.err << why << '\n';
  throw Error(fmt::format("{} of {} pictures could not be decoded",
                          broken.size(), request.images.size()));
}

} // namespace netc::runtime::train
