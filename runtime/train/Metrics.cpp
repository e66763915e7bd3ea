// Writes the metrics. nlohmann::json writes NaN and infinity as null.
#include "runtime/train/Metrics.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>
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

/// Tries the file in place, as it will be written: a pipe or a device serves as
/// well.
void Metrics::check(const std::string &path) {
  struct stat status{};
  bool isThere = stat(path.c_str(), &status) == 0;
  if (isThere && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
    return; // opening it once would be seen at its other end
  int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0)
    throw Error(
        fmt::format("{}: cannot be written: {}", path, std::strerror(errno)));
  ::close(descriptor);
  std::error_code error;
  if (!isThere) // where a link leads, not the link
    std::filesystem::remove(std::filesystem::canonical(path, error), error);
}

Metrics::Metrics(const std::string &path) : path(path) {
  file = std::fopen(path.c_str(), "w");
  if (!file)
    throw Error(
        fmt::format("{}: cannot be written: {}", path, std::strerror(errno)));
}

Metrics::~Metrics() {
  if (file)
    std::fclose(file);
}

void Metrics::line(const std::string &text) {
  if (!file)
    return;
  bool written = std::fputs(text.c_str(), file) >= 0 &&
                 std::fputc('\n', file) != EOF && std::fflush(file) == 0;
  if (!written && firstError == 0)
    firstError = errno;
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
  if (std::fclose(std::exchange(file, nullptr)) != 0 && firstError == 0)
    firstError = errno;
  if (firstError != 0)
    throw Error(fmt::format("{}: metrics are incomplete: {}", path,
                            std::strerror(firstError)));
}

} // namespace netc::runtime::train
