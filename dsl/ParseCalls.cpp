// Calls of layers with their arguments and blocks.
#include "dsl/ParserState.h"

namespace netc::dsl {

using enum TokenKind;

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

/// A call, with or without a label, or `if`, `repeat`, `for`.
bool Parser::parseItem(std::vector<Item> &items) {
  Item item;
  bool isParsed = false;
  switch (token().kind) {
  case If:
    isParsed = parseIf(item.node.emplace<IfItem>());
    break;
  case Repeat:
    isParsed = parseRepeat(item.node.emplace<RepeatItem>());
    break;
  case For:
    isParsed = parseFor(item.node.emplace<ForItem>());
    break;
  default:
    isParsed = parseLabel(item.label) && parseCall(std::get<Call>(item.node));
  }
  if (!isParsed)
    return false;
  items.push_back(std::move(item));
  return true;
}

/// `stem:`, if there is one.
bool Parser::parseLabel(std::optional<Name> &label) {
  if (following().kind != Colon && following().kind != Assign)
    return true;
  label = Name{std::string(token().spelling()), token().range};
  advance();
  if (is(Assign))
    if (Diagnostic *diagnostic =
            error(DiagnosticKind::AssignedLayer, token().range))
      diagnostic->hint(
          fmt::format("a label has a colon: `{}: ...`", label->text));
  advance();
  if (is(Word))
    return true;
  expected("a layer");
  return false;
}

/// `if`s that follow on `else` are arms of the first.
bool Parser::parseIf(IfItem &node) {
  Level level(*this);
  if (level.isTooDeep())
    return false;
  while (true) {
    IfItem::Arm &arm = node.arms.emplace_back();
    arm.keyword = token().range;
    advance();
    if (!(arm.condition = parseExpr()) || !parseBlock(arm.block))
      return false;
    if (!is(Else))
      return true;
    node.elseKeyword = token().range;
    advance();
    if (!is(If))
      return parseBlock(node.otherwise.emplace());
  }
}

bool Parser::parseRepeat(RepeatItem &node) {
  Level level(*this);
  if (level.isTooDeep())
    return false;
  node.keyword = token().range;
  advance();
  return (node.count = parseExpr()) && parseBlock(node.block);
}

/// `for x in`, `for [a, b] in`, then a list, or a range `first..end`.
bool Parser::parseFor(ForItem &node) {
  Level level(*this);
  if (level.isTooDeep())
    return false;
  node.keyword = token().range;
  advance();
  Token open = token();
  node.destructures = consumeIf(LeftBracket);
  bool isParsed = true;
  do
    isParsed = parseName(node.names.emplace_back(), "a name");
  while (isParsed && node.destructures && consumeIf(Comma));
  if (node.destructures && !(isParsed && parseClosing(RightBracket, open))) {
    isParsed = false;
    skipGroups([&] { return token().startsLine; });
    consumeIf(RightBracket);
  }
  if (!isParsed)
    return false;
  return parseToken(In) && (node.list = parseExpr()) &&
         (!consumeIf(DotDot) || (node.end = parseExpr())) &&
         parseBlock(node.block);
}

bool Parser::parseBlock(Block &block) {
  block.open = token().range;
  size_t failuresBefore = failures;
  auto begins = [&] { return is(Word) || is(If) || is(Repeat) || is(For); };
  bool isParsed = parseBraces("a layer", "layers", begins,
                              [&] { return parseItem(block.items); });
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
