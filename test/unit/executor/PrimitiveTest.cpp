// The library's answers against naive loops: every kind and direction.
#include "runtime/cpu/Primitive.h"

#include "NaiveLoops.h"
#include "TestSettings.h"
#include "runtime/Error.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>
#include <map>
#include <random>

namespace netc::runtime::cpu {
namespace {

using naive::Values;
using Tensors = std::map<Role, Values>; // row-major

Values random(int64_t count, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<float> distribution(-1, 1);
  Values values(count);
  for (double &value : values)
    value = distribution(generator); // exact in single precision
  return values;
}

int64_t elements(const TensorType &type) {
  int64_t count = 1;
  for (int64_t size : type.shape)
    count *= size;
  return count;
}

TensorType f32(std::vector<int64_t> shape, std::string layout = "any") {
  return {ElementType::F32, std::move(shape), std::move(layout)};
}

/// Memory in 64-byte units, as the arena gives it.
class Bytes {
public:
  explicit Bytes(int64_t bytes, int fill = 0)
      : size(bytes),
        pointer(
            std::aligned_alloc(64, static_cast<size_t>(bytes + 127) / 64 * 64),
            std::free) {
    std::memset(pointer.get(), fill, static_cast<size_t>(bytes));
  }
  void *data() const { return pointer.get(); }
  std::vector<char> copy() const {
    const char *start = static_cast<const char *>(data());
    return {start, start + size};
  }

private:
  int64_t size;
  std::unique_ptr<void, void (*)(void *)> pointer;
};

struct Result {
  PrimitiveChoice choice;
  Tensors outputs;
  std::vector<char> workspace;
};

/// Settles the layouts, runs, and gives back what was not given. What is
/// written starts as NaN: all of it must be written, padding with zeros.
Result run(PrimitiveSpec spec, const Tensors &inputs,
           const std::vector<char> &workspace = {}) {
  Result result;
  result.choice = choose(spec);
  spec.tensors = result.choice.tensors;
  std::map<Role, Bytes> memory;
  std::vector<std::pair<Role, void *>> arguments;
  auto add = [&](Role role, int64_t bytes) -> void * {
    auto &made = memory.emplace(role, Bytes(bytes, 0xff)).first->second;
    arguments.emplace_back(role, made.data());
    return made.data();
  };
  for (const auto &[role, type] : spec.tensors) {
    void *data = add(role, byteSize(type));
    if (auto given = inputs.find(role); given != inputs.end()) {
      std::vector<float> values(given->second.begin(), given->second.end());
      EXPECT_EQ(static_cast<int64_t>(values.size()), elements(type));
      toLayout(type, values.data(), data);
    }
  }
  if (result.choice.scratchpadBytes > 0)
    add(Role::Scratchpad, result.choice.scratchpadBytes);
  if (result.choice.workspaceBytes > 0) {
    void *data = add(Role::Workspace, result.choice.workspaceBytes);
    if (!workspace.empty()) {
      EXPECT_EQ(static_cast<int64_t>(workspace.size()),
                result.choice.workspaceBytes);
      std::memcpy(data, workspace.data(), workspace.size());
    }
  }
  Primitive primitive(spec, result.choice.implementation,
                      result.choice.scratchpadBytes,
                      result.choice.workspaceBytes, arguments);
  primitive.execute();

  for (const auto &[role, type] : spec.tensors) {
    if (inputs.contains(role))
      continue;
    std::vector<float> values(elements(type));
    const Bytes &bytes = memory.at(role);
    fromLayout(type, bytes.data(), values.data());
    result.outputs[role] = Values(values.begin(), values.end());
    Bytes again(byteSize(type), 0xff);
    toLayout(type, values.data(), again.data());
    EXPECT_EQ(bytes.copy(), again.copy()) << "padding is not zero";
  }
  if (auto made = memory.find(Role::Workspace); made != memory.end())
    result.workspace = made->second.copy();
  return result;
}

void expectClose(const Values &actual, const Values &expected) {
  ASSERT_EQ(actual.size(), expected.size());
  double scale = 0, worst = 0;
  for (double value : expected)
    scale += value * value;
  scale = std::sqrt(scale / static_cast<double>(expected.size())) + 1e-6;
  for (size_t i = 0; i < expected.size(); ++i) {
    ASSERT_FALSE(std::isnan(actual[i])) << i;
    worst = std::max(worst, std::abs(actual[i] - expected[i]));
  }
  EXPECT_LT(worst, 2e-4 * scale); // Winograd's largest error is near 3e-5
}

std::string describe(const PrimitiveChoice &choice) {
  std::string text = choice.implementation;
  for (const auto &[role, type] : choice.tensors)
    text += ", " + toString(type);
  return text;
}

struct Named {
  const char *name;
  naive::Convolution convolution;
};

class ConvolutionTest : public testing::TestWithParam<Named> {
protected:
  const naive::Convolution c = GetParam().convolution;
  const TensorType src = f32({c.batch, c.channels, c.height, c.width}),
                   dst = f32({c.batch, c.outputs, c.outHeight(), c.outWidth()}),
                   bias = f32({c.outputs});
  const TensorType weights =
      c.groups == 1 ? f32({c.outputs, c.channels, c.kernel[0], c.kernel[1]})
                    : f32({c.groups, c.outputs / c.groups,
                           c.channels / c.groups, c.kernel[0], c.kernel[1]});

