// The lexer: one pass over the bytes of the text.
#include "dsl/Lexer.h"

#include "dsl/Characters.h"

#include <algorithm>

namespace netc::dsl {

std::string_view toText(TokenKind kind) {
  static constexpr std::string_view spellings[] = {
#define TOKEN(kind, spelling) spelling,
#include "dsl/Tokens.def"
  };
  return spellings[size_t(kind)];
}

std::string clipped(std::string_view text) {
  constexpr size_t longest = 40;
  if (text.size() <= longest)
    return std::string(text);
  size_t size = 0;
  while (size < longest)
    size += std::max<size_t>(characterSize(text.substr(size)), 1);
  return std::string(text.substr(0, size)) + "...";
}

std::string toText(const Token &token) {
  if (token.kind == TokenKind::End)
    return std::string(toText(token.kind));
  return fmt::format("`{}`", clipped(token.spelling()));
}

bool isReserved(TokenKind kind) {
  switch (kind) {
#define KEYWORD(kind, spelling) case TokenKind::kind:
#include "dsl/Tokens.def"
    return true;
  default:
    return false;
  }
}

static TokenKind keywordOrName(std::string_view word) {
#define KEYWORD(kind, spelling)                                                \
  if (word == spelling)                                                        \
    return TokenKind::kind;
#include "dsl/Tokens.def"
  return TokenKind::Word;
}

namespace {
class Lexer {
public:
  Lexer(const SourceFile &source, Diagnostics &diagnostics)
      : source(source), text(source.text), diagnostics(diagnostics) {}

  std::vector<Token> run();

private:
  char at(size_t index) const { return index < text.size() ? text[index] : 0; }
  SourceRange rangeFrom(size_t start) const {
    return {&source, uint32_t(start), uint32_t(position - start)};
  }

  void skipSpace();
  void skipDigits();
  TokenKind lexToken();
  TokenKind lexNumber();
  TokenKind lexString();
  TokenKind lexStray();

  const SourceFile &source;
  std::string_view text;
  Diagnostics &diagnostics;
  size_t position = 0;
  bool startsLine = true;
};
} // namespace

void Lexer::skipSpace() {
  while (position < text.size()) {
    if (text[position] == '#')
      position = std::min(text.find('\n', position), text.size());
    else if (!isSpace(text[position]))
      return;
    else
      startsLine |= text[position++] == '\n';
  }
}

void Lexer::skipDigits() {
  while (isDigit(at(position)))
    ++position;
}

/// INT, FLOAT or SHAPE; `0..4` begins with an INT.
TokenKind Lexer::lexNumber() {
  size_t start = position;
  skipDigits();
  TokenKind kind = TokenKind::Integer;
  while (at(position) == 'x' && isDigit(at(position + 1))) {
    kind = TokenKind::Sizes;
    ++position;
    skipDigits();
  }
  if (kind == TokenKind::Integer) {
    if (at(position) == '.' && isDigit(at(position + 1))) {
      kind = TokenKind::Float;
      ++position;
      skipDigits();
    }
    size_t sign = at(position + 1) == '+' || at(position + 1) == '-';
    if ((at(position) == 'e' || at(position) == 'E') &&
        isDigit(at(position + 1 + sign))) {
      kind = TokenKind::Float;
      position += 1 + sign;
      skipDigits();
    }
  }
  if (!isLetter(at(position)))
    return kind;

  while (isLetter(at(position)) || isDigit(at(position)))
    ++position;
  std::string_view word = text.substr(start, position - start);
  Diagnostic &error = diagnostics.error(DiagnosticKind::MalformedNumber,
                                        rangeFrom(start), clipped(word));
  size_t x = word.find('x');
  if (x + 1 < word.size() && isLetter(word[x + 1])) // npos + 1 is 0
    error.hint("a shape of computed sizes is a list: `[1, n]`");
  return TokenKind::Error;
}

TokenKind Lexer::lexString() {
  size_t start = position++;
  size_t end = text.find_first_of("\"\n", position);
  position = std::min(end, text.size());
  if (at(position) == '"') {
    ++position;
    return TokenKind::String;
  }
  if (text[position - 1] == '\r')
    --position;
  diagnostics.error(DiagnosticKind::UnterminatedString, rangeFrom(start));
  return TokenKind::Error;
}

/// What a typographic character stands for in the language, or nothing.
static std::string_view plainForm(std::string_view character) {
  static constexpr std::string_view forms[][2] = {
      {"\u00d7", "x"},  {"\u2192", "->"}, {"\u2212", "-"},  {"\u2013", "-"},
      {"\u201c", "\""}, {"\u201d", "\""}, {"\u2018", "\""}, {"\u2019", "\""},
      {"\u2264", "<="}, {"\u2265", ">="}, {"\u2260", "!="}, {"'", "\""}};
  for (auto [from, to] : forms)
    if (character == from)
      return to;
  return "";
}

/// One character, and with it the bytes that follow and are no characters.
TokenKind Lexer::lexStray() {
  size_t start = position;
  std::string_view rest = text.substr(start);
  size_t size = characterSize(rest);
  bool isShown = size > 1 || isPrintable(rest[0]);
  position += std::max<size_t>(size, 1);
  if (!isShown) {
    while (position < text.size() && !isPrintable(text[position]) &&
           !isSpace(text[position]) && characterSize(text.substr(position)) < 2)
      ++position;
    diagnostics.error(DiagnosticKind::StrayCharacter, rangeFrom(start),
                      fmt::format("0x{:02X}", (unsigned char)rest[0]));
    return TokenKind::Error;
  }
  std::string_view character = rest.substr(0, size);
  Diagnostic &error =
      diagnostics.error(DiagnosticKind::StrayCharacter, rangeFrom(start),
                        fmt::format("`{}`", character));
  if (std::string_view plain = plainForm(character); !plain.empty())
    error.hint(fmt::format("write `{}`", plain));
  if (character == ";")
    error.hint("layers follow one another without a separator");
  return TokenKind::Error;
}

TokenKind Lexer::lexToken() {
  char c = text[position];
  if (isDigit(c))
    return lexNumber();
  if (c == '"')
    return lexString();
  if (isLetter(c)) {
    size_t start = position;
    while (isLetter(at(position)) || isDigit(at(position)))
      ++position;
    return keywordOrName(text.substr(start, position - start));
  }
#define PUNCTUATOR(kind, spelling)                                             \
  if (text.substr(position).starts_with(spelling)) {                           \
    position += sizeof(spelling) - 1;                                          \
    return TokenKind::kind;                                                    \
  }
#include "dsl/Tokens.def"
  return lexStray();
}

std::vector<Token> Lexer::run() {
  std::vector<Token> tokens;
  if (text.size() > maxFileSize) {
    diagnostics.error(DiagnosticKind::FileTooLarge, {&source, 0, 0},
                      maxFileSize);
    position = text.size();
    tokens.push_back({TokenKind::Error, true, {&source, 0, 0}});
  }
  if (text.starts_with(byteOrderMark))
    position = std::max(position, byteOrderMark.size());
  for (skipSpace(); position < text.size(); skipSpace()) {
    size_t start = position;
    TokenKind kind = lexToken();
    tokens.push_back({kind, startsLine, rangeFrom(start)});
    startsLine = false;
  }
  tokens.push_back({TokenKind::End, true, rangeFrom(position)});
  return tokens;
}

std::vector<Token> lex(const SourceFile &source, Diagnostics &diagnostics) {
  return Lexer(source, diagnostics).run();
}

} // namespace netc::dsl
