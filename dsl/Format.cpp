// Prints a format tree. What fits on one line and was written on one line is
// copied with its proper spaces; the rest is broken: blocks at their braces,
// arguments at commas.
#include "dsl/Format.h"

#include "dsl/FormatTree.h"
#include "dsl/Parser.h"

#include <algorithm>
#include <cassert>

namespace netc::dsl {

using enum TokenKind;

namespace {
struct Line {
  std::string text;    // with its indentation
  std::string comment; // beside it
  size_t level = 0;    // braces open around it
  bool opens = false;  // with a brace: its comment is the block's
};

class FormatPrinter {
public:
  explicit FormatPrinter(const std::vector<FormatToken> &tokens)
      : tokens(tokens) {}

  void printEntries(const FormatBlock &block, bool areKeys);
  std::string finish();

private:
  /// [begin, end) on one line, without what stands before it.
  size_t width(size_t begin, size_t end) const {
    return begin == end ? 0
                        : tokens[end - 1].offset + tokens[end - 1].width() -
                              tokens[begin].offset;
  }
  bool mustBreak(size_t begin, size_t end) const {
    return std::any_of(tokens.begin() + ptrdiff_t(begin),
                       tokens.begin() + ptrdiff_t(end),
                       [](const FormatToken &token) { return token.breaks(); });
  }
  size_t column() const { return lines.back().text.size(); }
  size_t spacesBefore(size_t index) const {
    return isFresh ? 0 : tokens[index].spaces;
  }

  void newLine(size_t indent);
  void put(size_t index);
  void put(size_t begin, size_t end);
  void putComment(const Comment &comment, size_t indent);
  void breakBefore(size_t index, size_t indent);

  bool printEntry(const FormatEntry &entry, bool onNewLine, size_t padding);
  bool staysFlat(const FormatItem &item, size_t part) const;
  void printBroken(const FormatItem &item, size_t padding);
  size_t widestGroup(size_t begin, size_t end) const;
  void printTokens(size_t begin, size_t end, size_t tail, size_t indent);
  void printGroup(size_t open, size_t tail, size_t indent);
  void alignComments();

