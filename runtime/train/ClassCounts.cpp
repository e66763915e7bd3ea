// Counts hits and words them.
#include "runtime/train/ClassCounts.h"

#include "runtime/train/ClassNames.h"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace netc::runtime::train {
namespace {

/// The label that is predicted for one place of an example's output [K,
/// places].
int64_t predictedLabel(std::span<const float> output, size_t places,
                       size_t place) {
  size_t classes = output.size() / places;
  if (classes == 1)
    return output[place] > 0 ? 1 : 0;
  size_t best = 0;
  for (size_t label = 1; label < classes; ++label)
    if (output[label * places + place] > output[best * places + place])
      best = label;
  return static_cast<int64_t>(best);
}

/// Counts all bytes of UTF-8 but those that go on with a character.
size_t characters(const std::string &text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

double accuracyOf(const ClassCount &count) {
  return static_cast<double>(count.correct) / static_cast<double>(count.labels);
}

} // namespace

void countClasses(const Model &model, const Programs::Outputs &outputs,
                  const data::Batch &batch, std::vector<ClassCount> &counts) {
  auto places = static_cast<size_t>(placesOf(model));
  std::span<const int32_t> labels = batch.labels;
  if (!outputs.labels.empty()) // as transforms have moved them
    labels = outputs.labels;
  auto outputSize = static_cast<size_t>(elementCount(model.outputShape));
  assert(!outputs.correct.empty());
  for (size_t row = 0; row < static_cast<size_t>(batch.size); ++row)
    for (size_t place = 0; place < places; ++place) {
      int32_t label = labels[row * places + place];
      if (label < 0)
        continue; // it does not count
      ClassCount &count = counts.at(static_cast<size_t>(label));
      ++count.labels;
      // The program says of an example how many labels it hit, not which.
      bool isHit = places == 1
                       ? outputs.correct[row] != 0
                       : predictedLabel(outputs.output.subspan(row * outputSize,
                                                               outputSize),
                                        places, place) == label;
      count.correct += isHit ? 1 : 0;
    }
}

std::string toText(const std::vector<ClassCount> &counts,
                   const std::vector<std::string> &names) {
  std::vector<std::string> words;
  size_t width = 0, digits = 0;
  for (size_t label = 0; label < counts.size(); ++label) {
    words.push_back(className(names, static_cast<int64_t>(label)));
    width = std::max(width, characters(words[label]));
    digits = std::max(digits, fmt::formatted_size("{}", counts[label].correct));
  }
  std::string text;
  for (size_t label = 0; label < counts.size(); ++label) {
    const ClassCount &count = counts[label];
    text += fmt::format(
        "  {}{}  {:>5}  {:>{}} of {}\n", words[label],
        std::string(width - characters(words[label]), ' '),
        count.labels == 0 ? "-" : fmt::format("{:.3f}", accuracyOf(count)),
        count.correct, digits, count.labels);
  }
  return text;
}

nlohmann::ordered_json toJson(const std::vector<ClassCount> &counts,
                              const std::vector<std::string> &names) {
  auto list = nlohmann::ordered_json::array();
  for (size_t label = 0; label < counts.size(); ++label) {
    nlohmann::ordered_json object{{"label", label}};
    if (!names.empty())
      object["name"] = names.at(label);
    object["labels"] = counts[label].labels;
    object["correct"] = counts[label].correct;
    object["accuracy"] = accuracyOf(counts[label]); // 0/0 is null
    list.push_back(std::move(object));
  }
  return list;
}

} // namespace netc::runtime::train
