// The parser's class, shared by its files: Parser.cpp (declarations),
// ParseCalls.cpp (calls, blocks) and ParseExpression.cpp.
#pragma once

#include "dsl/Ast.h"
#include "dsl/Lexer.h"

#include <algorithm>

namespace netc::dsl {

/// A parse function returns false (or null) after an error that it has
/// reported and not recovered from.
class Parser {
public:
  Parser(const SourceFile &source, Diagnostics &diagnostics)
      : tokens(lex(source, diagnostics)), diagnostics(diagnostics) {}

  File parseFile();
  /// The whole text as one expression.
  ExprPtr parseOnlyExpression();

private:
  // Tokens.
  const Token &token() const { return tokens[position]; }
  const Token &previous() const { return tokens[position - 1]; }
  const Token &following(size_t distance = 1) const {
    return tokens[std::min(position + distance, tokens.size() - 1)];
  }
  bool is(TokenKind kind) const { return token().kind == kind; }
  void advance() { position += !is(TokenKind::End); }
  bool consumeIf(TokenKind kind);
  bool startsDeclaration() const;

  /// Reports an error found at the current token; null where it would follow
  /// from another: a second one at a token, at an Error token or after one,
  /// after the limit of nesting.
  Diagnostic *error(DiagnosticKind kind, SourceRange range, auto &&...args) {
    ++failures;
    bool isAtErrorToken = is(TokenKind::Error) ||
                          (position > 0 && previous().kind == TokenKind::Error);
    if (isStopped || isAtErrorToken || position == failedPosition)
      return nullptr;
    failedPosition = position;
    return &diagnostics.error(kind, range, args...);
  }
  Diagnostic *expected(std::string_view what);
  bool parseToken(TokenKind kind);
  bool parseClosing(TokenKind kind, const Token &open);
  bool parseName(Name &name, std::string_view what);
  /// A string, its text without the quotes.
  bool parseString(Name &name, std::string_view what);

  // Recovery.
  /// Skips to a token outside brackets of which `isEnd` is true, to the brace
  /// or bracket that closes what we are in, or to the next declaration.
  template <typename IsEnd> void skipGroups(IsEnd isEnd) {
    size_t open = 0;
    while (!is(TokenKind::End) && !startsDeclaration()) {
      if (open == 0 && isEnd())
        return;
      switch (token().kind) {
      case TokenKind::LeftParen:
      case TokenKind::LeftBracket:
      case TokenKind::LeftBrace:
        ++open;
        break;
      case TokenKind::RightParen:
      case TokenKind::RightBracket:
      case TokenKind::RightBrace:
        if (open == 0)
          return;
        --open;
        break;
      default:
        break;
      }
      advance();
    }
  }
  void skipDeclaration();
  void skipItem();
  bool skipArgument();
  void reportReserved();

  // Declarations, calls, blocks.
  std::optional<bool> parseDeclaration(File &file);
  void reportNoDeclaration();
  bool parseNetwork(File &file);
  bool parseLayer(File &file);
  bool parseImport(File &file);
  bool parseExpect(File &file);
  bool parseSignature(NetworkDecl &network);
  bool parseParameters(std::vector<Parameter> &parameters);
  bool parseData(File &file);
  bool parseTrain(File &file);
  bool parseTransforms(DataDecl &data, Phase phase);
  /// `{ ... }`: `parseOne` parses what begins where `begins` says so; `what` is
  /// what may stand there. Returns false if the closing brace is missing.
  template <typename Begins, typename ParseOne>
  bool parseBraces(std::string_view what, std::string_view several,
                   Begins begins, ParseOne parseOne) {
    Token open = token();
    if (!parseToken(TokenKind::LeftBrace))
      return false;
    while (!is(TokenKind::RightBrace)) {
      if (begins()) {
        if (!parseOne())
          skipItem();
      } else if (is(TokenKind::End) || startsDeclaration()) {
        return parseClosing(TokenKind::RightBrace, open);
      } else if (is(TokenKind::Comma)) {
        error(DiagnosticKind::CommaBetweenLayers, token().range, several);
        advance();
      } else if (isReserved(token().kind)) {
        reportReserved();
      } else {
        expected(fmt::format("{} or `}}`", what));
        advance();
        skipItem();
      }
    }
    advance();
    return true;
  }
  bool parseCall(Call &call);
  bool parseCallee(Name &callee);
  bool parseItem(std::vector<Item> &items);
  bool parseLabel(std::optional<Name> &label);
  bool parseIf(IfItem &node);
  bool parseRepeat(RepeatItem &node);
  bool parseFor(ForItem &node);
  bool parseBlock(Block &block);
  bool parseArguments(Arguments &arguments);
  bool parseArgument(Arguments &arguments);
  bool endArgument(Arguments &arguments, const Token &open);

  // Expressions.
  ExprPtr parseExpr();
  static std::optional<BinaryOperator> comparisonAt(TokenKind kind);
  ExprPtr parseBinary(int minimum);
  ExprPtr parseUnary(int minimum);
  ExprPtr parsePostfix();
  ExprPtr parsePrimary();
  ExprPtr parseNumber();
  ExprPtr parseShape();
  ExprPtr parseList();
  ExprPtr parseParenthesized();
  ExprPtr skipBracket(TokenKind close, const Token &open);
  ExprPtr parseCallExpr(ExprPtr callee);
  template <typename Node>
  ExprPtr makeExpr(SourceRange range, Node node, unsigned childDepth = 0);
  bool tooDeep();

  /// One level of nesting, while it lives.
  class Level {
  public:
    explicit Level(Parser &parser) : parser(parser) { ++parser.depth; }
    ~Level() { --parser.depth; }
    Level(const Level &) = delete;
    Level &operator=(const Level &) = delete;
    bool isTooDeep() const {
      return parser.depth > maxDepth && parser.tooDeep();
    }

  private:
    Parser &parser;
  };

  std::vector<Token> tokens;
  Diagnostics &diagnostics;
  size_t position = 0;
  size_t failures = 0, failedPosition = SIZE_MAX;
  unsigned depth = 0;
  bool isStopped = false;
};

} // namespace netc::dsl
