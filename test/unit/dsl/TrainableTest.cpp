// What a network needs to be trained, and which batch leaves no example alone.
#include "Analysis.h"

using namespace netc::dsl;

namespace {

/// The error and its hint for a vector network with a BatchNorm; empty if it
/// can be trained.
std::string refusal(int64_t batch, std::optional<int64_t> examples) {
  Analysis analysis(withLayers("Flatten Dense(5) BatchNorm Dense(10)"));
  Diagnostics diagnostics;
  if (checkTrainable(*analysis.network, batch, examples, diagnostics))
    return "";
  const Diagnostic &error = diagnostics.all()[0];
  return error.message + (error.notes.empty() ? "" : "; ") +
         (error.notes.empty() ? "" : error.notes[0].message);
}

TEST(Trainable, TellsOfALoneExample) {
  EXPECT_EQ(refusal(16, 65),
            "`batchnorm_1`: 65 examples leave one behind batches of 16; it has "
            "a single value in each of its 5 channels, which has no variance; "
            "`--batch 15` would do: it leaves 5");
  EXPECT_EQ(refusal(7, 50),
            "`batchnorm_1`: 50 examples leave one behind batches of 7; it has "
            "a single value in each of its 5 channels, which has no variance; "
            "`--batch 6` would do: it leaves 2");
  EXPECT_EQ(refusal(16, 1).find("would do"), std::string::npos);
  EXPECT_EQ(refusal(1, {}),
            "`batchnorm_1`: a batch of one example has a single value in each "
            "of its 5 channels, which has no variance; `--batch 2` would do, "
            "or more");
  EXPECT_EQ(refusal(16, 64), "");
  EXPECT_EQ(refusal(16, {}), "");
}

/// Whatever the counts, the batch that is named trains.
TEST(Trainable, NamesABatchThatWouldDo) {
  for (int64_t examples = 2; examples < 70; ++examples)
    for (int64_t batch = 1; batch < 80; ++batch) {
      std::string said = refusal(batch, examples);
      if (said.empty())
        continue;
      size_t at = said.find("--batch ");
      ASSERT_NE(at, std::string::npos) << said;
      int64_t other = std::stoll(said.substr(at + 8));
      EXPECT_EQ(refusal(other, examples), "") << said;
    }
}

TEST(Trainable, APictureHasMoreValues) {
  Analysis picture(withLayers("BatchNorm Flatten Dense(10)"));
  EXPECT_TRUE(checkTrainable(*picture.network, 1, 65, picture.diagnostics));
  Analysis point(withLayers("GlobalAvgPool2D BatchNorm Flatten Dense(10)"));
  EXPECT_FALSE(checkTrainable(*point.network, 1, 65, point.diagnostics));
}

} // namespace
