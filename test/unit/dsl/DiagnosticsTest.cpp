// The form of diagnostics: text and JSON.
#include "Analysis.h"

#include <nlohmann/json.hpp>

namespace netc::dsl {
namespace {

/// The example of the design.
TEST(Diagnostics, Text) {
  Analysis analysis("network N(image: 256x4x4) -> 10 = Sequential {\n"
                    "  Conv2D(256, kernel=3)\n"
                    "  MaxPool2D(3, stride=2)\n"
                    "  Flatten\n"
                    "}\n");
  EXPECT_EQ(analysis.diagnostics.toText(),
            "t.net:3:3: error: `MaxPool2D` window 3x3 does not fit its input "
            "256x2x2\n"
            "    3 |   MaxPool2D(3, stride=2)\n"
            "      |   ^~~~~~~~~\n"
            "t.net:2:3: note: 256x2x2 comes from `Conv2D` here: (4 + 2*0 - "
            "3)/1 + 1 = 2\n"
            "t.net:2:3: hint: `padding=1` keeps 256x4x4\n");
}

/// Bytes that are no UTF-8 do not make the document invalid.
TEST(Diagnostics, Json) {
  SourceFile source{"\xff.net", "\xff"};
  Diagnostics diagnostics;
  EXPECT_FALSE(analyze(source, {}, diagnostics));
  auto json = nlohmann::json::parse(diagnostics.toJson());
  ASSERT_EQ(json["errors"].size(), 1u);
  const auto &error = json["errors"][0];
  EXPECT_EQ(error["file"], "\xEF\xBF\xBD.net");
  EXPECT_EQ(error["line"], 1);
  EXPECT_EQ(error["column"], 1);
  EXPECT_EQ(error["message"], "unexpected character 0xFF");
  EXPECT_EQ(error["notes"].size(), 0u);
  EXPECT_TRUE(error["hint"].is_null());
}

TEST(Diagnostics, JsonOfNotesAndHint) {
  Analysis analysis(
      withLayers("Conv2D(256, kernel=3)\nMaxPool2D(3)", "256x4x4"));
  EXPECT_EQ(nlohmann::json::parse(analysis.diagnostics.toJson()),
            nlohmann::json::parse(R"({"errors": [{
    "file": "t.net", "line": 3, "column": 1,
    "message": "`MaxPool2D` window 3x3 does not fit its input 256x2x2",
    "notes": [{"file": "t.net", "line": 2, "column": 1, "message":
      "256x2x2 comes from `Conv2D` here: (4 + 2*0 - 3)/1 + 1 = 2"}],
    "hint": "`padding=1` keeps 256x4x4"}]})"));
}

TEST(Diagnostics, JsonWithoutErrors) {
  EXPECT_EQ(nlohmann::json::parse(Diagnostics().toJson()),
            nlohmann::json::parse(R"({"errors": []})"));
  EXPECT_EQ(Diagnostics().toText(), "");
}

TEST(Diagnostics, SortedByPlace) {
  Analysis analysis(withLayers("Foo") + "data { Bar } $\n");
  EXPECT_EQ(analysis.errors(), "4:14: unexpected character `$`\n"
                               "2:1: no layer is called `Foo`\n"
                               "4:8: no transform is called `Bar`\n");
  std::string text = analysis.diagnostics.toText();
  EXPECT_LT(text.find("t.net:2:1"), text.find("t.net:4:8"));
  EXPECT_LT(text.find("t.net:4:8"), text.find("t.net:4:14"));
}

TEST(Diagnostics, LongLinesAreCut) {
  std::string spaces(200, ' ');
  Analysis analysis(spaces + "$" + spaces + "x");
  std::string text = analysis.diagnostics.toText();
  EXPECT_TRUE(text.starts_with("t.net:1:201: error: unexpected character `$`\n"
                               "    1 | ..." +
                               std::string(80, ' ') + "$" +
                               std::string(119, ' ') + "...\n" + "      |    " +
                               std::string(80, ' ') + "^\n"))
      << text;
}

TEST(Diagnostics, CharactersOfSeveralBytesAreOneColumn) {
  Analysis analysis(withDeclarations("# \n \"\xc3\xa9\xc3\xa9\" $ \x01\xff"));
  EXPECT_EQ(analysis.diagnostics.toText(),
            "t.net:3:2: error: expected `network`, `layer`, `import`, `data`, "
            "`train` or `expect`, got "
            "`\"\xc3\xa9\xc3\xa9\"`\n"
            "    3 |  \"\xc3\xa9\xc3\xa9\" $ ??\n"
            "      |  ^~~~\n"
            "t.net:3:9: error: unexpected character `$`\n"
            "    3 |  \"\xc3\xa9\xc3\xa9\" $ ??\n"
            "      |       ^\n"
            "t.net:3:11: error: unexpected character 0x01\n"
            "    3 |  \"\xc3\xa9\xc3\xa9\" $ ??\n"
            "      |         ^~\n");
}

TEST(Diagnostics, LineColumn) {
  SourceFile source{"t.net", "ab\ncd\n"};
  auto at = [&](uint32_t offset) {
    auto [line, column] = lineColumn({&source, offset, 0});
    return std::pair(line, column);
  };
  EXPECT_EQ(at(0), std::pair(1u, 1u));
  EXPECT_EQ(at(2), std::pair(1u, 3u));
  EXPECT_EQ(at(3), std::pair(2u, 1u));
  EXPECT_EQ(at(6), std::pair(3u, 1u));
}

/// A byte order mark is no column of the first line.
TEST(Diagnostics, ByteOrderMark) {
  Analysis analysis("\xEF\xBB\xBFnetwork N(image: 4) -> 4 = RelU\n");
  std::string text = analysis.diagnostics.toText();
  EXPECT_TRUE(text.starts_with("t.net:1:28: error: no layer is called `RelU`\n"
                               "    1 | network N(image: 4) -> 4 = RelU\n"
                               "      |                            ^~~~\n"))
      << text;
  Analysis start("\xEF\xBB\xBF\n");
  EXPECT_EQ(start.diagnostics.toText().find('\xEF'), std::string::npos);
}

} // namespace
} // namespace netc::dsl
