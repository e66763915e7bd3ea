// Messages stay short, whole at characters, and keep their ends.
#include "runtime/Shortened.h"

#include <gtest/gtest.h>

using netc::shortened;

namespace {

TEST(Shortened, LeavesWhatIsShort) {
  for (std::string text :
       {std::string(), std::string("a b"), std::string(160, 'x'),
        std::string("first\nsecond `a b` third\n"), std::string("`open")})
    EXPECT_EQ(shortened(text), text);
}

TEST(Shortened, CutsWordsInTheirMiddle) {
  std::string name = "/start" + std::string(1 << 22, 'x') + "end";
  std::string cut = shortened(name + ": cannot be read");
  EXPECT_LT(cut.size(), 200u);
  EXPECT_TRUE(cut.starts_with("/startxx"));
  EXPECT_TRUE(cut.ends_with("xend: cannot be read")) << cut;
  EXPECT_NE(cut.find("..."), cut.npos);
}

TEST(Shortened, CutsWhatIsQuoted) {
  std::string words;
  for (int i = 0; i < 10000; ++i)
    words += "word ";
  std::string cut = shortened("no `" + words + "` here");
  EXPECT_LT(cut.size(), 200u);
  EXPECT_TRUE(cut.ends_with("` here")) << cut;
}

TEST(Shortened, CutsLines) {
  std::string words;
  for (int i = 0; i < 10000; ++i)
    words += "word ";
  EXPECT_LT(shortened(words).size(), 1300u);
  EXPECT_LT(shortened(words + "\n" + words).size(), 2600u);
}

TEST(Shortened, KeepsCharactersWhole) {
  for (size_t shift = 0; shift < 3; ++shift) {
    std::string text(shift, 'x');
    for (int i = 0; i < 1000; ++i)
      text += "\u20ac"; // three bytes
    std::string cut = shortened(text);
    std::string rest = cut.substr(shift);
    size_t dots = rest.find("...");
    EXPECT_EQ(dots % 3, 0u);
    EXPECT_EQ((rest.size() - dots) % 3, 0u);
  }
  EXPECT_LT(shortened(std::string(1000, '\x80')).size(), 200u); // no UTF-8
}

} // namespace
