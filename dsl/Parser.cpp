// Declarations, calls and blocks, and how to go on after an error.
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
  return error(DiagnosticKind::Expected, token().range, what,
               describe(token()));
}

bool Parser::parseToken(TokenKind kind) {
  if (consumeIf(kind))
    return true;
  expected(describe(kind));
  return false;
}

bool Parser::parseClosing(TokenKind kind, const Token &open) {
  if (consumeIf(kind))
    return true;
  if (Diagnostic *diagnostic = expected(describe(kind)))
    diagnostic->note(open.range,
                     fmt::format("to close this {}", describe(open.kind)));
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

/// Whether a declaration begins here, be the braces before it closed or not.
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
    skipGroups([&] { return is(Data) || is(Train) || is(Layer); });
    if (is(Data) || is(Train) || is(Layer))
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

/// To after the next comma or to the closing parenthesis; false if a brace or
/// the end comes first.
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

File Parser::parseFile() {
  File file;
  while (!is(End)) {
    bool isParsed = true;
    if (is(Network)) {
      isParsed = parseNetwork(file);
    } else if (is(Data)) {
      isParsed = parseData(file);
    } else if (is(Train)) {
      isParsed = parseTrain(file);
    } else {
      file.isBroken = true;
      if (isReserved(token().kind)) {
        error(DiagnosticKind::ReservedWord, token().range, token().spelling());
      } else {
        Diagnostic *diagnostic = expected("`network`, `data` or `train`");
        if (diagnostic && is(Word))
          diagnostic->hint("layers stand in the braces of a network: `network "
                           "Name(image: 1x28x28) -> 10 = Sequential { ... }`");
      }
      advance();
      skipDeclaration();
    }
    if (!isParsed) {
      file.isBroken = true;
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

/// `{ ... }`: `parseOne` parses what begins with a name, or with a word of
/// which `isStart` is true; `what` is what may stand there. Returns false if
/// the closing brace is missing.
template <typename ParseOne, typename IsStart>
bool Parser::parseBraces(std::string_view what, std::string_view several,
                         ParseOne parseOne, IsStart isStart) {
  Token open = token();
  if (!parseToken(LeftBrace))
    return false;
  while (!is(RightBrace)) {
    if (is(End) || startsDeclaration())
      return parseClosing(RightBrace, open);
    if (is(Word) || isStart()) {
      if (!parseOne())
        skipItem();
    } else if (is(Comma)) {
      error(DiagnosticKind::CommaBetweenLayers, token().range, several);
      advance();
    } else if (isReserved(token().kind) || is(Train) || is(Test)) {
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

bool Parser::parseData(File &file) {
  DataDecl data{token().range, {}};
  size_t failuresBefore = failures;
  advance();
  auto parseTransform = [&](Phase phase) {
    Call call;
    if (!parseCall(call))
      return false;
    data.transforms.push_back({std::move(call), phase});
    return true;
  };
  auto startsPhase = [&] { return is(Train) || is(Test); };
  auto parseOne = [&] {
    if (!startsPhase())
      return parseTransform(Phase::Both);
    Phase phase = is(Train) ? Phase::Train : Phase::Test;
    advance();
    return parseBraces("a transform", "transforms",
                       [&] { return parseTransform(phase); });
  };
  bool isParsed =
      parseBraces("a transform", "transforms", parseOne, startsPhase);
  data.isBroken = failures != failuresBefore;
  file.data.push_back(std::move(data));
  return isParsed;
}

bool Parser::parseTrain(File &file) {
  TrainDecl train{token().range, {}};
  advance();
  bool isParsed = parseBraces("a key", "keys", [&] {
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

//===----------------------------------------------------------------------===//
// Calls and blocks
//===----------------------------------------------------------------------===//

bool Parser::parseCall(Call &call) {
  Level level(*this);
  if (level.isTooDeep() || !parseCallee(call.callee))
    return false;
  if (is(LeftParen) && !parseArguments(call.arguments.emplace()))
    return false;
  return !is(LeftBrace) || parseBlock(call.block.emplace());
}

/// A name; the dots of another framework's (`nn.Linear`) belong to it.
bool Parser::parseCallee(Name &callee) {
  if (!parseName(callee, "a layer"))
    return false;
  while (is(Dot) && following().kind == Word) {
    advance();
    callee.range = join(callee.range, token().range);
    callee.text += '.';
    callee.text += token().spelling();
    advance();
  }
  return true;
}

bool Parser::parseItem(std::vector<Item> &items) {
  Item item;
  if (following().kind == Colon || following().kind == Assign) {
    item.label = Name{std::string(token().spelling()), token().range};
    advance();
    if (is(Assign))
      if (Diagnostic *diagnostic =
              error(DiagnosticKind::AssignedLayer, token().range))
        diagnostic->hint(
            fmt::format("a label has a colon: `{}: ...`", item.label->text));
    advance();
  }
  if (!parseCall(item.call))
    return false;
  items.push_back(std::move(item));
  return true;
}

bool Parser::parseBlock(Block &block) {
  block.open = token().range;
  size_t failuresBefore = failures;
  bool isParsed =
      parseBraces("a layer", "layers", [&] { return parseItem(block.items); });
  block.isBroken = failures != failuresBefore;
  return isParsed;
}

/// Errors in arguments are recovered from: they leave `arguments` broken.
bool Parser::parseArguments(Arguments &arguments) {
  Token open = token();
  arguments.range = open.range;
  advance();
  bool isClosed = false;
  while (!isClosed && !consumeIf(RightParen)) {
    if (is(End) || is(RightBrace) || startsDeclaration())
      return parseClosing(RightParen, open);
    if (parseArgument(arguments)) {
      isClosed = endArgument(arguments, open);
    } else {
      arguments.isBroken = true;
      isClosed = !skipArgument();
    }
  }
  arguments.range = join(open.range, previous().range);
  return !isStopped;
}

/// After an argument: true if the arguments end here without their `)`.
bool Parser::endArgument(Arguments &arguments, const Token &open) {
  if (consumeIf(Comma) || is(RightParen))
    return false;
  if (Diagnostic *diagnostic = expected("`,` or `)`"))
    diagnostic->note(open.range, "to close this `(`");
  // A new line that is no further argument: only the `)` was forgotten.
  if (token().startsLine && following().kind != Assign)
    return true;
  arguments.isBroken = true;
  return !skipArgument();
}

bool Parser::parseArgument(Arguments &arguments) {
  Argument argument;
  size_t first = position;
  if (!(argument.value = parseExpr()))
    return false;
  if (is(Assign)) {
    if (tokens[first].kind != Word || position != first + 1) {
      error(DiagnosticKind::ArgumentNameNotBare, argument.value->range);
      return false;
    }
    argument.name =
        Name{std::string(tokens[first].spelling()), tokens[first].range};
    advance();
    if (!(argument.value = parseExpr()))
      return false;
  } else if (!arguments.list.empty() && arguments.list.back().name) {
    error(DiagnosticKind::PositionalAfterNamed, argument.value->range);
    return false;
  }
  arguments.list.push_back(std::move(argument));
  return true;
}

} // namespace netc::dsl
