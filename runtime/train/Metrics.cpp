// Writes the metrics. nlohmann::json writes NaN and infinity as null.
#include "runtime/train/Metrics.h"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <utility>

namespace netc::runtime::train {

using Json = nlohmann::ordered_json;

Json toJson(const Finding &finding) {
  const Expectation &expectation = finding.expectation;
  Json epochs = nullptr, reached = nullptr;
  if (expectation.epochs != 0)
    epochs = expectation.epochs;
  if (finding.reached)
    reached = *finding.reached;
  return {{"metric", spelling(expectation.metric)},
          {"comparison", spelling(expectation.comparison)},
          {"value", expectation.value},
          {"dataset", expectation.dataset},
          {"epochs", epochs},
          {"verdict", finding.verdict()},
          {"reached", reached}};
}

Metrics::Metrics(MetricsFile &file, const std::atomic<bool> &interrupted)
    : file(&file), interrupted(&interrupted) {
  file.begin();
}

/// Why a line could not be written, or the file not be closed.
static std::string problemText(const MetricsFile &file, int error) {
  return fmt::format("{}: metrics are incomplete: {}", file.name(),
                     error == EAGAIN ? "nothing reads the pipe"
                                     : std::strerror(error));
}

void Metrics::line(std::string text) {
  if (!file)
    return;
  int error = file->write(text += '\n', *interrupted);
  if (error != 0 && problem.empty())
    problem = problemText(*file, error);
}

std::string Metrics::takeNote() {
  return std::exchange(isTold, isTold || !problem.empty()) ? "" : problem;
}

void Metrics::run(const Model &model, const data::DatasetInfo &dataset,
                  const TrainSettings &settings, uint64_t trainingBytes) {
  if (!file)
    return;
  int64_t parameters = 0;
  for (const ParameterInfo &parameter : model.parameters)
    if (parameter.trainable)
      parameters += elementCount(parameter.shape);
  auto orNull = [](const std::optional<int64_t> &value) {
    return value ? Json(*value) : Json(nullptr);
  };
  line(Json{{"kind", "run"},
            {"network", model.network},
            {"source", model.source},
            {"target", model.target},
            {"isa", model.isa},
            {"threads", model.threads},
            {"dataset", dataset.name},
            {"train_examples", dataset.trainExamples},
            {"test_examples", dataset.testExamples},
            {"batch", model.batch},
            {"epochs", orNull(settings.epochs)},
            {"steps", orNull(settings.steps)},
            {"learning_rate", settings.learningRate},
            {"seed", settings.seed},
            {"order", settings.order == data::Order::Shuffled ? "shuffled"
                                                              : "sequential"},
            {"workers", settings.workers},
            {"parameters", parameters},
            {"training_bytes", trainingBytes}}
           // A file's name may hold bytes that are no UTF-8.
           .dump(-1, ' ', false, Json::error_handler_t::replace));
}

void Metrics::step(int64_t step, double loss, double seconds) {
  if (file)
    line(Json{
        {"kind", "step"}, {"step", step}, {"loss", loss}, {"seconds", seconds}}
             .dump());
}

void Metrics::epoch(const EpochResult &result) {
  if (file)
    line(Json{{"kind", "epoch"},
              {"epoch", result.epoch},
              {"loss", result.loss},
              {"train_accuracy", result.trainAccuracy},
              {"test_loss", result.testLoss},
              {"test_accuracy", result.testAccuracy},
              {"seconds", result.seconds}}
             .dump());
}

void Metrics::finding(const Finding &finding) {
  if (!file)
    return;
  Json object{{"kind", "expectation"}};
  object.update(toJson(finding));
  line(object.dump(-1, ' ', false, Json::error_handler_t::replace));
}

void Metrics::close() {
  if (!file)
    return;
  MetricsFile &closing = *std::exchange(file, nullptr);
  if (int error = closing.close(); error != 0 && problem.empty())
    problem = problemText(closing, error);
  if (!problem.empty())
    throw Error(problem);
}

} // namespace netc::runtime::train
