// `expect`: what a run must reach, and what is proved at once.
#include "Analysis.h"

#include <cmath>

namespace netc::dsl {
namespace {

std::string errorsOf(std::string_view declarations,
                     const ParameterTexts &settings = {}) {
  return Analysis(
             fmt::format("network N(image: 1x28x28, n=10) -> 10 = Sequential "
                         "{{ Flatten Dense(n, use_bias=false) "
                         "if n != 10 {{ Dense(10) }} }}\n{}\n",
                         declarations),
             settings)
      .errors();
}

TEST(Expect, OfRuns) {
  Analysis analysis(withDeclarations(
      "expect test_accuracy >= 0.85 on \"fashion-mnist\" after 5 epochs\n"
      "expect train_loss < 2/4.0 on \"mnist\" after 1 epoch\n"
      "expect test_loss != 0 on \"mnist\""));
  ASSERT_TRUE(analysis.network) << analysis.errors();
  const auto &expectations = analysis.network->expectations;
  ASSERT_EQ(expectations.size(), 3u);
  EXPECT_EQ(runtime::spelling(expectations[0].metric), "test_accuracy");
  EXPECT_EQ(runtime::spelling(expectations[0].comparison), ">=");
  EXPECT_EQ(expectations[0].value, 0.85);
  EXPECT_EQ(expectations[0].dataset, "fashion-mnist");
  EXPECT_EQ(expectations[0].epochs, 5);
  EXPECT_TRUE(expectations[0].holds(0.85));
  EXPECT_FALSE(expectations[0].holds(0.84));
  EXPECT_EQ(expectations[1].value, 0.5);
  EXPECT_TRUE(expectations[1].holds(0.4));
  EXPECT_FALSE(expectations[1].holds(0.5));
  EXPECT_EQ(expectations[2].epochs, 0);
  EXPECT_FALSE(expectations[2].holds(0));
  EXPECT_TRUE(expectations[2].holds(1));
  EXPECT_FALSE(expectations[2].holds(std::nan("")));
}

TEST(Expect, OfTheNetwork) {
  EXPECT_EQ(errorsOf("expect parameters == 784*n\nexpect macs <= 7840"), "");
  EXPECT_EQ(errorsOf("expect parameters == 7841"),
            "2:8: `parameters` of `N` is 7840, expected == 7841\n");
  EXPECT_EQ(errorsOf("expect macs < 7840"),
            "2:8: `macs` of `N` is 7840, expected < 7840\n");
  EXPECT_EQ(errorsOf("expect parameters > 9223372036854775806"),
            "2:8: `parameters` of `N` is 7840, expected > "
            "9223372036854775806\n");
  // Of the network as it is written: settings make another of it.
  EXPECT_EQ(errorsOf("expect parameters == 7840", {{"n", "12"}}), "");
}

// What is never measured can never be met: said at once.
TEST(Expect, AccuracyOfLossesThatHaveNone) {
  const char *accuracy = "\nexpect train_accuracy > 0.5 on \"mnist\"";
  EXPECT_EQ(errorsOf(std::string("train { loss = SigmoidBinaryCrossEntropy }") +
                     accuracy),
            "");
  EXPECT_EQ(
      errorsOf(std::string("train { loss = MeanSquaredError }") + accuracy),
      "3:8: there is no `train_accuracy` with `MeanSquaredError`\n");
  EXPECT_EQ(errorsOf("train { loss = MeanSquaredError }\n"
                     "expect train_loss < 0.5 on \"mnist\""),
            "");
  Analysis autoencoder("network A(image: 1x4x4) -> 1x4x4 = Conv2D(1, kernel=1)"
                       "\ntrain { loss = SigmoidBinaryCrossEntropy(target="
                       "image) }\nexpect test_accuracy > 0 on \"mnist\"\n");
  EXPECT_EQ(autoencoder.errors(),
            "3:8: there is no `test_accuracy` with `SigmoidBinaryCrossEntropy"
            "(target=image)`\n");
}

TEST(Expect, Mistakes) {
  EXPECT_EQ(errorsOf("expect accuracy > 0.5 on \"mnist\""),
            "2:8: `accuracy` is not measured\n");
  EXPECT_EQ(errorsOf("expect test_accuracy > 0.5"),
            "2:8: `test_accuracy` is measured on a data set\n");
  EXPECT_EQ(errorsOf("expect test_loss > 0.5 on \"\""),
            "2:27: `test_loss` is measured on a data set\n");
  EXPECT_EQ(errorsOf("expect macs > 5 on \"mnist\""),
            "2:20: `macs` does not depend on a data set\n");
  EXPECT_EQ(errorsOf("expect macs > 5 after 3 epochs"),
            "2:23: `macs` does not depend on a data set\n");
  EXPECT_EQ(errorsOf("expect test_accuracy >= 85 on \"mnist\""),
            "2:25: `test_accuracy` must be at least 0 and at most 1, got 85\n");
  EXPECT_EQ(errorsOf("expect parameters == 5.0"),
            "2:22: `parameters` must be an integer, got 5.0\n");
  EXPECT_EQ(errorsOf("expect test_loss < relu on \"mnist\""),
            "2:20: `test_loss` must be a number, got relu\n");
  EXPECT_EQ(errorsOf("expect test_loss < 1 on \"mnist\" after 0 epochs"),
            "2:39: the number of epochs must be at least 1 and below 2^31, got "
            "0\n");
  EXPECT_EQ(errorsOf("expect test_loss < 1 on mnist"),
            "2:25: expected a data set's name in quotes, got `mnist`\n");
  EXPECT_EQ(errorsOf("expect test_loss < 1 on \"mnist\" after n epochs"),
            "2:39: expected a number of epochs, got `n`\n");
  EXPECT_EQ(errorsOf("expect test_loss < 1 on \"mnist\" after 5"),
            "3:1: expected `epochs`, got the end of the text\n");
  EXPECT_EQ(errorsOf("expect test_loss = 1"),
            "2:18: expected a comparison, as `>=`, got `=`\n");
}

} // namespace
} // namespace netc::dsl
