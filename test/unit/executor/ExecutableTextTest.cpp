// What `netx FILE` says of numbers: each kind of parameter is its own figure.
#include "tools/netx/ExecutableText.h"

#include "SmallExecutable.h"

#include <functional>
#include <gtest/gtest.h>

namespace netc::runtime {
namespace {

/// The text of the small executable (42 and 6 trained numbers), its second
/// parameter changed.
std::string textWith(const std::function<void(fb::ParameterT &)> &change) {
  fb::ExecutableT executable = smallExecutable();
  change(*executable.parameters[1]);
  return tools::executableText(Executable::fromTables(pack(executable)));
}

bool has(const std::string &text, const std::string &line) {
  return text.find("\n" + line + "\n") != std::string::npos;
}

TEST(ExecutableText, TrainedNumbersAlone) {
  std::string text = textWith([](fb::ParameterT &) {});
  EXPECT_TRUE(has(text, "parameters   48 in 2 tensors")) << text;
  for (const char *absent : {"\nstate", "\nstatistics", "\ndata set"})
    EXPECT_EQ(text.find(absent), std::string::npos) << text;
}

TEST(ExecutableText, StateIsTheOptimisersAlone) {
  std::string text = textWith([](fb::ParameterT &p) { p.trainable = false; });
  EXPECT_TRUE(has(text, "parameters   42 in 1 tensors")) << text;
  EXPECT_TRUE(has(text, "state        6 numbers")) << text;
}

TEST(ExecutableText, StatisticsAreTheirOwnFigure) {
  std::string text = textWith([](fb::ParameterT &p) {
    p.trainable = false;
    p.statistic = true;
  });
  EXPECT_TRUE(has(text, "statistics   6 numbers")) << text;
  EXPECT_EQ(text.find("\nstate "), std::string::npos) << text;
}

TEST(ExecutableText, AKeptDatasetIsNoState) {
  std::string text = textWith([](fb::ParameterT &p) {
    p.trainable = false;
    p.dataset = true;
  });
  EXPECT_TRUE(has(text, "data set     24 bytes, kept on the device")) << text;
  EXPECT_EQ(text.find("\nstate"), std::string::npos) << text;
}

} // namespace
} // namespace netc::runtime
