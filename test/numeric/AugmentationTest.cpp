// Transforms as texts have them, emitted and compiled, against what torchvision
// makes of the same pictures with the same draws (augmentation_fixtures.json,
// written by make_augmentation_fixtures.py).
#include "compiler/Compiler.h"
#include "compiler/emit/EmitNet.h"
#include "compiler/emit/EmitTransforms.h"
#include "compiler/net/NetDialect.h"
#include "test/numeric/Harness.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace netc;
using namespace netc::numeric;
using nlohmann::json;

namespace {

constexpr uint32_t classes = 7;

/// The function of a text's transforms for training, as MLIR's text.
std::string transformsOf(const std::string &text, const Shape &pictures) {
  dsl::SourceFile source{"test.net", text};
  dsl::Diagnostics diagnostics;
  auto network = dsl::analyze(source, {}, diagnostics);
  if (!network)
    throw std::runtime_error(diagnostics.toText());
  mlir::MLIRContext context;
  context.loadDialect<mlir::func::FuncDialect, net::NetDialect>();
  dsl::EmitOptions options;
  options.batch = pictures[0];
  options.pixels = {pictures[1], pictures[2], pictures[3]};
  auto module = dsl::emitNet(context, *network, options);
  std::string function;
  llvm::raw_string_ostream stream(function);
  module->lookupSymbol<mlir::func::FuncOp>(dsl::trainTransforms).print(stream);
  return function;
}

/// A network that takes such pictures, or what a crop makes of them, behind the
/// transform.
std::string textOf(const json &one, const Shape &result) {
  bool isBehind = one.at("behind");
  auto transform = one.at("data").get<std::string>();
  bool isMap = one.contains("labels");
  return fmt::format(
      "network N(image: {0}x{1}x{2}) -> {3} = {4}\n"
      "data {{ {5} train {{ {6} }} {7} test {{ CenterCrop({1}x{2}) }} }}\n",
      result[1], result[2], result[3],
      isMap ? fmt::format("{}x{}x{}", classes, result[2], result[3]) : "2",
      isMap ? fmt::format("Conv2D({}, kernel=1)", classes)
            : "Sequential { Flatten Dense(2) }",
      isBehind ? "ToTensor" : "", transform, isBehind ? "" : "ToTensor");
}

/// The pictures that the script makes: half of each is nearly one colour.
Tensor picturesOf(const Shape &shape) {
  Tensor pictures = wholeNumbers(shape, Input, 256);
  for (size_t i = 0; i < pictures.values.size(); ++i)
    if (static_cast<int64_t>(i) % shape[3] < shape[3] / 2)
      pictures.values[i] = std::floor(pictures.values[i] / 64);
  return pictures;
}

std::vector<int> bytesOf(const std::string &hex) {
  std::vector<int> bytes;
  for (size_t i = 0; i < hex.size(); i += 2)
    bytes.push_back(std::stoi(hex.substr(i, 2), nullptr, 16));
  return bytes;
}

/// How many levels differ, and by how much at most.
struct Difference {
  size_t count = 0;
  double most = 0;
};

Difference differenceOf(const std::vector<double> &actual,
                        const std::vector<int> &expected) {
  Difference found;
  EXPECT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < std::min(actual.size(), expected.size()); ++i) {
    double distance = std::abs(actual[i] - expected[i]);
    found.count += distance > 1e-2; // levels come as 255ths
    found.most = std::max(found.most, distance);
  }
  return found;
}

Shape resultOf(const json &one, const Shape &input) {
  if (!one.at("data").get<std::string>().starts_with("RandomCrop"))
    return input;
  return {input[0], input[1], 11, 11};
}

void check(const json &one) {
  auto shape = one.at("input").get<Shape>();
  Shape result = resultOf(one, shape);
  Tensor samples({shape[0]});
  for (int64_t row = 0; row < shape[0]; ++row)
    samples.values[static_cast<size_t>(row)] =
        static_cast<double>((row * 31 + 7) % 60000);
  std::vector<Tensor> inputs{picturesOf(shape), samples};
  bool isMap = one.contains("labels");
  if (isMap)
    inputs.push_back(
        wholeNumbers({shape[0], shape[2], shape[3]}, /*salt=*/2, classes));
  runtime::RunState state;
  state.seed = one.at("seed");
  state.epoch = one.at("epoch");
  Session session(transformsOf(textOf(one, result), shape));
  std::vector<Tensor> outputs =
      session.run(dsl::trainTransforms.str(), inputs, state);
  if (one.at("behind").get<bool>()) {
    Tensor expected(result, one.at("numbers").get<std::vector<double>>());
    EXPECT_EQ(difference(outputs[0], expected, 2e-5), "");
    return;
  }
  for (double &value : outputs[0].values)
    value *= 255;
  // What lies between two levels, or two pixels, by less than is rounded away
  // may fall on either side: one of a thousand at most.
  Difference found = differenceOf(outputs[0].values, bytesOf(one.at("bytes")));
  EXPECT_LE(found.count, outputs[0].values.size() / 1000 + 1);
  auto text = one.at("data").get<std::string>();
  bool isRounded = text.find("Blur") != std::string::npos ||
                   text.find("bilinear") != std::string::npos ||
                   text.starts_with("ColorJitter");
  if (isRounded)
    EXPECT_LE(found.most, 1.01);
  else if (text.starts_with("RandAugment")) // some shear by whole halves
    EXPECT_LE(found.count, outputs[0].values.size() / 5000) << found.most;
  else
    EXPECT_EQ(found.count, 0u);
  if (isMap)
    EXPECT_EQ(differenceOf(outputs[1].values, bytesOf(one.at("labels"))).count,
              0u);
}

} // namespace

TEST(Augmentation, MatchesTorchvision) {
  std::ifstream file(NETC_AUGMENTATION_FIXTURES);
  json cases = json::parse(file);
  EXPECT_GT(cases.size(), 60u);
  for (const json &one : cases) {
    SCOPED_TRACE(one.at("data").get<std::string>() + " of " +
                 one.at("input").dump() +
                 (one.at("behind").get<bool>() ? " behind ToTensor" : ""));
    check(one);
  }
}
