// Tokens of texts, good and bad.
#include "dsl/Lexer.h"

#include <gtest/gtest.h>

namespace netc::dsl {
namespace {

struct Lexed {
  SourceFile source;
  Diagnostics diagnostics;
  std::vector<Token> tokens;

  explicit Lexed(std::string text)
      : source{"t.net", std::move(text)}, tokens(lex(source, diagnostics)) {}

  /// The tokens' spellings with | between them.
  std::string spellings() const {
    std::string text;
    for (const Token &token : tokens)
      if (token.kind != TokenKind::End)
        text += (text.empty() ? "" : "|") + std::string(token.spelling());
    return text;
  }
  std::vector<TokenKind> kinds() const {
    std::vector<TokenKind> list;
    for (const Token &token : tokens)
      list.push_back(token.kind);
    return list;
  }
  std::string firstError() const {
    return diagnostics.hasErrors() ? diagnostics.all()[0].message : "";
  }
};

using enum TokenKind;

TEST(Lexer, LongestTokenWins) {
  EXPECT_EQ(Lexed("a->b==c=d!=e<=f<g>=h>i..j.k").spellings(),
            "a|->|b|==|c|=|d|!=|e|<=|f|<|g|>=|h|>|i|..|j|.|k");
  EXPECT_EQ(Lexed("([{,:+-*/%}])").spellings(), "(|[|{|,|:|+|-|*|/|%|}|]|)");
}

TEST(Lexer, Numbers) {
  EXPECT_EQ(Lexed("0 12 1.5 1e5 1E-5 2.5e+3").kinds(),
            (std::vector{Integer, Integer, Float, Float, Float, Float, End}));
  EXPECT_EQ(Lexed("1x28x28 3x5").kinds(), (std::vector{Sizes, Sizes, End}));
  EXPECT_EQ(Lexed("0..4").spellings(), "0|..|4");
  EXPECT_EQ(Lexed("3.x").spellings(), "3|.|x");
  EXPECT_EQ(Lexed("1x2.5").spellings(), "1x2|.|5");
}

TEST(Lexer, NumbersRunningIntoLetters) {
  for (std::string text : {"1xn", "12abc", "1x2x", "1_000", "3x4e5", "1.5f",
                           "1e5x", "0b101", "5x_"}) {
    Lexed lexed(text);
    EXPECT_EQ(lexed.kinds(), (std::vector{Error, End})) << text;
    EXPECT_EQ(lexed.firstError(),
              fmt::format("`{}` is neither a number nor a shape", text));
  }
}

TEST(Lexer, Words) {
  EXPECT_EQ(Lexed("network networks data train true false and or not").kinds(),
            (std::vector{Network, Word, Data, Train, True, False, And, Or, Not,
                         End}));
  EXPECT_TRUE(isReserved(Lexed("repeat").tokens[0].kind));
  EXPECT_TRUE(isReserved(Lexed("train").tokens[0].kind));
  EXPECT_FALSE(isReserved(Lexed("image").tokens[0].kind));
}

TEST(Lexer, CommentsAndLines) {
  Lexed lexed("# first\r\na # rest \"\n\tb c\n#last");
  EXPECT_EQ(lexed.spellings(), "a|b|c");
  EXPECT_TRUE(lexed.tokens[0].startsLine);
  EXPECT_TRUE(lexed.tokens[1].startsLine);
  EXPECT_FALSE(lexed.tokens[2].startsLine);
  EXPECT_EQ(lineColumn(lexed.tokens[0].range).line, 2u);
  EXPECT_EQ(lineColumn(lexed.tokens[1].range).column, 2u);
}

TEST(Lexer, Strings) {
  EXPECT_EQ(Lexed("\"a # b\" c").kinds(), (std::vector{String, Word, End}));
  EXPECT_EQ(Lexed("\"\"").kinds(), (std::vector{String, End}));
  for (std::string text : {"\"abc", "\"abc\r\n", "\"abc\n\"d\""}) {
    Lexed lexed(text);
    EXPECT_EQ(lexed.tokens[0].kind, Error);
    EXPECT_EQ(lexed.tokens[0].spelling(), "\"abc");
    EXPECT_EQ(lexed.firstError(), "the string does not end on its line");
  }
}

TEST(Lexer, StrayCharacters) {
  EXPECT_EQ(Lexed("a $ b").firstError(), "unexpected character `$`");
  EXPECT_EQ(Lexed(std::string("a \0 b", 5)).firstError(),
            "unexpected character 0x00");
  EXPECT_EQ(Lexed("a \xff b").firstError(), "unexpected character 0xFF");
  EXPECT_EQ(Lexed("\xc3\xa9").firstError(), "unexpected character `\xc3\xa9`");
  EXPECT_EQ(Lexed("!").firstError(), "unexpected character `!`");

  Lexed times("3 \xc3\x97 4");
  EXPECT_EQ(times.diagnostics.all()[0].notes[0].message, "write `x`");
}

TEST(Lexer, StrayBytesAreOneError) {
  Lexed lexed("a \x01\x02\x80\xff\x7f b");
  EXPECT_EQ(lexed.diagnostics.all().size(), 1u);
  EXPECT_EQ(lexed.kinds(), (std::vector{Word, Error, Word, End}));
}

TEST(Lexer, ByteOrderMark) {
  EXPECT_EQ(Lexed("\xEF\xBB\xBFnetwork").kinds(), (std::vector{Network, End}));
}

TEST(Lexer, Empty) {
  EXPECT_EQ(Lexed("").kinds(), (std::vector{End}));
  EXPECT_EQ(Lexed(" \t\r\n# only a comment").kinds(), (std::vector{End}));
}

TEST(Lexer, Descriptions) {
  EXPECT_EQ(toText(LeftParen), "`(`");
  EXPECT_EQ(toText(Word), "a name");
  EXPECT_EQ(toText(Lexed("").tokens[0]), "the end of the text");
  EXPECT_EQ(toText(Lexed(std::string(50, 'a')).tokens[0]),
            "`" + std::string(40, 'a') + "...`");
}

} // namespace
} // namespace netc::dsl