  const std::vector<FormatToken> &tokens;
  std::vector<Line> lines;
  bool isFresh = true; // nothing but indentation on the current line
  size_t level = 0;
};
} // namespace

void FormatPrinter::newLine(size_t indent) {
  lines.push_back({std::string(indent, ' '), "", level, false});
  isFresh = true;
}

void FormatPrinter::put(size_t index) {
  lines.back().text.append(spacesBefore(index), ' ');
  lines.back().text += tokens[index].token.spelling();
  isFresh = false;
}

void FormatPrinter::put(size_t begin, size_t end) {
  for (size_t i = begin; i < end; ++i)
    put(i);
}

void FormatPrinter::putComment(const Comment &comment, size_t indent) {
  if (!comment.startsLine && !lines.empty()) {
    lines.back().comment = comment.text;
    return;
  }
  if (!isFresh || lines.empty())
    newLine(indent);
  lines.back().text += comment.text;
  isFresh = false;
}

/// Ends the line before a token of which that is asked.
void FormatPrinter::breakBefore(size_t index, size_t indent) {
  for (const Comment &comment : tokens[index].comments)
    putComment(comment, indent);
  newLine(indent);
}

/// The widest `(...)` or `[...]` of these tokens, by its opening bracket; `end`
/// if there is none.
size_t FormatPrinter::widestGroup(size_t begin, size_t end) const {
  size_t widest = end, most = 0;
  for (size_t i = begin; i < end; ++i) {
    if (!tokens[i].is(LeftParen) && !tokens[i].is(LeftBracket))
      continue;
    if (size_t own = width(i, tokens[i].close + 1); own > most) {
      most = own;
      widest = i;
    }
    i = tokens[i].close;
  }
  return widest;
}

/// Tokens of one item, `tail` characters of which follow `end` on its line.
/// Where they are too many for one, it is the widest group that gives room.
void FormatPrinter::printTokens(size_t begin, size_t end, size_t tail,
                                size_t indent) {
  size_t widest = widestGroup(begin, end);
  for (size_t i = begin; i < end; ++i) {
    if (i > begin && tokens[i].breaks())
      breakBefore(i, indent);
    if (!tokens[i].is(LeftParen) && !tokens[i].is(LeftBracket)) {
      put(i);
      continue;
    }
    size_t close = tokens[i].close, next = close + 1;
    while (next < end && !tokens[next].breaks() &&
           (i == widest ||
            (!tokens[next].is(LeftParen) && !tokens[next].is(LeftBracket))))
      ++next;
    bool isLast = next == end;
    size_t after =
        width(close, isLast ? end : next + !tokens[next].breaks()) - 1;
    printGroup(i, after + (isLast ? tail : 0), indent);
    i = close;
  }
}

/// `(...)` or `[...]`, filled: elements stand below one another where they
/// leave the line, those that are too long for one are broken themselves.
void FormatPrinter::printGroup(size_t open, size_t tail, size_t indent) {
  size_t close = tokens[open].close;
  if (!mustBreak(open + 1, close + 1) &&
      column() + spacesBefore(open) + width(open, close + 1) + tail <=
          formatWidth)
    return put(open, close + 1);

  put(open);
  constexpr size_t deepest = 70; // further right there is no room
  size_t align = column();
  if (align > deepest) {
    align = indent;
    if (!tokens[open + 1].breaks())
      newLine(align);
  }
  for (size_t begin = open + 1, end; begin < close; begin = end) {
    for (end = begin; end < close && !tokens[end].is(Comma); ++end)
      if (tokens[end].is(LeftParen) || tokens[end].is(LeftBracket))
        end = tokens[end].close;
    end += end < close; // its comma
    bool isLast = end == close;
    size_t elementTail = isLast ? 1 + tail : 0;
    size_t room = width(begin, end) + elementTail;
    if (tokens[begin].breaks())
      breakBefore(begin, align);
    else if (!isFresh && begin > open + 1 &&
             column() + tokens[begin].spaces + room > formatWidth)
      newLine(align);
    printTokens(begin, end, elementTail, align);
  }
  if (tokens[close].breaks())
    breakBefore(close, align);
  put(close);
}

/// A block of an item that has lines of its own: it may be on one itself, as in
/// `} else { Identity }`, but not where the item is broken for its width.
bool FormatPrinter::staysFlat(const FormatItem &item, size_t part) const {
  const FormatBlock &block = *item.parts[part].block;
  if (!item.isBroken || block.isBroken || tokens[block.open].breaks())
    return false;
  size_t room = 1 + width(block.open, block.close + 1);
  if (part + 1 < item.parts.size()) { // ` else {` goes on behind it
    const FormatPart &next = item.parts[part + 1];
    if (!tokens[next.begin].breaks())
      room += 1 + width(next.begin, next.block->open + 1);
  }
  return column() + room <= formatWidth;
}

/// An item with lines of its own. `padding` stands before the `=` of a key.
void FormatPrinter::printBroken(const FormatItem &item, size_t padding) {
  for (size_t i = 0; i < item.parts.size(); ++i) {
    const FormatPart &part = item.parts[i];
    size_t begin = part.begin, indent = 2 * level + 4;
    if (tokens[begin].is(Else) && tokens[begin].breaks())
      breakBefore(begin, 2 * level);
    if (padding > 0) {
      put(begin++);
      if (tokens[begin].breaks())
        breakBefore(begin, indent);
      else
        lines.back().text.append(padding, ' ');
    }
    constexpr size_t brace = 2; // ` {`
    printTokens(begin, part.end, part.block ? brace : 0, indent);
    if (!part.block)
      continue;
    const FormatBlock &block = *part.block;
    if (staysFlat(item, i)) {
      put(block.open, block.close + 1);
      continue;
    }
    if (tokens[block.open].breaks())
      breakBefore(block.open, 2 * level);
    put(block.open);
    if (!block.entries.empty()) {
      ++level;
      printEntries(block, level == 1 && tokens[item.begin()].is(Train));
      --level;
      newLine(2 * level);
    }
    put(block.close);
  }
}

/// Returns whether it needed lines of its own.
bool FormatPrinter::printEntry(const FormatEntry &entry, bool onNewLine,
                               size_t padding) {
  const FormatItem &item = entry.item;
  size_t indent = 2 * level, room = width(item.begin(), item.end());
  bool isBroken = item.isBroken || indent + padding + room > formatWidth;
  if (onNewLine || isBroken ||
      column() + tokens[item.begin()].spaces + room > formatWidth)
    newLine(indent);
  if (isBroken || padding > 0)
    printBroken(item, padding);
  else
    put(item.begin(), item.end());
  return isBroken;
}

/// The entries of a broken block. Keys, which have a line each, have their `=`
/// below one another.
void FormatPrinter::printEntries(const FormatBlock &block, bool areKeys) {
  size_t longest = 0;
  for (const FormatEntry &entry : block.entries)
    if (areKeys && !entry.comment)
      longest = std::max(longest, tokens[entry.item.begin()].width());

  bool isFirst = true, endsLine = true;
  for (const FormatEntry &entry : block.entries) {
    if (entry.blankBefore && !isFirst)
      lines.push_back({});
    if (entry.comment) {
      Comment comment = *entry.comment;
      // What was a line's comment stays one, the file's first is none.
      if (comment.startsLine)
        isFresh = false;
      else if (isFirst && level > 0)
        lines.back().opens = true;
      putComment(comment, 2 * level);
      endsLine = true;
    } else {
      size_t padding =
          areKeys ? longest - tokens[entry.item.begin()].width() : 0;
      bool onNewLine = endsLine || entry.startsLine || areKeys || level == 0;
      endsLine = printEntry(entry, onNewLine, padding);
    }
    isFirst = false;
  }
}

/// Comments beside successive lines of a block stand below one another, those
/// of long lines apart.
void FormatPrinter::alignComments() {
  constexpr size_t longest = 70;
  auto isAligned = [](const Line &line) {
    return !line.comment.empty() && !line.opens && line.text.size() <= longest;
  };
  for (size_t begin = 0, end; begin < lines.size(); begin = end) {
    size_t column = lines[begin].text.size();
    for (end = begin + 1;
         end < lines.size() && isAligned(lines[begin]) &&
         isAligned(lines[end]) && lines[end].level == lines[begin].level;
         ++end)
      column = std::max(column, lines[end].text.size());
    for (size_t i = begin; i < end; ++i)
      if (!lines[i].comment.empty()) {
        lines[i].text.resize(column + 2, ' ');
        lines[i].text += lines[i].comment;
      }
  }
}

std::string FormatPrinter::finish() {
  alignComments();
  std::string text;
  for (const Line &line : lines)
    text += line.text + '\n';
  return text;
}

/// What formatting must not change: the tokens, and the comments among them.
static std::vector<std::string> contentOf(const SourceFile &source) {
  std::vector<std::string> content;
  Diagnostics none;
  for (const FormatToken &token : readFormatTokens(source, none)) {
    for (const Comment &comment : token.comments)
      content.emplace_back(comment.text);
    content.emplace_back(token.token.spelling());
  }
  return content;
}

std::optional<std::string> formatText(const SourceFile &source,
                                      Diagnostics &diagnostics) {
  parse(source, diagnostics);
  if (diagnostics.hasErrors())
    return std::nullopt;
  FormatTree tree = makeFormatTree(readFormatTokens(source, diagnostics));
  FormatPrinter printer(tree.tokens);
  printer.printEntries(tree.file, false);
  std::string result = printer.finish();
  assert(contentOf(source) == contentOf({source.name, result}));
  return result;
}

} // namespace netc::dsl
