// Every example of the language reference and every model is accepted.
#include "Analysis.h"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace netc::dsl {
namespace {

std::string readFile(const std::filesystem::path &path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

/// An example as a whole file: layers come with a line `# INPUT -> OUTPUT`,
/// declarations without a network get one for 3x32x32.
std::string asFile(const std::string &example) {
  if (example.find("network ") != example.npos)
    return example;
  if (!example.starts_with("# "))
    return withLayers("Flatten Dense(10)", "3x32x32") + example;
  size_t arrow = example.find(" -> "), end = example.find('\n');
  return withLayers(example.substr(end), example.substr(2, arrow - 2),
                    example.substr(arrow + 4, end - arrow - 4));
}

TEST(Readme, ExamplesAreAccepted) {
  std::string text = readFile(NETC_SOURCE_DIR "/dsl/README.md");
  const std::string open = "```net\n", close = "```\n";
  size_t count = 0;
  for (size_t start = text.find(open); start != text.npos; ++count) {
    start += open.size();
    size_t end = text.find(close, start);
    std::string example = text.substr(start, end - start);
    Analysis analysis(asFile(example));
    ASSERT_TRUE(analysis.network) << example << analysis.diagnostics.toText();
    if (example.find("network ") != example.npos) { // one that stands alone
      EXPECT_TRUE(
          checkTrainable(*analysis.network, 2, {}, analysis.diagnostics))
          << example << analysis.diagnostics.toText();
    }
    start = text.find(open, end + close.size());
  }
  EXPECT_GE(count, 10u);
}

/// The names that the reference gives the layers of its example on labels.
TEST(Readme, LabelsExample) {
  std::string text = readFile(NETC_SOURCE_DIR "/dsl/README.md");
  size_t start = text.find("network Labels");
  ASSERT_NE(start, text.npos);
  Analysis analysis(text.substr(start, text.find("```", start) - start));
  ASSERT_TRUE(analysis.network);
  std::string names;
  for (const Layer &layer : analysis.network->layers)
    names += layer.name + " ";
  EXPECT_EQ(names, "stem maxpool2d_1 features.conv2d_1 features.second "
                   "conv2d_1 tail tail_2 flatten_1 dense_1 ");
}

TEST(Models, AreAccepted) {
  size_t count = 0;
  for (const auto &entry :
       std::filesystem::directory_iterator(NETC_SOURCE_DIR "/models")) {
    if (entry.path().extension() != ".net")
      continue;
    Analysis analysis(readFile(entry.path()));
    EXPECT_TRUE(analysis.network) << entry.path() << '\n'
                                  << analysis.diagnostics.toText();
    ++count;
  }
  EXPECT_GE(count, 2u);
}

} // namespace
} // namespace netc::dsl
