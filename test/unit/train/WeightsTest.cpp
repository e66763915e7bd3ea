// Weights files that fit a network, and those that do not.
#include "runtime/train/Weights.h"
#include "test/unit/train/FakePrograms.h"
#include "test/unit/train/TestFiles.h"

using namespace netc::runtime::train;
using namespace netc::test;

namespace {

struct Weights : testing::Test {
  TempFolder folder;
  std::string path = folder.path("w.safetensors");
  FakePrograms programs{4, 8};

  void write(const std::vector<TensorHeader> &tensors) {
    writeSafetensors(path, tensors, [](size_t, std::span<std::byte> bytes) {
      std::fill(bytes.begin(), bytes.end(), std::byte{0});
    });
  }
  void expectMisfit(const std::vector<std::string> &parts) {
    expectError([&] { openWeights(programs.model(), path); }, parts);
  }
};

} // namespace

TEST_F(Weights, SavedAndLoaded) {
  programs.initialize({.seed = 5});
  saveWeights(programs, path);
  FakePrograms other(4, 8);
  other.initialize({.seed = 9});
  std::vector<float> momentum = other.values[2];
  MatchedWeights weights = openWeights(other.model(), path);
  EXPECT_EQ(weights.file.tensors().size(), 2u); // no momentum
  loadWeights(other, weights);
  EXPECT_EQ(other.values[0], programs.values[0]);
  EXPECT_EQ(other.values[1], programs.values[1]);
  EXPECT_EQ(other.values[2], momentum);
}

TEST_F(Weights, StateMayBeInTheFile) {
  write({{"dense_1.weight", {2, 3}},
         {"dense_1.bias", {2}},
         {"dense_1.weight.momentum", {2, 3}}});
  MatchedWeights weights = openWeights(programs.model(), path);
  programs.initialize({.seed = 9});
  loadWeights(programs, weights);
  EXPECT_EQ(programs.values[2], std::vector<float>(6));
}

TEST_F(Weights, EveryMisfitIsNamed) {
  write({{"dense_1.weight", {3, 2}}, {"dense_2.bias", {2}}});
  expectMisfit({path, "does not fit network `Fake`", "missing `dense_1.bias`",
                "not in the network `dense_2.bias`",
                "of another shape `dense_1.weight` [3, 2] for [2, 3]"});
}

TEST_F(Weights, ManyMisfitsAreCounted) {
  std::vector<TensorHeader> tensors = {{"dense_1.weight", {2, 3}},
                                       {"dense_1.bias", {2}}};
  for (int i = 0; i < 20; ++i)
    tensors.push_back({"extra" + std::to_string(i), {1}});
  write(tensors);
  expectMisfit({"`extra7` and 12 more"});
}

TEST_F(Weights, OtherElementType) {
  std::string header =
      R"({"dense_1.weight":{"dtype":"F16","shape":[2,3],"data_offsets":[0,12]},)"
      R"("dense_1.bias":{"dtype":"F32","shape":[2],"data_offsets":[12,20]}})";
  uint64_t length = header.size();
  std::string text(8, '\0');
  std::memcpy(text.data(), &length, 8);
  writeFile(path, text + header + std::string(20, '\0'));
  expectMisfit({"not F32 `dense_1.weight` F16"});
}

TEST_F(Weights, WhatIsNotFiniteIsNotSaved) {
  programs.initialize({.seed = 5});
  saveWeights(programs, path);
  std::string good = readFile(path);
  programs.values[1][1] = std::numeric_limits<float>::infinity();
  expectError([&] { saveWeights(programs, path); },
              {path, "not saved", "`dense_1.bias` holds inf"});
  EXPECT_EQ(readFile(path), good);
  EXPECT_EQ(folder.entries(), 1u);
}

TEST_F(Weights, StatisticsTravel) {
  programs.description.parameters[2] = {
      "norm.running_mean", {2, 3}, false, true};
  programs.initialize({.seed = 5});
  saveWeights(programs, path);
  FakePrograms other(4, 8);
  other.description.parameters = programs.description.parameters;
  other.initialize({.seed = 9});
  MatchedWeights weights = openWeights(other.model(), path);
  EXPECT_EQ(weights.file.tensors().size(), 3u);
  loadWeights(other, weights);
  EXPECT_EQ(other.values, programs.values);

  write({{"dense_1.weight", {2, 3}}, {"dense_1.bias", {2}}});
  expectMisfit({"missing `norm.running_mean`"});
}

// What PyTorch saves beside a running mean, as an integer.
TEST_F(Weights, CountOfBatchesIsPassedOver) {
  programs.description.parameters[2] = {
      "norm.running_mean", {2, 3}, false, true};
  std::string header =
      R"({"dense_1.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},)"
      R"("norm.num_batches_tracked":{"dtype":"I64","shape":[],"data_offsets":[24,32]},)"
      R"("norm.running_mean":{"dtype":"F32","shape":[2,3],"data_offsets":[32,56]},)"
      R"("dense_1.bias":{"dtype":"F32","shape":[2],"data_offsets":[56,64]}})";
  uint64_t length = header.size();
  std::string text(8, '\0');
  std::memcpy(text.data(), &length, 8);
  writeFile(path, text + header + std::string(64, '\0'));
  MatchedWeights weights = openWeights(programs.model(), path);
  programs.initialize({.seed = 9});
  loadWeights(programs, weights);
  EXPECT_EQ(programs.values[0], std::vector<float>(6));
  EXPECT_EQ(programs.values[1], std::vector<float>(2));
  EXPECT_EQ(programs.values[2], std::vector<float>(6));

  // Beside nothing that is known it is one too many.
  write({{"dense_1.weight", {2, 3}},
         {"dense_1.bias", {2}},
         {"norm.running_mean", {2, 3}},
         {"other.num_batches_tracked", {1}}});
  expectMisfit({"not in the network `other.num_batches_tracked`"});
}
