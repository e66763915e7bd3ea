// The formatter: its form, and that it never changes what a text says.
#include "dsl/Format.h"
#include "Analysis.h"
#include "RandomText.h"

#include "dsl/Ast.h"
#include "dsl/Lexer.h"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace netc::dsl {
namespace {

std::string formatted(const std::string &text) {
  SourceFile source{"t.net", text};
  Diagnostics diagnostics;
  std::optional<std::string> result = formatText(source, diagnostics);
  EXPECT_TRUE(result) << diagnostics.toText() << text;
  return result.value_or("");
}

std::string astOf(const std::string &text) {
  SourceFile source{"t.net", text};
  Diagnostics diagnostics;
  std::string ast = printAst(source, diagnostics);
  EXPECT_FALSE(diagnostics.hasErrors()) << diagnostics.toText() << text;
  return ast;
}

std::vector<std::string> commentsOf(const std::string &text) {
  std::vector<std::string> comments;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"')
      i = text.find('"', i + 1);
    if (text[i] != '#')
      continue;
    size_t end = std::min(text.find('\n', i), text.size());
    comments.push_back(text.substr(i, end - i));
    comments.back().erase(comments.back().find_last_not_of(" \t\r") + 1);
    i = end;
  }
  return comments;
}

/// Formatting keeps the meaning and the comments, ends at once, and leaves no
/// space at a line's end and no two empty lines.
void expectHarmless(const std::string &text) {
  std::string result = formatted(text);
  EXPECT_EQ(astOf(result), astOf(text)) << text;
  EXPECT_EQ(commentsOf(result), commentsOf(text)) << text;
  EXPECT_EQ(formatted(result), result) << text;
  EXPECT_EQ(result.find(" \n"), result.npos) << result;
  EXPECT_EQ(result.find("\n\n\n"), result.npos) << result;
}

void expectForm(const std::string &text, const std::string &form) {
  EXPECT_EQ(formatted(text), form);
  EXPECT_EQ(formatted(form), form);
}

