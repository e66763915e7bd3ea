// Tokens -> items and blocks. The text is known to parse, so that where an item
// ends is seen from two neighbouring tokens.
#include "dsl/FormatTree.h"

#include "dsl/Characters.h"

#include <algorithm>
#include <cassert>

namespace netc::dsl {

using enum TokenKind;

size_t FormatItem::end() const {
  const FormatPart &last = parts.back();
  return last.block ? last.block->close + 1 : last.end;
}

static bool endsExpression(TokenKind kind) {
  switch (kind) {
  case Word:
  case Integer:
  case Float:
  case Sizes:
  case String:
  case True:
  case False:
  case RightParen:
  case RightBracket:
    return true;
  default:
    return false;
  }
}

static bool startsDeclaration(TokenKind kind) {
  switch (kind) {
  case Network:
  case Layer:
  case Data:
  case Train:
  case Import:
  case Expect:
    return true;
  default:
    return false;
  }
}

static bool startsItem(TokenKind kind) {
  return kind == Word || kind == If || kind == Repeat || kind == For ||
         kind == Train || kind == Test;
}

namespace {
class TreeMaker {
public:
  explicit TreeMaker(FormatTree &tree) : tokens(tree.tokens) {}

  void matchBrackets();
  void setSpaces();
  void readEntries(FormatBlock &block, bool isFile);
  void setOffsets();

private:
  TokenKind kind(size_t index) const { return tokens[index].token.kind; }
  size_t spacesBefore(size_t index, bool inBrackets) const;
  bool isUnaryMinus(size_t index) const {
    return kind(index) == Minus &&
           (index == 0 || !endsExpression(kind(index - 1)));
  }
  FormatItem readItem(bool isFile);
  std::unique_ptr<FormatBlock> readBlock();
  void takeComments(FormatBlock &block);

  std::vector<FormatToken> &tokens;
  size_t position = 0;
};
} // namespace

void TreeMaker::matchBrackets() {
  std::vector<size_t> open;
  for (size_t i = 0; i < tokens.size(); ++i) {
    switch (kind(i)) {
    case LeftBracket:
      tokens[i].isRow = i > 0 && kind(i - 1) == Comma && !open.empty() &&
                        kind(open.back()) == LeftBracket &&
                        tokens[i].startsLine;
      [[fallthrough]];
    case LeftParen:
    case LeftBrace:
      open.push_back(i);
      break;
    case RightParen:
    case RightBracket:
    case RightBrace:
      tokens[open.back()].close = i;
      open.pop_back();
      break;
    default:
      break;
    }
  }
  assert(open.empty());
}

size_t TreeMaker::spacesBefore(size_t index, bool inBrackets) const {
  if (index == 0)
    return 0;
  TokenKind before = kind(index - 1), here = kind(index);
  switch (here) {
  case End:
  case Comma:
  case Colon:
  case Dot:
  case DotDot:
  case RightParen:
  case RightBracket:
    return 0;
  case LeftParen: // of a call
    if (before == Word)
      return 0;
    break;
  case LeftBracket: // of an index
    if (endsExpression(before))
      return 0;
    break;
  case RightBrace:
    if (before == LeftBrace)
      return 0;
    break;
  default:
    break;
  }
  switch (before) {
  case LeftParen:
  case LeftBracket:
  case Dot:
  case DotDot:
  case Star:
  case Slash:
    return 0;
  case Minus:
    return !isUnaryMinus(index - 1);
  case Assign:
    return !inBrackets;
  default:
    break;
  }
  if (here == Assign)
    return !inBrackets;
  return here != Star && here != Slash;
}

void TreeMaker::setSpaces() {
  size_t brackets = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    tokens[i].spaces = spacesBefore(i, brackets > 0);
    brackets += kind(i) == LeftParen || kind(i) == LeftBracket;
    brackets -= kind(i) == RightParen || kind(i) == RightBracket;
  }
}

/// Comments in front of an item or a closing brace are entries of their own.
void TreeMaker::takeComments(FormatBlock &block) {
  for (const Comment &comment : tokens[position].comments)
    block.entries.push_back(
        {comment, {}, comment.startsLine, comment.blankBefore});
  tokens[position].comments.clear();
}

