// Hits of each class, of single labels and of maps.
#include "runtime/train/ClassCounts.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace netc::runtime;
using namespace netc::runtime::train;

namespace {

std::vector<std::vector<int64_t>>
figures(const std::vector<ClassCount> &counts) {
  std::vector<std::vector<int64_t>> all;
  for (const ClassCount &count : counts)
    all.push_back({count.labels, count.correct});
  return all;
}

} // namespace

TEST(ClassCounts, OneLabelAnExample) {
  Model model;
  model.outputShape = {3};
  data::Batch batch;
  batch.size = 4; // and two rows that fill it up
  batch.labels = {2, 0, 2, 2, 0, 0};
  std::vector<int32_t> correct = {1, 1, 0, 1, 1, 1};
  std::vector<float> loss(6), output(18);
  std::vector<ClassCount> counts(3);
  countClasses(model, {loss, correct, output}, batch, counts);
  EXPECT_EQ(figures(counts),
            (std::vector<std::vector<int64_t>>{{1, 1}, {0, 0}, {3, 2}}));
  countClasses(model, {loss, correct, output}, batch, counts);
  EXPECT_EQ(figures(counts),
            (std::vector<std::vector<int64_t>>{{2, 2}, {0, 0}, {6, 4}}));
}

// Two examples of 1x2 pixels; of equal outputs the first is predicted.
TEST(ClassCounts, Maps) {
  Model model;
  model.labelShape = {1, 2};
  model.outputShape = {3, 1, 2};
  data::Batch batch;
  batch.size = 2;
  batch.labels = {0, 1, 2, 2};
  std::vector<float> output = {5,  1, 5,  1, 0, 0,  // 0, then 0 before 1
                               -1, 0, -1, 3, 0, 4}; // 2, 2
  std::vector<int32_t> correct = {1, 2};
  std::vector<float> loss(2);
  std::vector<ClassCount> counts(3);
  countClasses(model, {loss, correct, output}, batch, counts);
  EXPECT_EQ(figures(counts),
            (std::vector<std::vector<int64_t>>{{1, 1}, {1, 0}, {2, 2}}));
}

TEST(ClassCounts, MapsOfOneOutput) {
  Model model;
  model.labelShape = {1, 3};
  model.outputShape = {1, 1, 3};
  data::Batch batch;
  batch.size = 1;
  batch.labels = {1, 1, 0};
  std::vector<float> output = {0.5f, 0, -2}, loss(1);
  std::vector<int32_t> correct = {2};
  std::vector<ClassCount> counts(2);
  countClasses(model, {loss, correct, output}, batch, counts);
  EXPECT_EQ(figures(counts),
            (std::vector<std::vector<int64_t>>{{1, 1}, {2, 1}}));
}

TEST(ClassCounts, Words) {
  std::vector<ClassCount> counts = {{1000, 912}, {0, 0}, {8, 8}};
  EXPECT_EQ(toText(counts, {"ankle boot", "\xc3\xa9t\xc3\xa9", "\x1b[2J"}),
            "  ankle boot  0.912  912 of 1000\n"
            "  \xc3\xa9t\xc3\xa9             -    0 of 0\n"
            "  \\x1b[2J     1.000    8 of 8\n");
  EXPECT_EQ(toText({{10, 10}, {3, 1}}, {}), "  class 0  1.000  10 of 10\n"
                                            "  class 1  0.333   1 of 3\n");
  EXPECT_EQ(toText(std::vector<ClassCount>(), {}), "");
  EXPECT_EQ(toJson(counts, {"a", "b", "c"}).dump(),
            R"([{"label":0,"name":"a","labels":1000,"correct":912,)"
            R"("accuracy":0.912},)"
            R"({"label":1,"name":"b","labels":0,"correct":0,"accuracy":null},)"
            R"({"label":2,"name":"c","labels":8,"correct":8,"accuracy":1.0}])");
  EXPECT_EQ(toJson({{1, 0}}, {})[0].contains("name"), false);
}
