// Expressions, by precedence climbing.
#include "dsl/ParserState.h"

#include "dsl/Characters.h"

#include <charconv>
#include <cmath>
#include <cstdlib>

namespace netc::dsl {

using enum TokenKind;

namespace {
struct OperatorInfo {
  TokenKind token;
  BinaryOperator op;
  int precedence;
};
} // namespace

// `not` binds looser than a comparison and tighter than `and`.
static constexpr int notPrecedence = 3, comparisonPrecedence = 4;

static constexpr OperatorInfo operators[] = {
    {Or, BinaryOperator::Or, 1},
    {And, BinaryOperator::And, 2},
    {Equal, BinaryOperator::Equal, comparisonPrecedence},
    {NotEqual, BinaryOperator::NotEqual, comparisonPrecedence},
    {LessEqual, BinaryOperator::LessEqual, comparisonPrecedence},
    {GreaterEqual, BinaryOperator::GreaterEqual, comparisonPrecedence},
    {Less, BinaryOperator::Less, comparisonPrecedence},
    {Greater, BinaryOperator::Greater, comparisonPrecedence},
    {Plus, BinaryOperator::Add, 5},
    {Minus, BinaryOperator::Subtract, 5},
    {Star, BinaryOperator::Multiply, 6},
    {Slash, BinaryOperator::Divide, 6},
    {Percent, BinaryOperator::Remainder, 6}};

/// The operator of the token if it binds at least as tightly as `minimum`.
static const OperatorInfo *findOperator(TokenKind kind, int minimum) {
  auto it = std::ranges::find(operators, kind, &OperatorInfo::token);
  return it == std::end(operators) || it->precedence < minimum ? nullptr : it;
}

std::optional<BinaryOperator> Parser::comparisonAt(TokenKind kind) {
  const OperatorInfo *info = findOperator(kind, comparisonPrecedence);
  if (!info || info->precedence != comparisonPrecedence)
    return std::nullopt;
  return info->op;
}

bool Parser::tooDeep() {
  error(DiagnosticKind::NestedTooDeep, token().range, maxDepth);
  isStopped = true;
  position = tokens.size() - 1;
  return true;
}

template <typename Node>
ExprPtr Parser::makeExpr(SourceRange range, Node node, unsigned childDepth) {
  if (childDepth >= maxDepth) {
    tooDeep();
    return nullptr;
  }
  return std::make_unique<Expr>(Expr{range, childDepth + 1, std::move(node)});
}

ExprPtr Parser::parseOnlyExpression() {
  ExprPtr expr = parseExpr();
  if (expr && !is(End)) {
    expected("the end of the value");
    return nullptr;
  }
  return expr;
}

ExprPtr Parser::parseExpr() {
  Level level(*this);
  if (level.isTooDeep())
    return nullptr;
  return parseBinary(0);
}

ExprPtr Parser::parseBinary(int minimum) {
  ExprPtr left = parseUnary(minimum);
  const OperatorInfo *info;
  while (left && (info = findOperator(token().kind, minimum))) {
    SourceRange opRange = token().range;
    advance();
    ExprPtr right = parseBinary(info->precedence + 1);
    if (!right)
      return nullptr;
    SourceRange range = join(left->range, right->range);
    unsigned childDepth = std::max(left->depth, right->depth);
    left = makeExpr(
        range, BinaryExpr{info->op, opRange, std::move(left), std::move(right)},
        childDepth);
    if (info->precedence != comparisonPrecedence)
      continue;
    const OperatorInfo *next = findOperator(token().kind, comparisonPrecedence);
    if (left && next && next->precedence == comparisonPrecedence) {
      if (auto *chained =
              error(DiagnosticKind::ChainedComparison, token().range))
        chained->hint("write `a < b and b < c`");
      return nullptr;
    }
  }
  return left;
}

ExprPtr Parser::parseUnary(int minimum) {
  bool isNot = is(Not) && minimum <= notPrecedence;
  if (!isNot && !is(Minus))
    return parsePostfix();
  Level level(*this);
  if (level.isTooDeep())
    return nullptr;
  SourceRange start = token().range;
  advance();
  ExprPtr operand =
      isNot ? parseBinary(notPrecedence) : parseUnary(comparisonPrecedence);
  if (!operand)
    return nullptr;
  unsigned childDepth = operand->depth;
  SourceRange range = join(start, operand->range);
  return makeExpr(range,
                  UnaryExpr{isNot ? UnaryOperator::Not : UnaryOperator::Minus,
                            std::move(operand)},
                  childDepth);
}

ExprPtr Parser::parsePostfix() {
  ExprPtr base = parsePrimary();
  while (base) {
    SourceRange start = base->range;
    unsigned childDepth = base->depth;
    if (is(LeftBracket)) {
      Token open = token();
      advance();
      ExprPtr index = parseExpr();
      if (!index || !parseClosing(RightBracket, open))
        return nullptr;
      childDepth = std::max(childDepth, index->depth);
      base = makeExpr(join(start, previous().range),
                      IndexExpr{std::move(base), std::move(index)}, childDepth);
    } else if (is(Dot)) {
      advance();
      Name member;
      if (!parseName(member, "a member's name"))
        return nullptr;
      base = makeExpr(join(start, member.range),
                      MemberExpr{std::move(base), member}, childDepth);
    } else if (is(LeftParen) &&
               (std::holds_alternative<NameExpr>(base->node) ||
                std::holds_alternative<MemberExpr>(base->node))) {
      base = parseCallExpr(std::move(base));
    } else {
      break;
    }
  }
  return base;
}

/// `SGD(lr=0.1)`; a dotted name (`optim.SGD`) is refused by its meaning.
ExprPtr Parser::parseCallExpr(ExprPtr callee) {
  Name name{toString(*callee), callee->range};
  Arguments arguments;
  if (!parseArguments(arguments))
    return nullptr;
  unsigned childDepth = 0;
  for (const Argument &argument : arguments.list)
    childDepth = std::max(childDepth, argument.value->depth);
  SourceRange range = join(name.range, arguments.range);
  return makeExpr(range, CallExpr{std::move(name), std::move(arguments)},
                  childDepth);
}

ExprPtr Parser::parsePrimary() {
  SourceRange range = token().range;
  switch (token().kind) {
  case Error:
    advance();
    return makeExpr(range, ErrorExpr{});
  case Integer:
  case Float:
    return parseNumber();
  case Sizes:
    return parseShape();
  case String:
    advance();
    return makeExpr(range, StringExpr{std::string(
                               text(range).substr(1, range.length - 2))});
  case True:
  case False:
    advance();
    return makeExpr(range, BooleanExpr{previous().kind == True});
  case Word:
    advance();
    return makeExpr(range, NameExpr{std::string(text(range))});
  case LeftBracket:
    return parseList();
  case LeftParen:
    return parseParenthesized();
  default:
    if (Diagnostic *diagnostic = expected("a value"); diagnostic && is(Dot))
      diagnostic->hint("a number begins with a digit: `0.5`");
    return nullptr;
  }
}

/// Decimal digits as an integer; false if they are too many.
static bool toInteger(std::string_view digits, int64_t &value) {
  auto [end, code] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return code == std::errc();
}

/// Whether 0 is written: every digit before an exponent is one.
static bool isZero(std::string_view digits) {
  return digits.substr(0, digits.find_first_of("eE")).find_first_not_of("0.") ==
         digits.npos;
}

ExprPtr Parser::parseNumber() {
  Token literal = token();
  std::string_view digits = literal.spelling();
  advance();
  int64_t integer = 0;
  double number = 0;
  if (literal.kind == Integer && toInteger(digits, integer))
    return makeExpr(literal.range, IntegerExpr{integer});
  if (literal.kind == Float) // in the locale "C", which nothing changes
    number = std::strtod(std::string(digits).c_str(), nullptr);
  bool isTooSmall = literal.kind == Float && number == 0 && !isZero(digits);
  if (literal.kind == Float && std::isfinite(number) && !isTooSmall)
    return makeExpr(literal.range, FloatExpr{number});
  diagnostics.error(isTooSmall ? DiagnosticKind::NumberTooSmall
                               : DiagnosticKind::NumberTooLarge,
                    literal.range, clipped(digits));
  return makeExpr(literal.range, ErrorExpr{});
}

ExprPtr Parser::parseShape() {
  Token literal = token();
  std::string_view rest = literal.spelling();
  advance();
  shape::Shape sizes;
  while (true) {
    size_t end = std::min(rest.find('x'), rest.size());
    if (!toInteger(rest.substr(0, end), sizes.emplace_back())) {
      diagnostics.error(DiagnosticKind::NumberTooLarge, literal.range,
                        clipped(rest.substr(0, end)));
      return makeExpr(literal.range, ErrorExpr{});
    }
    if (end == rest.size())
      return makeExpr(literal.range, ShapeExpr{std::move(sizes)});
    rest.remove_prefix(end + 1);
  }
}

ExprPtr Parser::parseList() {
  Token open = token();
  advance();
  ListExpr list;
  unsigned childDepth = 0;
  while (!is(RightBracket)) {
    ExprPtr element = parseExpr();
    if (!element)
      return skipBracket(RightBracket, open);
    childDepth = std::max(childDepth, element->depth);
    list.elements.push_back(std::move(element));
    if (!consumeIf(Comma))
      break;
  }
  if (!parseClosing(RightBracket, open))
    return skipBracket(RightBracket, open);
  return makeExpr(join(open.range, previous().range), std::move(list),
                  childDepth);
}

ExprPtr Parser::parseParenthesized() {
  Token open = token();
  advance();
  ExprPtr inner = parseExpr();
  if (!inner)
    return skipBracket(RightParen, open);
  if (is(Comma)) {
    if (Diagnostic *diagnostic = expected(toText(RightParen)))
      diagnostic->hint("a list is written `[1, 2]`");
    return skipBracket(RightParen, open);
  }
  if (!parseClosing(RightParen, open))
    return skipBracket(RightParen, open);
  inner->range = join(open.range, previous().range);
  return inner;
}

/// After an error between brackets: what is closed on its line is a value that
/// nobody complains about again.
ExprPtr Parser::skipBracket(TokenKind close, const Token &open) {
  skipGroups([&] { return token().startsLine; });
  if (!consumeIf(close))
    return nullptr;
  return makeExpr(join(open.range, previous().range), ErrorExpr{});
}

} // namespace netc::dsl
