// Which expectations a run can meet, and which it met.
#include "runtime/train/Verification.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <span>

namespace netc::runtime::train {
namespace {

/// `folder:photos/` is `folder:photos`.
std::string_view withoutSlashes(std::string_view name) {
  while (name.ends_with('/'))
    name.remove_suffix(1);
  return name;
}

bool isOfTraining(Metric metric) {
  return metric == Metric::TrainAccuracy || metric == Metric::TrainLoss;
}

double measureOf(Metric metric, const EpochResult &result) {
  switch (metric) {
  case Metric::TrainAccuracy:
    return result.trainAccuracy;
  case Metric::TestAccuracy:
    return result.testAccuracy;
  case Metric::TrainLoss:
    return result.loss;
  case Metric::TestLoss:
    return result.testLoss;
  }
  return 0;
}

/// Why a run cannot be compared with an expectation; empty where it can. With
/// no length it is an evaluation.
std::string whyNot(const Expectation &expectation, std::string_view dataset,
                   const RunLength *length) {
  if (withoutSlashes(expectation.dataset) != withoutSlashes(dataset))
    return fmt::format("the run is on \"{}\"", dataset);
  if (!length)
    return isOfTraining(expectation.metric) ? "it takes a training" : "";
  int64_t whole = length->steps / length->stepsPerEpoch;
  if (expectation.epochs > whole)
    return whole == 0 ? "the run ends within its first epoch"
                      : fmt::format("the run has {} epoch{}", whole,
                                    whole == 1 ? "" : "s");
  if (expectation.epochs == 0 && length->steps % length->stepsPerEpoch != 0)
    return "the run ends within an epoch";
  return "";
}

} // namespace

Verification::Verification(const Model &model, std::string_view dataset,
                           const RunLength *length)
    : network(model.network), isTraining(length != nullptr) {
  if (model.expectations.empty())
    throw Error(fmt::format(
        "--verify: the text of network `{}` expects nothing of a run; `expect "
        "test_accuracy >= 0.8 on \"{}\" after 5 epochs` would be something",
        network, dataset));
  bool isAny = false;
  for (const Expectation &expectation : model.expectations) {
    findings.push_back({expectation, whyNot(expectation, dataset, length), {}});
    isAny |= findings.back().isCompared();
  }
  if (isAny)
    return;
  constexpr size_t most = 4;
  std::string list;
  for (const Finding &finding :
       std::span(findings).first(std::min(most, findings.size())))
    list += fmt::format("{}{}: {}", list.empty() ? "" : "; ",
                        toString(finding.expectation), finding.notCompared);
  if (findings.size() > most)
    list += fmt::format("; and {} more", findings.size() - most);
  throw Error(fmt::format("--verify: there is nothing to verify for network "
                          "`{}`: {}",
                          network, list));
}

Verification::Verification(const Model &model, std::string_view dataset,
                           const RunLength &length)
    : Verification(model, dataset, &length) {}

Verification::Verification(const Model &model, std::string_view dataset)
    : Verification(model, dataset, nullptr) {}

void Verification::measured(const EpochResult &result) {
  for (Finding &finding : findings) {
    int64_t epochs = finding.expectation.epochs;
    if (finding.isCompared() &&
        (!isTraining || epochs == 0 || epochs == result.epoch))
      finding.reached = measureOf(finding.expectation.metric, result);
  }
}

const std::vector<Finding> &Verification::conclude(Ending ending) {
  for (Finding &finding : findings) {
    if (!finding.isCompared())
      continue;
    // The last epoch so far is the run's last only where the run is whole.
    if (ending != Ending::Whole && finding.expectation.epochs == 0)
      finding.reached.reset();
    if (finding.reached)
      continue;
    assert(ending != Ending::Whole && "what a run can reach it has reached");
    if (ending == Ending::Interrupted)
      finding.notCompared = "the run was interrupted";
    else
      finding.reached = std::numeric_limits<double>::quiet_NaN();
  }
  return findings;
}

void Verification::requireMet(std::string_view why) const {
  size_t compared = 0, missed = 0;
  for (const Finding &finding : findings) {
    compared += finding.isCompared() ? 1 : 0;
    missed += finding.isCompared() && !finding.isMet() ? 1 : 0;
  }
  if (missed == 0)
    return;
  std::string count =
      fmt::format("network `{}` missed {} of {} expectation{}", network, missed,
                  compared, compared == 1 ? "" : "s");
  throw Missed(why.empty() ? count : fmt::format("{}; {}", why, count));
}

std::string toText(const std::vector<Finding> &findings) {
  std::string text;
  for (const Finding &finding : findings) {
    std::string what = finding.notCompared;
    if (finding.reached)
      what = std::isnan(*finding.reached)
                 ? "not a number"
                 : fmt::format("{:.6g}", *finding.reached);
    text += fmt::format("expect {}: {}, {}\n", toString(finding.expectation),
                        finding.verdict(), what);
  }
  return text;
}

} // namespace netc::runtime::train