std::string contentOf(const std::filesystem::path &path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

std::string inBraces(const std::string &items) {
  return "network N(a: 1) -> 1 = Sequential {\n" + items + "}\n";
}

TEST(Format, Spaces) {
  expectForm("network N( image:1x28x28 ,width = 8)->[ 1,2 * n ]=Sequential"
             "{Dense ( 1+2*n-n%2 , use_bias = not(a==- b/2) , act=x [ 0 ] . y "
             ")\nstem :ReLU}",
             "network N(image: 1x28x28, width=8) -> [1, 2*n] = Sequential {\n"
             "  Dense(1 + 2*n - n % 2, use_bias=not (a == -b/2), act=x[0].y)\n"
             "  stem: ReLU\n"
             "}\n");
}

TEST(Format, ItemsKeepTheirLines) {
  expectForm(inBraces("A B\nC {D E}\nF { G\n H I }\n"),
             inBraces("  A  B\n"
                      "  C { D  E }\n"
                      "  F {\n"
                      "    G\n"
                      "    H  I\n"
                      "  }\n"));
  // What needs lines of its own has them.
  expectForm(inBraces("A B { C\n } D {} E { }"), inBraces("  A\n"
                                                          "  B {\n"
                                                          "    C\n"
                                                          "  }\n"
                                                          "  D {}  E {}\n"));
  expectForm("data { Resize ToTensor } train { batch=4 epochs = 5 }",
             "data { Resize  ToTensor }\n"
             "train { batch = 4  epochs = 5 }\n");
}

/// The whole grammar, in the words of those who designed it.
TEST(Format, Examples) {
  const std::string bottleneck =
      "import \"blocks.net\"\n"
      "\n"
      "layer Bottleneck(channels, stride=1) = Sequential {\n"
      "  Sum {\n"
      "    Sequential {\n"
      "      ConvBN(channels)  ReLU\n"
      "      ConvBN(channels, kernel=3, stride=stride, padding=1)  ReLU\n"
      "      ConvBN(4*channels)\n"
      "    }\n"
      "    if input.channels != 4*channels { ConvBN(4*channels, stride=stride) "
      "}"
      " else { Identity }\n"
      "  }\n"
      "  ReLU\n"
      "}\n"
      "\n"
      "network ResNet(image: 3x224x224, classes=1000) -> [classes] = "
      "Sequential "
      "{\n"
      "  for [channels, blocks, stride] in [[64, 3, 1], [128, 4, 2], [256, 6, "
      "2],"
      " [512, 3, 2]] {\n"
      "    Bottleneck(channels, stride=stride)\n"
      "    repeat blocks - 1 { Bottleneck(channels) }\n"
      "  }\n"
      "  for i in 0..4 { Dense(4*i) }\n"
      "}\n"
      "\n"
      "data {\n"
      "  train { RandomCrop(32, padding=4)  RandomHorizontalFlip }\n"
      "  ToTensor\n"
      "}\n"
      "\n"
      "expect parameters == 25557032\n"
      "expect test_accuracy >= 0.75 on \"folder:imagenet\" after 90 epochs\n";
  expectForm(bottleneck, bottleneck);
}

/// Of the blocks of an `if` each may be on one line.
TEST(Format, If) {
  expectForm(
      inBraces("if a{\nB\n}else{C}\nif a {B} else if not b {C} else {\nD "
               "E }\n"),
      inBraces("  if a {\n"
               "    B\n"
               "  } else { C }\n"
               "  if a { B } else if not b { C } else {\n"
               "    D  E\n"
               "  }\n"));
  // One that is too long for a line is broken at all of them.
  expectForm(
      inBraces("if aLongConditionOfManyWords == anotherName { Conv2D(channels, "
               "kernel=3, stride=2) } else { Conv2D(channels, kernel=1) }"),
      inBraces("  if aLongConditionOfManyWords == anotherName {\n"
               "    Conv2D(channels, kernel=3, stride=2)\n"
               "  } else {\n"
               "    Conv2D(channels, kernel=1)\n"
               "  }\n"));
}

TEST(Format, EmptyLines) {
  expectForm("\n\n" + inBraces("\n\n A\n\n\n\n B\n\n") + "\n\n\ndata{}\n\n",
             inBraces("  A\n\n  B\n") + "\ndata {}\n");
}

TEST(Format, KeysAreAligned) {
  expectForm("train { loss=X optimizer = SGD(lr=0.1)\n\n batch=4 # few\n}\n",
             "train {\n"
             "  loss      = X\n"
             "  optimizer = SGD(lr=0.1)\n"
             "\n"
             "  batch     = 4  # few\n"
             "}\n");
}

TEST(Format, Comments) {
  expectForm("# first\n\n#second   \r\n" +
                 inBraces("# above\nA# beside\n   # below\n\n# last\n") +
                 "# end",
             "# first\n\n#second\n" +
                 inBraces("  # above\n"
                          "  A  # beside\n"
                          "  # below\n\n"
                          "  # last\n") +
                 "# end\n");
  expectForm("data { # all\n ToTensor } # done",
             "data {  # all\n  ToTensor\n}  # done\n");
  // Within an item a comment ends the line, as it must.
  expectForm(inBraces("Conv2D(8, # channels\n kernel=3\n # zeros\n, padding=1"
                      " # around\n)\nA # c\n: B\n"),
             inBraces("  Conv2D(8,  # channels\n"
                      "         kernel=3\n"
                      "         # zeros\n"
                      "         , padding=1  # around\n"
                      "         )\n"
                      "  A  # c\n"
                      "      : B\n"));
}

TEST(Format, CommentsBesideLinesAreAligned) {
  expectForm(inBraces("Conv2D(96, kernel=11) # 96x54x54\nMaxPool2D(3) # half\n"
                      "A {# inside\n B # deep\n}\nC\nD # alone\n"),
             inBraces("  Conv2D(96, kernel=11)  # 96x54x54\n"
                      "  MaxPool2D(3)           # half\n"
                      "  A {  # inside\n"
                      "    B  # deep\n"
                      "  }\n"
                      "  C\n"
                      "  D  # alone\n"));
}

TEST(Format, LongArgumentsAreWrapped) {
  expectForm(inBraces("Conv2D(channels=aLongName + 1, kernel=3, stride=2, "
                      "padding=1, dilation=1, groups=anotherName, "
                      "use_bias=false, activation=relu)"),
             inBraces("  Conv2D(channels=aLongName + 1, kernel=3, stride=2, "
                      "padding=1, dilation=1, groups=anotherName, "
                      "use_bias=false,\n"
                      "         activation=relu)\n"));
  // Of nested lists, the outer one first.
  std::string rows = "[100, 200, 300, 400], [101, 201, 301, 401], [102, 202, "
                     "302, 402], [103, 203, 303, 403], [104, 204, 304, 404],";
  expectForm(inBraces("Table([" + rows + " [105, 205, 305, 405], [1, 2]])"),
             inBraces("  Table([" + rows +
                      "\n"
                      "         [105, 205, 305, 405], [1, 2]])\n"));
  // The widest list gives room to what follows it.
  expectForm(
      "network UNet(image: [1, pixels, pixels], pixels=256, channels=64, "
      "depth=4, classes=2) -> [classes, pixels, pixels] = Sequential { A "
      "}\n",
      "network UNet(image: [1, pixels, pixels], pixels=256, channels=64, "
      "depth=4,\n"
      "             classes=2) -> [classes, pixels, pixels] = Sequential {\n"
      "  A\n"
      "}\n");
  // Rows that the author wrote stay rows.
  expectForm(inBraces("Table([\n[1, 2],\n   [3,\n 4]])"),
             inBraces("  Table([[1, 2],\n"
                      "         [3, 4]])\n"));
}

TEST(Format, LongLinesOfItemsAreBroken) {
  std::string layer = "Conv2D(128, kernel=3)  ", line;
  for (int i = 0; i < 7; ++i)
    line += layer;
  std::string five = "  " + line.substr(0, 5 * layer.size() - 2) + "\n";
  std::string two = "  " + line.substr(0, 2 * layer.size() - 2) + "\n";
  expectForm(inBraces(line), inBraces(five + two));
  expectForm("network N(a: 1) -> 1 = Sequential { " + line + "}",
             inBraces(five + two));
}

TEST(Format, ErrorsAreTold) {
  SourceFile source{"t.net", "network N(a: 1) -> 1 = Sequential { A(, }"};
  Diagnostics diagnostics;
  EXPECT_FALSE(formatText(source, diagnostics));
  EXPECT_TRUE(diagnostics.hasErrors());
}

TEST(Format, Nothing) {
  expectForm("", "");
  expectForm(" \n\n", "");
  expectForm("\xEF\xBB\xBF# only a comment", "# only a comment\n");
}

TEST(Format, ModelsAreFormatted) {
  for (const auto &entry :
       std::filesystem::directory_iterator(NETC_SOURCE_DIR "/models")) {
    if (entry.path().extension() != ".net")
      continue;
    std::string text = contentOf(entry.path());
    EXPECT_EQ(formatted(text), text) << entry.path();
  }
}

/// Declarations of the language reference.
TEST(Format, ReferenceIsFormatted) {
  std::string text = contentOf(NETC_SOURCE_DIR "/dsl/README.md");
  const std::string open = "```net\n", close = "```\n";
  size_t count = 0;
  for (size_t start = text.find(open); start != text.npos;) {
    start += open.size();
    size_t end = text.find(close, start);
    std::string example = text.substr(start, end - start);
    Diagnostics none;
    SourceFile source{"t.net", example};
    printAst(source, none);
    if (!none.hasErrors()) { // an example of layers alone is no file
      EXPECT_EQ(formatted(example), example);
      ++count;
    }
    start = text.find(open, end + close.size());
  }
  EXPECT_GE(count, 4u);
}

/// The texts of the tests, good ones as they are and with their tokens apart.
TEST(Format, RealTextsKeepTheirMeaning) {
  size_t count = 0;
  for (const char *folder : {"/models", "/test/dsl"})
    for (const auto &entry : std::filesystem::directory_iterator(
             NETC_SOURCE_DIR + std::string(folder))) {
      SourceFile source{"t.net", contentOf(entry.path())};
      Diagnostics none;
      printAst(source, none);
      if (entry.path().extension() != ".net" || none.hasErrors())
        continue;
      ++count;
      expectHarmless(source.text);
      std::vector<std::string> tokens;
      for (const Token &token : lex(source, none))
        if (token.kind != TokenKind::End)
          tokens.emplace_back(token.spelling());
      for (unsigned seed = 0; seed < 20; ++seed)
        expectHarmless(RandomText(seed).respaced(tokens));
    }
  EXPECT_GE(count, 10u);
}

TEST(Format, RandomTextsKeepTheirMeaning) {
  for (unsigned seed = 0; seed < 4000 && !HasFailure(); ++seed)
    expectHarmless(RandomText(seed).file());
}

} // namespace
} // namespace netc::dsl