void TreeMaker::readEntries(FormatBlock &block, bool isFile) {
  for (;;) {
    takeComments(block);
    if (kind(position) == End || kind(position) == RightBrace)
      break;
    const FormatToken &first = tokens[position];
    FormatEntry entry{std::nullopt, {}, first.startsLine, first.blankBefore};
    if (!isFile && kind(position - 1) != LeftBrace)
      tokens[position].spaces = 2;
    entry.item = readItem(isFile);
    block.entries.push_back(std::move(entry));
  }
  block.close = position;
  block.isBroken =
      isFile || (tokens[position].startsLine && !block.entries.empty()) ||
      std::ranges::any_of(block.entries, [](const FormatEntry &entry) {
        return entry.comment || entry.startsLine || entry.item.isBroken;
      });
}

std::unique_ptr<FormatBlock> TreeMaker::readBlock() {
  auto block = std::make_unique<FormatBlock>();
  block->open = position++;
  readEntries(*block, false);
  ++position;
  return block;
}

FormatItem TreeMaker::readItem(bool isFile) {
  FormatItem item;
  size_t begin = position;
  bool isIf = kind(begin) == If;
  // From `if`, `repeat` and `for` to its brace words do not begin items.
  bool inHeader = isIf || kind(begin) == Repeat || kind(begin) == For;
  for (;;) {
    if (kind(position) == LeftBrace) {
      FormatPart part{begin, position, readBlock()};
      item.isBroken |= part.block->isBroken;
      item.parts.push_back(std::move(part));
      begin = position;
      if (!isIf || kind(position) != Else)
        break;
      inHeader = true;
    }
    if (kind(position) == LeftParen || kind(position) == LeftBracket)
      position = tokens[position].close;
    ++position;
    bool isNext = isFile ? startsDeclaration(kind(position))
                         : !inHeader && startsItem(kind(position)) &&
                               endsExpression(kind(position - 1));
    if (isNext || kind(position) == End || kind(position) == RightBrace)
      break;
  }
  if (begin < position)
    item.parts.push_back({begin, position, nullptr});
  for (size_t i = item.begin() + 1; i < position; ++i)
    item.isBroken |= tokens[i].breaks();
  return item;
}

void TreeMaker::setOffsets() {
  size_t offset = 0;
  for (FormatToken &token : tokens) {
    token.offset = offset + token.spaces;
    offset = token.offset + token.width();
  }
}

/// The white space and comments before a token.
static void readGap(std::string_view gap, FormatToken &token) {
  size_t newlines = 0;
  for (size_t i = 0; i < gap.size(); ++i) {
    newlines += gap[i] == '\n';
    if (gap[i] != '#')
      continue;
    size_t end = std::min(gap.find('\n', i), gap.size());
    std::string_view text = gap.substr(i, end - i);
    while (isSpace(text.back()))
      text.remove_suffix(1);
    token.comments.push_back({text, newlines > 0, newlines > 1});
    newlines = 0;
    i = end - 1;
  }
  token.startsLine = newlines > 0;
  token.blankBefore = newlines > 1;
}

std::vector<FormatToken> readFormatTokens(const SourceFile &source,
                                          Diagnostics &diagnostics) {
  std::vector<FormatToken> result;
  std::string_view text = source.text;
  size_t end = text.starts_with(byteOrderMark) ? byteOrderMark.size() : 0;
  for (const Token &token : lex(source, diagnostics)) {
    result.push_back({token, {}});
    readGap(text.substr(end, token.range.offset - end), result.back());
    end = token.range.offset + token.range.length;
  }
  return result;
}

FormatTree makeFormatTree(std::vector<FormatToken> tokens) {
  FormatTree tree{std::move(tokens), {}};
  TreeMaker maker(tree);
  maker.matchBrackets();
  maker.setSpaces();
  maker.readEntries(tree.file, true);
  maker.setOffsets();
  return tree;
}

} // namespace netc::dsl
