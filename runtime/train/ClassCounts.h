// The accuracy of each class: the share of its labels that are predicted.
#pragma once

#include "runtime/train/Programs.h"

#include <nlohmann/json_fwd.hpp>

namespace netc::runtime::train {

struct ClassCount {
  int64_t labels = 0, correct = 0;
};

/// Adds the labels of a batch to the counts by label, and those of them that
/// are predicted: the first of the largest outputs, or of one output its sign.
/// Labels below 0 do not count. \pre the outputs have hits, and each label a
/// count
void countClasses(const Model &model, const Programs::Outputs &outputs,
                  const data::Batch &batch, std::vector<ClassCount> &counts);

/// A line for each class, aligned: `  ankle boot  0.912  912 of 1000`.
std::string toText(const std::vector<ClassCount> &counts,
                   const std::vector<std::string> &names);

/// A list of objects; the accuracy of a class without labels is null.
nlohmann::ordered_json toJson(const std::vector<ClassCount> &counts,
                              const std::vector<std::string> &names);

} // namespace netc::runtime::train
