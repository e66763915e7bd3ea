// Texts that nobody writes: deep, huge, cut short or mangled. None may crash,
// hang, or report an error for each byte.
#include "Analysis.h"

#include "dsl/Ast.h"

#include <random>

namespace netc::dsl {
namespace {

std::string repeated(std::string_view part, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i)
    text += part;
  return text;
}

constexpr size_t many = 100'000;

TEST(Robustness, DeepNesting) {
  for (std::string_view part :
       {"(", "[", "-", "not ", "f(", "f(a=", "[(", "a[", "1+("}) {
    Analysis analysis("network N(image: " + repeated(part, many));
    EXPECT_EQ(analysis.diagnostics.all().size(), 1u) << part;
    EXPECT_EQ(analysis.diagnostics.all()[0].message,
              "nested more than 256 deep");
  }
  for (std::string_view part : {"Sequential {", "a: Sequential {"}) {
    Analysis analysis("network N(image: 1) -> 1 = " +
                      repeated("Sequential { ", many));
    EXPECT_EQ(analysis.errors(), "1:3356: nested more than 256 deep\n") << part;
  }
}

TEST(Robustness, LongChains) {
  for (std::string_view part : {"1+", "a.b+", "1<2 and ", "1*"}) {
    Analysis analysis("network N(image: " + repeated(part, many) + "1");
    EXPECT_EQ(analysis.diagnostics.all().size(), 1u) << part;
  }
  for (std::string_view part : {".size", "[0]", ".a.b", "()"}) {
    Analysis analysis("network N(image: a" + repeated(part, many));
    EXPECT_EQ(analysis.diagnostics.all().size(), 1u) << part;
  }
}

/// A parameter's value may hold those before it.
TEST(Robustness, ListsOfLists) {
  std::string wide = "a0=[0, 0]", deep = "a0=[0]";
  for (int i = 1; i < 400; ++i) {
    wide += fmt::format(", a{0}=[a{1}, a{1}]", i, i - 1);
    deep += fmt::format(", a{}=[a{}]", i, i - 1);
  }
  Analysis ofWide("network N(image: 4, " + wide + ") -> 4 = ReLU");
  EXPECT_EQ(ofWide.diagnostics.all().at(0).message,
            "a list has more than 4096 elements");
  for (int count : {4096, 4097}) {
    std::string elements = "0";
    for (int i = 1; i < count; ++i)
      elements += ",0";
    EXPECT_EQ(
        bool(Analysis("network N(image: 4, a=[" + elements + "]) -> 4 = ReLU")
                 .network),
        count == 4096);
  }
  Analysis ofDeep("network N(image: 4, " + deep + ") -> 4 = ReLU");
  EXPECT_EQ(ofDeep.diagnostics.all().at(0).message,
            "nested more than 256 deep");
  std::string text(1000, 'a'), texts;
  for (int i = 0; i < 400; ++i)
    texts += fmt::format("{}t", i > 0 ? ", " : "");
  Analysis ofTexts("network N(image: 4, t=\"" + text + "\", u=[" + texts +
                   "]) -> 4 = ReLU");
  EXPECT_EQ(ofTexts.errors(), "1:1029: a list has more than 4096 elements\n");
}

TEST(Robustness, AtTheLimit) {
  std::string sum = "1" + repeated("+1", 200);
  Analysis analysis("network N(image: " + sum +
                    ") -> 201 = " + repeated("Sequential {", 250) + "ReLU" +
                    repeated("}", 250));
  EXPECT_TRUE(analysis.network) << analysis.errors();
}

TEST(Robustness, ManyLayers) {
  Analysis most(withLayers(repeated("ReLU\n", 16'384), "4", "4"));
  EXPECT_TRUE(most.network);
  Analysis tooMany(withLayers(repeated("ReLU ", many), "4", "4"));
  EXPECT_EQ(tooMany.diagnostics.all().size(), 1u);
  EXPECT_EQ(tooMany.diagnostics.all()[0].message,
            "the network has more than 16384 layers");
}

TEST(Robustness, ManyErrors) {
  Analysis analysis(withLayers(repeated("Foo(1, 2)\n", 20'000)));
  EXPECT_EQ(analysis.diagnostics.all().size(), Diagnostics::limit);
  EXPECT_TRUE(
      analysis.diagnostics.toText().ends_with("and 19900 more errors\n"));
}

TEST(Robustness, Sizes) {
  EXPECT_FALSE(Analysis(std::string(5 << 20, 'a')).network);
  EXPECT_FALSE(Analysis(repeated("9", many)).network);
  EXPECT_FALSE(Analysis(repeated("1x", many)).network);
  EXPECT_FALSE(
      Analysis("network N(image: 1" + repeated("x1", many) + ") -> 1 = Flatten")
          .network);
  EXPECT_FALSE(Analysis("\"" + repeated("a", many)).network);
  EXPECT_FALSE(
      Analysis(withLayers("Conv2D(99999999999999999999, kernel=3)")).network);
  Analysis longLine(repeated(" ", many) + "$" + repeated(" ", many));
  EXPECT_LT(longLine.diagnostics.toText().size(), 1000u);
}

TEST(Robustness, CarriageReturnsAndTabs) {
  Analysis good("network N(image: 4) -> 4 = Sequential {\r\n\tReLU\r\n}\r\n");
  EXPECT_TRUE(good.network);
  Analysis bad("network N(image: 4) -> 4 = Sequential {\r\n\tTanh(\t1)\r\n}");
  EXPECT_EQ(bad.diagnostics.toText(),
            "t.net:2:8: error: `Tanh` takes no arguments\n"
            "    2 | \tTanh(\t1)\n"
            "      | \t     \t^\n");
}

const char *const wholeFile = R"(# Everything there is.
layer B(n, k=[1, n]) = Sum { Conv2D(n, kernel=1) if k[0] == 1 { A(n) } else if
  n > 2 { Identity } else { ReLU } for [i, j] in [k, k] { again: A(i*n) } }
layer A(n) = Concat(lr_scale=0.5) { repeat 1 { Conv2D(n, kernel=1) } for i in
  0..0 { ReLU } }
network N(image: 1x28x28, width=8, act=relu) -> 10 = Sequential {
  stem: Conv2D(width*2, kernel=3x5, stride=[1, 2], activation=act)
  B(input.channels*16)
  Sequential { MaxPool2D(3, stride=2) Dropout(0.5) }
  Flatten
  Dense(10, use_bias=not (1 < 2 or "a" == "b"))
}
data { Resize(28) ToTensor Normalize(mean=[0.3], std=0.3) }
train { loss = SoftmaxCrossEntropy optimizer = SGD(lr=1e-2) batch = 8 }
expect test_accuracy >= 0.5 on "mnist" after 5 epochs
)";

/// Every beginning of a good text, and every text with one byte changed, ends
/// in an analysis (under the sanitizers: without a fault).
TEST(Robustness, MangledTexts) {
  std::string text = wholeFile;
  ASSERT_TRUE(Analysis(text).network) << Analysis(text).errors();
  for (size_t size = 0; size < text.size(); ++size)
    Analysis{text.substr(0, size)};

  std::mt19937 random(1);
  constexpr char bytes[] = "(){}[],:=.x#\"\n\0\xff-1aN";
  constexpr size_t byteCount = sizeof(bytes) - 1;
  for (int i = 0; i < 3000; ++i) {
    std::string mangled = text;
    for (int change = 0; change <= i % 4; ++change) {
      size_t place = random() % mangled.size();
      switch (random() % 3) {
      case 0:
        mangled[place] = bytes[random() % byteCount];
        break;
      case 1:
        mangled.erase(place, random() % 5);
        break;
      default:
        mangled.insert(place, 1, bytes[random() % byteCount]);
      }
    }
    Analysis analysis(mangled);
    analysis.diagnostics.toText();
    analysis.diagnostics.toJson();
    Diagnostics ofPrinting;
    printAst(analysis.source, ofPrinting);
  }
}

} // namespace
} // namespace netc::dsl
