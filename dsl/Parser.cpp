// Declarations, and how to go on after an error.
#include "dsl/Parser.h"

#include "dsl/ParserState.h"

namespace netc::dsl {

using enum TokenKind;

File parse(const SourceFile &source, Diagnostics &diagnostics) {
  return Parser(source, diagnostics).parseFile();
}

ExprPtr parseExpression(const SourceFile &source, Diagnostics &diagnostics) {
  return Parser(source, diagnostics).parseOnlyExpression();
}

//===----------------------------------------------------------------------===//
// Tokens and errors
//===----------------------------------------------------------------------===//

bool Parser::consumeIf(TokenKind kind) {
  if (!is(kind))
    return false;
  advance();
  return true;
}

Diagnostic *Parser::expected(std::string_view what) {
  return error(DiagnosticKind::Expected, token().range, what, toText(token()));
}

bool Parser::parseToken(TokenKind kind) {
  if (consumeIf(kind))
    return true;
  expected(toText(kind));
  return false;
}

bool Parser::parseClosing(TokenKind kind, const Token &open) {
  if (consumeIf(kind))
    return true;
  if (Diagnostic *diagnostic = expected(toText(kind)))
    diagnostic->note(open.range,
                     fmt::format("to close this {}", toText(open.kind)));
  return false;
}

bool Parser::parseName(Name &name, std::string_view what) {
  if (!is(Word)) {
    expected(what);
    return false;
  }
  name = {std::string(token().spelling()), token().range};
  advance();
  return true;
}

//===----------------------------------------------------------------------===//
// Recovery
//===----------------------------------------------------------------------===//

/// Whether a declaration begins here, be the braces before it closed or not:
/// outside of braces that is the only place of these words, `train` apart.
bool Parser::startsDeclaration() const {
  switch (token().kind) {
  case Network:
    return true;
  case Data:
  case Train:
  case Layer:
  case Import:
  case Expect: {
    const SourceRange &range = token().range;
    return range.offset == 0 || range.file->text[range.offset - 1] == '\n';
  }
  default:
    return false;
  }
}

void Parser::skipDeclaration() {
  while (!is(End) && !startsDeclaration()) {
    auto begins = [&] {
      return is(Data) || is(Train) || is(Layer) || is(Import) || is(Expect);
    };
    skipGroups(begins);
    if (begins())
      return;
    if (!startsDeclaration())
      advance(); // a closing bracket without an opening one
  }
}

void Parser::skipItem() {
  skipGroups([&] {
    return (is(Word) || isReserved(token().kind)) && token().startsLine;
  });
}

/// Skips to after the next comma or to the closing parenthesis; false if a
/// brace or the end comes first.
bool Parser::skipArgument() {
  do
    skipGroups([&] { return is(Comma) || is(LeftBrace); });
  while (consumeIf(RightBracket));
  return consumeIf(Comma) || is(RightParen);
}

/// A construct that begins with a reserved word is one error; its braces, and
/// those of its `else`, are skipped.
void Parser::reportReserved() {
  error(DiagnosticKind::ReservedWord, token().range, token().spelling());
  do {
    advance();
    skipGroups([&] { return is(LeftBrace) || token().startsLine; });
    if (consumeIf(LeftBrace)) {
      skipGroups([] { return false; });
      consumeIf(RightBrace);
    }
  } while (is(Else));
}

//===----------------------------------------------------------------------===//
// Declarations
//===----------------------------------------------------------------------===//

/// One declaration; nullopt if none begins here.
std::optional<bool> Parser::parseDeclaration(File &file) {
  switch (token().kind) {
  case Network:
    return parseNetwork(file);
  case Layer:
    return parseLayer(file);
  case Import:
    return parseImport(file);
  case Data:
    return parseData(file);
  case Train:
    return parseTrain(file);
  case Expect:
    return parseExpect(file);
  default:
    return std::nullopt;
  }
}

void Parser::reportNoDeclaration() {
  if (isReserved(token().kind)) {
    error(DiagnosticKind::ReservedWord, token().range, token().spelling());
    return;
  }
  Diagnostic *diagnostic =
      expected("`network`, `layer`, `import`, `data`, `train` or `expect`");
  if (diagnostic && is(Word))
    diagnostic->hint("layers stand in the braces of a network: `network "
                     "Name(image: 1x28x28) -> 10 = Sequential { ... }`");
}

File Parser::parseFile() {
  File file;
  while (!is(End)) {
    bool hasLayers = is(Layer) || is(Import);
    std::optional<bool> isParsed = parseDeclaration(file);
    if (!isParsed) {
      reportNoDeclaration();
      advance();
    }
    if (!isParsed || !*isParsed) {
      file.isBroken = true;
      file.lacksLayers |= hasLayers;
      skipDeclaration();
    }
  }
  file.isBroken |= isStopped;
  return file;
}

bool Parser::parseNetwork(File &file) {
  advance();
  NetworkDecl network;
  if (!parseName(network.name, "the network's name") ||
      !parseSignature(network) || !parseToken(Assign))
    return false;
  if (!is(Word)) {
    expected("a layer");
    return false;
  }
  bool isParsed = parseCall(network.body);
  file.networks.push_back(std::move(network));
  return isParsed;
}

/// `(image: 1x28x28, growth=12) -> 10`
bool Parser::parseSignature(NetworkDecl &network) {
  Token open = token();
  if (!parseToken(LeftParen) ||
      !parseName(network.inputName, "the input's name") || !parseToken(Colon) ||
      !(network.input = parseExpr()))
    return false;
  if (consumeIf(Comma) && !is(RightParen) &&
      !parseParameters(network.parameters))
    return false;
  return parseClosing(RightParen, open) && parseToken(Arrow) &&
         (network.output = parseExpr());
}

bool Parser::parseParameters(std::vector<Parameter> &parameters) {
  do {
    Parameter parameter;
    if (!parseName(parameter.name, "a parameter's name"))
      return false;
    if (consumeIf(Assign) && !(parameter.value = parseExpr()))
      return false;
    parameters.push_back(std::move(parameter));
  } while (consumeIf(Comma) && !is(RightParen));
  return true;
}

/// `layer Bottleneck(channels, stride=1) = Sequential { ... }`
bool Parser::parseLayer(File &file) {
  advance();
  LayerDecl layer;
  if (!parseName(layer.name, "the layer's name"))
    return false;
  if (Token open = token(); consumeIf(LeftParen)) {
    if (!is(RightParen) && !parseParameters(layer.parameters))
      return false;
    if (!parseClosing(RightParen, open))
      return false;
  }
  if (!parseToken(Assign))
    return false;
  if (!is(Word)) {
    expected("a layer");
    return false;
  }
  bool isParsed = parseCall(layer.body);
  file.layers.push_back(std::move(layer));
  return isParsed;
}

bool Parser::parseString(Name &name, std::string_view what) {
  if (!is(String)) {
    expected(what);
    return false;
  }
  std::string_view quoted = token().spelling();
  name = {std::string(quoted.substr(1, quoted.size() - 2)), token().range};
  advance();
  return true;
}

bool Parser::parseImport(File &file) {
  advance();
  Name path;
  if (!parseString(path, "the file's name in quotes"))
    return false;
  file.imports.push_back({path.range, std::move(path.text)});
  return true;
}

/// `expect test_accuracy >= 0.85 on "fashion-mnist" after 5 epochs`. `on`,
/// `after` and `epochs` are words here only.
bool Parser::parseExpect(File &file) {
  ExpectDecl expect;
  expect.keyword = token().range;
  advance();
  auto isWord = [&](std::string_view word) {
    return is(Word) && token().spelling() == word;
  };
  if (!parseName(expect.metric, "what is expected, as `test_accuracy`"))
    return false;
  std::optional<BinaryOperator> comparison = comparisonAt(token().kind);
  if (!comparison) {
    expected("a comparison, as `>=`");
    return false;
  }
  expect.comparison = *comparison;
  advance();
  if (!(expect.value = parseExpr()))
    return false;
  if (isWord("on")) {
    advance();
    if (!parseString(expect.dataset.emplace(), "a data set's name in quotes"))
      return false;
  }
  if (isWord("after")) {
    advance();
    if (!is(Integer)) {
      expected("a number of epochs");
      return false;
    }
    expect.epochs = parseNumber();
    if (!isWord("epochs") && !isWord("epoch")) {
      expected("`epochs`");
      return false;
    }
    advance();
  }
  file.expects.push_back(std::move(expect));
  return true;
}

/// Transforms in the braces of `data`, or of `train` or `test` within.
bool Parser::parseTransforms(DataDecl &data, Phase phase) {
  auto begins = [&] {
    if (is(Word))
      return true;
    // An entry makes it the declaration `train { loss = ... }`: the braces of
    // `data` were not closed.
    return phase == Phase::Both && (is(Train) || is(Test)) &&
           following().kind == LeftBrace && following(3).kind != Assign;
  };
  return parseBraces("a transform", "transforms", begins, [&] {
    if (!is(Word)) {
      Phase inner = is(Train) ? Phase::Train : Phase::Test;
      advance();
      return parseTransforms(data, inner);
    }
    TransformCall item{{}, phase};
    if (!parseCall(item.call))
      return false;
    data.transforms.push_back(std::move(item));
    return true;
  });
}

bool Parser::parseData(File &file) {
  DataDecl data{token().range, {}};
  size_t failuresBefore = failures;
  advance();
  bool isParsed = parseTransforms(data, Phase::Both);
  data.isBroken = failures != failuresBefore;
  file.data.push_back(std::move(data));
  return isParsed;
}

bool Parser::parseTrain(File &file) {
  TrainDecl train{token().range, {}};
  advance();
  auto begins = [&] { return is(Word); };
  bool isParsed = parseBraces("a key", "keys", begins, [&] {
    TrainEntry entry;
    if (!parseName(entry.key, "a key") || !parseToken(Assign) ||
        !(entry.value = parseExpr()))
      return false;
    train.entries.push_back(std::move(entry));
    return true;
  });
  file.trains.push_back(std::move(train));
  return isParsed;
}

} // namespace netc::dsl
