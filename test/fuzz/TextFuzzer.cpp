// libFuzzer's target: any text through lexer, parser, checks and formatter.
// What it looks for beside faults: a null network without an error, and a
// formatter that changes what a text says.
#include "dsl/Ast.h"
#include "dsl/Format.h"
#include "dsl/Lexer.h"
#include "dsl/Network.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace netc::dsl;

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);

static void require(bool condition, const char *what) {
  if (condition)
    return;
  std::fprintf(stderr, "fuzzer: %s\n", what);
  std::abort();
}

static std::string formatted(const std::string &text) {
  SourceFile source{"fuzz.net", text};
  Diagnostics diagnostics;
  std::optional<std::string> result = formatText(source, diagnostics);
  require(result.has_value(), "what parses is not formatted");
  return *result;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  SourceFile source{"fuzz.net",
                    std::string(reinterpret_cast<const char *>(data), size)};
  Diagnostics diagnostics;
  std::unique_ptr<Network> network = analyze(source, {}, diagnostics);
  require((network == nullptr) == diagnostics.hasErrors(),
          "a network with errors, or none without");
  diagnostics.toText();
  diagnostics.toJson();

  Diagnostics ofSyntax;
  std::string ast = printAst(source, ofSyntax);
  if (ofSyntax.hasErrors())
    return 0;
  SourceFile result{"fuzz.net", formatted(source.text)};
  require(printAst(result, ofSyntax) == ast, "formatting changes the meaning");
  require(formatted(result.text) == result.text, "formatting does not end");
  return 0;
}

/// Half of the time a change of whole tokens: one is taken out, doubled, or put
/// in the place of another. Bytes alone seldom get past the lexer.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size,
                                          size_t most, unsigned seed) {
  SourceFile source{"fuzz.net",
                    std::string(reinterpret_cast<const char *>(data), size)};
  Diagnostics none;
  std::vector<Token> tokens = lex(source, none);
  auto random = [&](size_t count) {
    seed = seed * 1664525u + 1013904223u;
    return size_t(seed >> 8) % count;
  };
  if (tokens.size() < 3 || random(2) == 0)
    return LLVMFuzzerMutate(data, size, most);
  size_t count = tokens.size() - 1; // without the end
  SourceRange from = tokens[random(count)].range;
  SourceRange to = tokens[random(count)].range;
  std::string word(text(from));
  std::string result = source.text;
  switch (random(3)) {
  case 0:
    result.erase(to.offset, to.length);
    break;
  case 1:
    result.insert(to.offset, word + " ");
    break;
  default:
    result.replace(to.offset, to.length, word);
  }
  size_t length = std::min(result.size(), most);
  std::memcpy(data, result.data(), length);
  return length;
}
