// Text -> tokens. White space and comments only separate tokens; the longest
// token wins.
#pragma once

#include "dsl/Diagnostics.h"

namespace netc::dsl {

enum class TokenKind {
#define TOKEN(kind, spelling) kind,
#include "dsl/Tokens.def"
};

struct Token {
  TokenKind kind{};
  bool startsLine = false; // nothing but white space before it on its line
  SourceRange range;

  std::string_view spelling() const { return text(range); }
};

/// How a diagnostic names the kind: "`(`", "a name".
std::string_view toText(TokenKind kind);
/// How a diagnostic names the token: "`image`", "the end of the text".
std::string toText(const Token &token);

/// Enough for any network; it bounds what tokens and AST take.
constexpr size_t maxFileSize = 4 << 20;

/// The beginning of a text that may be long.
std::string clipped(std::string_view text);

/// Whether the token is a word that cannot be a name: `network`, `if`.
bool isReserved(TokenKind kind);

/// The tokens of the text, the last one being End. What is no token is reported
/// and becomes one Error token, about which nobody complains again.
std::vector<Token> lex(const SourceFile &source, Diagnostics &diagnostics);

} // namespace netc::dsl