  PrimitiveSpec spec(Propagation propagation) const {
    PrimitiveSpec spec;
    spec.kind = PrimitiveKind::Convolution;
    spec.propagation = propagation;
    spec.window = {c.kernel[0], c.kernel[1]};
    spec.stride = {c.stride[0], c.stride[1]};
    spec.dilation = {c.dilation[0], c.dilation[1]};
    spec.padding = {c.padding[0], c.padding[1]};
    spec.tensors = {{Role::Src, src}, {Role::Weights, weights}};
    if (propagation != Propagation::BackwardData)
      spec.tensors.emplace_back(Role::Bias, bias);
    spec.tensors.emplace_back(Role::Dst, dst);
    return spec;
  }
};

TEST_P(ConvolutionTest, Forward) {
  Values x = random(elements(src), 1), w = random(elements(weights), 2),
         b = random(elements(bias), 3);
  Values expected = c.forward(x, w, b);
  Tensors inputs{{Role::Src, x}, {Role::Weights, w}, {Role::Bias, b}};
  Result plain = run(spec(Propagation::Forward), inputs);
  SCOPED_TRACE(describe(plain.choice));
  expectClose(plain.outputs[Role::Dst], expected);

  PrimitiveSpec fused = spec(Propagation::Forward);
  fused.relu = true;
  Result relu = run(fused, inputs);
  EXPECT_EQ(relu.choice.implementation, plain.choice.implementation)
      << "relu costs the implementation";
  for (double &value : expected)
    value = std::max(value, 0.0);
  expectClose(relu.outputs[Role::Dst], expected);
}

TEST_P(ConvolutionTest, ForwardWithoutBias) {
  Values x = random(elements(src), 1), w = random(elements(weights), 2);
  PrimitiveSpec withoutBias = spec(Propagation::Forward);
  withoutBias.tensors.erase(withoutBias.tensors.begin() + 2);
  Result result = run(withoutBias, {{Role::Src, x}, {Role::Weights, w}});
  expectClose(result.outputs[Role::Dst],
              c.forward(x, w, Values(elements(bias))));
}

TEST_P(ConvolutionTest, BackwardData) {
  Values w = random(elements(weights), 2), d = random(elements(dst), 4);
  Result result = run(spec(Propagation::BackwardData),
                      {{Role::Weights, w}, {Role::Dst, d}});
  SCOPED_TRACE(describe(result.choice));
  expectClose(result.outputs[Role::Src], c.backwardData(w, d));
}

TEST_P(ConvolutionTest, BackwardWeights) {
  Values x = random(elements(src), 1), d = random(elements(dst), 4);
  Result result =
      run(spec(Propagation::BackwardWeights), {{Role::Src, x}, {Role::Dst, d}});
  SCOPED_TRACE(describe(result.choice));
  expectClose(result.outputs[Role::Weights], c.backwardWeights(x, d));
  expectClose(result.outputs[Role::Bias], c.backwardBias(d));
}

/// The same elements with the first two dimensions swapped.
Values transposed(const Values &values, int64_t first, int64_t second) {
  Values result(values.size());
  int64_t rest = static_cast<int64_t>(values.size()) / (first * second);
  for (int64_t i = 0; i < first; ++i)
    for (int64_t j = 0; j < second; ++j)
      for (int64_t k = 0; k < rest; ++k)
        result[(j * first + i) * rest + k] =
            values[(i * second + j) * rest + k];
  return result;
}

// A deconvolution runs the convolution backwards, with a bias of its own; its
// weights count the channels the other way round.
TEST_P(ConvolutionTest, Deconvolution) {
  if (c.groups != 1)
    return; // their order of channels is what the tests of the op are about
  TensorType flipped = f32({c.channels, c.outputs, c.kernel[0], c.kernel[1]});
  auto deconvolution = [&](Propagation propagation) {
    PrimitiveSpec made = spec(propagation);
    made.kind = PrimitiveKind::Deconvolution;
    made.tensors = {{Role::Src, dst}, {Role::Weights, flipped}};
    if (propagation != Propagation::BackwardData)
      made.tensors.emplace_back(Role::Bias, f32({c.channels}));
    made.tensors.emplace_back(Role::Dst, src);
    return made;
  };
  Values x = random(elements(dst), 1), w = random(elements(weights), 2),
         b = random(c.channels, 3), d = random(elements(src), 4);
  Values theirs = transposed(w, c.outputs, c.channels);

  Values expected = c.backwardData(w, x);
  int64_t plane = c.height * c.width;
  for (size_t i = 0; i < expected.size(); ++i)
    expected[i] += b[i / plane % c.channels];
  Result forward =
      run(deconvolution(Propagation::Forward),
          {{Role::Src, x}, {Role::Weights, theirs}, {Role::Bias, b}});
  SCOPED_TRACE(describe(forward.choice));
  expectClose(forward.outputs[Role::Dst], expected);

  Result ofData = run(deconvolution(Propagation::BackwardData),
                      {{Role::Weights, theirs}, {Role::Dst, d}});
  expectClose(ofData.outputs[Role::Src], c.forward(d, w, Values(c.outputs)));

  Result ofWeights = run(deconvolution(Propagation::BackwardWeights),
                         {{Role::Src, x}, {Role::Dst, d}});
  expectClose(ofWeights.outputs[Role::Weights],
              transposed(c.backwardWeights(d, x), c.outputs, c.channels));
  Values biasGradient(c.channels);
  for (size_t i = 0; i < d.size(); ++i)
    biasGradient[i / plane % c.channels] += d[i];
  expectClose(ofWeights.outputs[Role::Bias], biasGradient);
}

TEST_P(ConvolutionTest, LayoutsAreBinding) {
  for (std::string layout : {"", "acdb"})
    for (Propagation propagation :
         {Propagation::Forward, Propagation::BackwardData,
          Propagation::BackwardWeights}) {
      PrimitiveSpec bound = spec(propagation);
      bound.tensors.front().second.layout = layout;
      bound.tensors.back().second.layout = layout;
      PrimitiveChoice choice = choose(bound);
      EXPECT_EQ(choice.tensors.front().second.layout, layout);
      EXPECT_EQ(choice.tensors.back().second.layout, layout);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Small, ConvolutionTest,
    testing::Values(
        Named{"odd", {2, 3, 7, 9, 5, 1, {3, 3}, {1, 1}, {1, 1}, {1, 1}}},
        Named{"oneChannel", {3, 1, 19, 19, 17, 1, {5, 5}, {2, 2}}},
        Named{"firstLayer", {2, 1, 43, 43, 96, 1, {11, 11}, {4, 4}}},
        Named{"whole", {2, 32, 12, 12, 48, 1, {3, 3}, {1, 1}, {1, 1}, {1, 1}}},
        Named{"winograd",
              {16, 64, 12, 12, 64, 1, {3, 3}, {1, 1}, {1, 1}, {1, 1}}},
        Named{"pointwise", {2, 20, 5, 5, 7}},
        Named{"uneven", {2, 17, 11, 8, 33, 1, {3, 2}, {2, 1}, {1, 1}, {1, 0}}},
        Named{"dilated", {2, 6, 11, 10, 10, 1, {3, 3}, {1, 1}, {2, 2}, {2, 2}}},
        Named{"grouped", {2, 8, 9, 9, 12, 4, {3, 3}, {1, 1}, {1, 1}, {1, 1}}},
        Named{"groupedWhole",
              {2, 32, 9, 9, 64, 2, {3, 3}, {1, 1}, {1, 1}, {1, 1}}},
        Named{"depthwise",
              {2, 19, 9, 9, 19, 19, {3, 3}, {2, 2}, {1, 1}, {1, 1}}},
        Named{"wholeImage", {2, 5, 4, 4, 6, 1, {4, 4}}}),
    [](const auto &info) { return info.param.name; });

class InnerProductTest : public testing::TestWithParam<naive::InnerProduct> {};

TEST_P(InnerProductTest, AllDirections) {
  const naive::InnerProduct &p = GetParam();
  PrimitiveSpec spec;
  spec.kind = PrimitiveKind::InnerProduct;
  spec.tensors = {{Role::Src, f32({p.batch, p.inputs}, "")},
                  {Role::Weights, f32({p.outputs, p.inputs})},
                  {Role::Bias, f32({p.outputs})},
                  {Role::Dst, f32({p.batch, p.outputs}, "")}};
  Values x = random(p.batch * p.inputs, 1), w = random(p.outputs * p.inputs, 2),
         b = random(p.outputs, 3), d = random(p.batch * p.outputs, 4);
  Result forward =
      run(spec, {{Role::Src, x}, {Role::Weights, w}, {Role::Bias, b}});
  SCOPED_TRACE(describe(forward.choice));
  expectClose(forward.outputs[Role::Dst], p.forward(x, w, b));
  spec.relu = true;
  EXPECT_EQ(choose(spec).implementation, forward.choice.implementation);
  spec.relu = false;

  spec.propagation = Propagation::BackwardWeights;
  Result weights = run(spec, {{Role::Src, x}, {Role::Dst, d}});
  expectClose(weights.outputs[Role::Weights], p.backwardWeights(x, d));
  expectClose(weights.outputs[Role::Bias], p.backwardBias(d));

  spec.propagation = Propagation::BackwardData;
  spec.tensors.erase(spec.tensors.begin() + 2);
  Result data = run(spec, {{Role::Weights, w}, {Role::Dst, d}});
  expectClose(data.outputs[Role::Src], p.backwardData(w, d));
}

INSTANTIATE_TEST_SUITE_P(Small, InnerProductTest,
                         testing::Values(naive::InnerProduct{3, 7, 5},
                                         naive::InnerProduct{1, 1, 1},
                                         naive::InnerProduct{33, 100, 65},
                                         naive::InnerProduct{128, 64, 10}));

struct PoolingCase {
  const char *name;
  naive::Pooling pooling;
};

class PoolingTest
    : public testing::TestWithParam<std::tuple<PoolingCase, std::string>> {};

TEST_P(PoolingTest, ForwardAndBackward) {
  const naive::Pooling &p = std::get<0>(GetParam()).pooling;
  const std::string &layout = std::get<1>(GetParam());
  PrimitiveSpec spec;
  spec.kind = p.max ? PrimitiveKind::MaxPooling : PrimitiveKind::AveragePooling;
  spec.window = {p.window[0], p.window[1]};
  spec.stride = {p.stride[0], p.stride[1]};
  spec.dilation = {p.dilation[0], p.dilation[1]};
  spec.padding = {p.padding[0], p.padding[1]};
  TensorType src = f32({p.batch, p.channels, p.height, p.width}, layout);
  TensorType dst = f32({p.batch, p.channels, p.outHeight(), p.outWidth()});
  spec.tensors = {{Role::Src, src}, {Role::Dst, dst}};
  Values x = random(elements(src), 1), d = random(elements(dst), 2);
  Result forward = run(spec, {{Role::Src, x}});
  SCOPED_TRACE(describe(forward.choice));
  expectClose(forward.outputs[Role::Dst], p.forward(x));
  EXPECT_EQ(forward.workspace.empty(), !p.max);

  PrimitiveSpec backward = spec;
  backward.propagation = Propagation::BackwardData;
  backward.tensors = forward.choice.tensors;
  Result gradient = run(backward, {{Role::Dst, d}}, forward.workspace);
  expectClose(gradient.outputs[Role::Src], p.backward(x, d));

  // The gradient's layout left to the library.
  backward.tensors[0].second.layout = "any";
  EXPECT_EQ(choose(backward).workspaceBytes, forward.choice.workspaceBytes);
}

INSTANTIATE_TEST_SUITE_P(
    Small, PoolingTest,
    testing::Combine(
        testing::Values(
            PoolingCase{"overlapping",
                        {2, 5, 9, 9, {3, 3}, {2, 2}, {1, 1}, {0, 0}, true}},
            PoolingCase{"halves",
                        {1, 16, 8, 7, {2, 2}, {2, 2}, {1, 1}, {0, 0}, true}},
            PoolingCase{"padded",
                        {2, 3, 7, 7, {3, 3}, {1, 1}, {1, 1}, {1, 1}, true}},
            PoolingCase{"dilated",
                        {2, 4, 11, 11, {2, 2}, {1, 1}, {3, 3}, {0, 0}, true}},
            PoolingCase{"average",
                        {2, 17, 9, 8, {3, 2}, {2, 2}, {1, 1}, {1, 0}, false}},
            PoolingCase{"global",
                        {2, 32, 6, 6, {6, 6}, {6, 6}, {1, 1}, {0, 0}, false}},
            PoolingCase{"globalMax",
                        {2, 32, 6, 6, {6, 6}, {6, 6}, {1, 1}, {0, 0}, true}}),
        testing::Values("", "acdb", "aBcd16b", "aBcd8b")),
    [](const auto &info) {
      std::string layout = std::get<1>(info.param);
      return std::string(std::get<0>(info.param).name) + "_" +
             (layout.empty() ? "rowMajor" : layout);
    });

TEST(Primitive, SizesOfOneKeepTheFastPool) {
  // 2x32x1x1 is row-major in its layout; said in those words it must not cost
  // the implementation.
  PrimitiveSpec spec;
  spec.kind = PrimitiveKind::AveragePooling;
  spec.window = {6, 6};
  spec.tensors = {{Role::Src, f32({2, 32, 6, 6}, "acdb")},
                  {Role::Dst, f32({2, 32, 1, 1})}};
  PrimitiveChoice choice = choose(spec);
  EXPECT_EQ(choice.tensors[1].second.layout, "");
  EXPECT_EQ(choice.implementation.substr(0, 3), "jit");
}

PrimitiveSpec smallProduct() {
  PrimitiveSpec spec;
  spec.kind = PrimitiveKind::InnerProduct;
  spec.tensors = {{Role::Src, f32({2, 3}, "")},
                  {Role::Weights, f32({4, 3}, "")},
                  {Role::Dst, f32({2, 4}, "")}};
  return spec;
}

TEST(Primitive, RequestsThatMakeNoSenseAreRefused) {
  PrimitiveSpec missing = smallProduct();
  missing.tensors.pop_back();
  EXPECT_THROW(choose(missing), Error);
  PrimitiveSpec twice = smallProduct();
  twice.tensors.push_back(twice.tensors.back());
  EXPECT_THROW(choose(twice), Error);
  PrimitiveSpec disagreeing = smallProduct();
  disagreeing.tensors[1].second.shape = {4, 5};
  EXPECT_THROW(choose(disagreeing), Error);
  PrimitiveSpec relu = smallProduct();
  relu.propagation = Propagation::BackwardWeights;
  relu.relu = true;
  EXPECT_THROW(choose(relu), Error);
  PrimitiveSpec images = smallProduct();
  images.kind = PrimitiveKind::MaxPooling;
  images.tensors.erase(images.tensors.begin() + 1);
  EXPECT_THROW(choose(images), Error);
}

TEST(Primitive, NormalizationsThatMakeNoSenseAreRefused) {
  PrimitiveSpec forward;
  forward.kind = PrimitiveKind::BatchNormalization;
  forward.epsilon = 1e-5;
  TensorType image{ElementType::F32, {2, 6, 4, 4}, ""};
  TensorType channels{ElementType::F32, {6}, ""};
  forward.tensors = {{Role::Src, image},
                     {Role::Mean, channels},
                     {Role::Variance, channels},
                     {Role::Dst, image}};
  EXPECT_NO_THROW(choose(forward));
  PrimitiveSpec backward = forward;
  backward.propagation = Propagation::BackwardData;
  EXPECT_THROW(choose(backward), Error); // no gradient to write
  backward.tensors.emplace_back(Role::SrcGradient, image);
  EXPECT_NO_THROW(choose(backward));
  backward.tensors.emplace_back(Role::WeightsGradient, channels);
  EXPECT_THROW(choose(backward), Error); // of no weights
  backward.tensors.emplace_back(Role::Weights, channels);
  EXPECT_NO_THROW(choose(backward));

  auto spoil = [&](auto change) {
    PrimitiveSpec spec = forward;
    change(spec);
    EXPECT_THROW(choose(spec), Error);
  };
  spoil([](auto &spec) { spec.tensors[1].second.shape = {5}; });
  spoil([](auto &spec) { spec.tensors[2].second.element = ElementType::U8; });
  spoil([](auto &spec) { spec.tensors[3].second.layout = "acdb"; });
  spoil([](auto &spec) { spec.tensors.erase(spec.tensors.begin() + 1); });
  spoil([](auto &spec) { spec.propagation = Propagation::BackwardWeights; });
  spoil([](auto &spec) { // of rows only
    spec.kind = PrimitiveKind::LayerNormalization;
  });
}

TEST(Primitive, WhatWasRecordedIsCompared) {
  PrimitiveSpec spec = smallProduct();
  PrimitiveChoice choice = choose(spec);
  Bytes memory(4096);
  std::vector<std::pair<Role, void *>> arguments = {
      {Role::Src, memory.data()},
      {Role::Weights, memory.data()},
      {Role::Dst, memory.data()},
      {Role::Scratchpad, memory.data()}};
  auto make = [&](const std::string &implementation, int64_t scratchpad,
                  int64_t workspace, auto arguments) {
    Primitive(spec, implementation, scratchpad, workspace, arguments);
  };
  int64_t scratchpad = choice.scratchpadBytes;
  EXPECT_NO_THROW(make(choice.implementation, scratchpad, 0, arguments));
  EXPECT_NO_THROW(make(choice.implementation, scratchpad + 64, 0, arguments));
  EXPECT_THROW(make("another", scratchpad, 0, arguments), Error);
  EXPECT_THROW(make(choice.implementation, scratchpad, 8, arguments), Error);
  arguments.erase(arguments.begin() + 1);
  EXPECT_THROW(make(choice.implementation, scratchpad, 0, arguments), Error);
}

TEST(Primitive, ConfigureAgainChangesTheTeamAlone) {
  const TestSettings &settings = testSettings();
  EXPECT_NO_THROW(configure(settings.threads + 1, settings.isa));
  EXPECT_NO_THROW(configure(settings.threads, settings.isa));
  EXPECT_THROW(
      configure(settings.threads, settings.isa == "avx2" ? "avx512" : "avx2"),
      Error);
  EXPECT_THROW(configure(settings.threads, "avx1024"), Error);
  EXPECT_THROW(configure(0, settings.isa), Error);
}

} // namespace
} // namespace netc::runtime::cpu
