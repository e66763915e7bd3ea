// Parameters: their initial values, their updates, and that reads see the
// value from before the update.
#include "test/reference/Parameter.h"
#include "test/numeric/FunctionText.h"
#include "test/numeric/Harness.h"
#include "test/reference/Optimizer.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace netc;
using namespace netc::numeric;

namespace {

const Shape shapes[] = {
    {1},          {10},          {17},           {10, 84},
    {6, 1, 5, 5}, {96, 3, 3, 3}, {17, 33, 3, 2}, {2, 16, 16, 1, 1}};

std::string parameterText(const std::string &name, const Shape &shape,
                          const std::string &attributes = "") {
  return "  net.parameter @\"" + name + "\" : " + tensorType(shape) +
         " {init = \"zero\"" + attributes + "}\n";
}

/// A function (gradient, state) that updates @w, with @w.velocity if there is
/// momentum.
std::string updateText(const Shape &shape, const reference::Sgd &sgd,
                       double learningRateScale = 1) {
  FunctionText function("update");
  auto gradient = function.argument(shape), state = function.state();
  function.line("net.sgd_update @w, " + gradient.name + ", " + state.name +
                (sgd.momentum != 0 ? " keeps [@w.velocity]" : "") + " {" +
                real("momentum", sgd.momentum) + ", " +
                real("weight_decay", sgd.weightDecay) + ", " +
                real("learning_rate_scale", learningRateScale) +
                (sgd.nesterov ? ", nesterov} : " : "} : ") + gradient.type +
                ", " + state.type);
  return parameterText("w", shape) +
         (sgd.momentum == 0
              ? ""
              : parameterText("w.velocity", shape,
                              ", trainable = false, state = \"velocity\", "
                              "state_of = @w")) +
         function.text({});
}

} // namespace

TEST(Parameter, WhatIsWrittenIsRead) {
  for (const Shape &shape : shapes) {
    FunctionText writer("write"), reader("read");
    auto value = writer.argument(shape);
    writer.line("net.write_parameter @w, " + value.name + " : " + value.type);
    auto read = reader.readParameter("w", tensorType(shape));
    Session session(parameterText("w", shape) + writer.text({}) +
                    reader.text({read}));
    session.run("write", {values(shape, Input)});
    EXPECT_EQ(difference(session.parameter("w"), values(shape, Input), 1e-7),
              "");
    EXPECT_EQ(
        difference(session.run("read", {})[0], values(shape, Input), 1e-7), "");
    session.setParameter("w", values(shape, Filter));
    EXPECT_EQ(
        difference(session.run("read", {})[0], values(shape, Filter), 1e-7),
        "");
  }
}

TEST(Parameter, XavierMatchesReference) {
  const std::string path = "conv2d_1.weight";
  for (const Shape &shape : shapes) {
    FunctionText function;
    auto state = function.state();
    auto value = function.op("xavier_uniform", {state},
                             real("bound", std::sqrt(6.0 / (25 + 150))) +
                                 ", path = \"" + path + "\"",
                             tensorType(shape));
    Session session(function.text({value}));
    for (uint64_t seed : {0ull, 42ull, 0xfedcba9876543210ull}) {
      // The step is no part of it.
      auto results = session.run("f", {}, {.seed = seed, .step = 77});
      EXPECT_EQ(difference(results[0],
                           reference::xavierUniform(shape, 25, 150, seed, path),
                           2e-7),
                "")
          << tensorType(shape) << " seed " << seed;
    }
  }
}

TEST(Parameter, FillMatches) {
  for (const Shape &shape : shapes)
    for (double value : {0.0, 1.5}) {
      FunctionText function;
      std::string type = tensorType(shape);
      function.line("%filled = net.fill {" + real("value", value) +
                    "} : " + type);
      EXPECT_EQ(runProgram(function.text({{"%filled", type}}), {})[0].values,
                Tensor(shape, value).values);
    }
}

TEST(SgdUpdate, MatchesReference) {
  constexpr double tolerance = 1e-5; // a lone element may all but cancel
  const reference::Sgd kinds[] = {{1, 0, 0},        {0.1, 0, 0},
                                  {0.1, 0.9, 0},    {0.1, 0, 0.01},
                                  {0.5, 0.9, 0.01}, {0.2, 0.9, 0.01, true}};
  for (const reference::Sgd &sgd : kinds)
    for (const Shape &shape : shapes) {
      SCOPED_TRACE(tensorType(shape) + " momentum " +
                   std::to_string(sgd.momentum));
      Session session(updateText(shape, sgd));
      Tensor weight = values(shape, Filter), velocity(shape);
      session.setParameter("w", weight);
      if (sgd.momentum != 0)
        session.setParameter("w.velocity", velocity);
      for (uint32_t step = 0; step < 3; ++step) {
        Tensor gradient = values(shape, OutputGradient + step);
        // The rate is the run's: it may change from step to step.
        reference::Sgd now = sgd;
        now.learningRate = sgd.learningRate / (1 + step);
        runtime::RunState state;
        state.learningRate = static_cast<float>(now.learningRate);
        session.run("update", {gradient}, state);
        sgdUpdate(now, gradient, weight, velocity);
        EXPECT_EQ(difference(session.parameter("w"), weight, tolerance), "")
            << "step " << step;
        if (sgd.momentum != 0) {
          EXPECT_EQ(
              difference(session.parameter("w.velocity"), velocity, tolerance),
              "");
        }
      }
    }
}

TEST(SgdUpdate, ScalesTheLearningRate) {
  for (const Shape &shape : shapes) {
    reference::Sgd sgd{0.5, 0.9, 0.01};
    Session session(updateText(shape, sgd, 0.25));
    Tensor weight = values(shape, Filter), velocity(shape);
    session.setParameter("w", weight);
    session.setParameter("w.velocity", velocity);
    Tensor gradient = values(shape, OutputGradient);
    runtime::RunState state;
    state.learningRate = 0.5f;
    session.run("update", {gradient}, state);
    sgd.learningRate = 0.125;
    sgdUpdate(sgd, gradient, weight, velocity);
    EXPECT_EQ(difference(session.parameter("w"), weight, 1e-5), "")
        << tensorType(shape);
  }
}

// The update is in place, so a value read before it must be used before it.
TEST(SgdUpdate, BeforeAUseOfTheOldValueIsAnError) {
  Shape shape{5, 17};
  FunctionText function;
  auto gradient = function.argument(shape), state = function.state();
  auto before = function.readParameter("w", tensorType(shape));
  function.line("net.sgd_update @w, " + gradient.name + ", " + state.name +
                " {" + real("momentum", 0) + ", " + real("weight_decay", 0) +
                "} : " + gradient.type + ", " + state.type);
  try {
    Session session(parameterText("w", shape) + function.text({before}));
    FAIL() << "compiled";
  } catch (const Error &error) {
    EXPECT_NE(
        std::string(error.what()).find("value of @w from before its update"),
        std::string::npos)
        << error.what();
  }
}
