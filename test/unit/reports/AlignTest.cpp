// Layers of two networks beside one another.
#include "tools/netc/Align.h"
#include "test/unit/dsl/Analysis.h"

namespace netc::tools {
namespace {

using dsl::Analysis;

/// `a=a` for counterparts, `-a` and `+b` for the others.
std::string aligned(const Analysis &before, const Analysis &after) {
  const auto &a = before.network->layers, &b = after.network->layers;
  std::string text;
  for (const AlignedPair &pair : alignLayers(a, b)) {
    if (!text.empty())
      text += ' ';
    if (!pair.after)
      text += "-" + a[*pair.before].name;
    else if (!pair.before)
      text += "+" + b[*pair.after].name;
    else
      text += a[*pair.before].name + "=" + b[*pair.after].name;
  }
  return text;
}

Analysis withLayers(std::string_view layers, std::string_view output) {
  return Analysis(dsl::withLayers(layers, "4", output));
}

TEST(Align, Same) {
  Analysis a = withLayers("Dense(3) ReLU Dense(2)", "2");
  EXPECT_EQ(aligned(a, a), "dense_1=dense_1 relu_1=relu_1 dense_2=dense_2");
}

TEST(Align, InsertedAtTheFront) {
  EXPECT_EQ(aligned(withLayers("Dense(3) ReLU Dense(2)", "2"),
                    withLayers("Dense(9) ReLU Dense(3) ReLU Dense(2)", "2")),
            "+dense_1 +relu_1 dense_1=dense_2 relu_1=relu_2 dense_2=dense_3");
}

TEST(Align, OtherKinds) {
  EXPECT_EQ(aligned(withLayers("Dense(3) ReLU Dense(2)", "2"),
                    withLayers("Dense(3) Tanh Dense(2)", "2")),
            "dense_1=dense_1 -relu_1 +tanh_1 dense_2=dense_2");
}

TEST(Align, ChangedArguments) {
  EXPECT_EQ(aligned(withLayers("Dense(3) Dense(5) Dense(2)", "2"),
                    withLayers("Dense(3) Dense(6) Dense(2)", "2")),
            "dense_1=dense_1 dense_2=dense_2 dense_3=dense_3");
}

TEST(Align, Nothing) {
  Analysis a = withLayers("ReLU", "4");
  EXPECT_TRUE(alignLayers({}, {}).empty());
  EXPECT_EQ(alignLayers(a.network->layers, {}).size(), 1u);
  EXPECT_EQ(alignLayers({}, a.network->layers).size(), 1u);
}

/// A table for these would be too large: what differs is replaced whole.
TEST(Align, TooManyForATable) {
  std::string many = "Tanh";
  for (int i = 0; i < 5000; ++i)
    many += " ReLU";
  Analysis a = withLayers("Dense(3) " + many + " Dense(2)", "2");
  Analysis b = withLayers("Dense(4) " + many + " Dense(2) ", "2");
  std::string text = aligned(a, b);
  EXPECT_TRUE(text.starts_with("-dense_1 -tanh_1 ")) << text.substr(0, 40);
  EXPECT_TRUE(text.ends_with("+relu_5000 +dense_2"))
      << text.substr(text.size() - 40);
}

TEST(Align, DefaultsWrittenOutAreTheSame) {
  Analysis a = withLayers("Dense(2)", "2");
  Analysis b = withLayers("Dense(2, use_bias=true)", "2");
  Analysis c = withLayers("Dense(2, use_bias=false)", "2");
  EXPECT_TRUE(sameSpec(a.network->layers[0], b.network->layers[0]));
  EXPECT_FALSE(sameSpec(a.network->layers[0], c.network->layers[0]));
}

} // namespace
} // namespace netc::tools
