// A text as its formatter sees it: tokens with the comments before them, in
// items (declarations, layers, transforms, keys) that hold blocks of items.
#pragma once

#include "dsl/Lexer.h"

#include <memory>
#include <optional>

namespace netc::dsl {

struct Comment {
  std::string_view text; // from `#` on, without white space at its end
  bool startsLine = false;
  bool blankBefore = false; // an empty line
};

struct FormatToken {
  Token token;
  std::vector<Comment> comments; // between the token before and this one
  /// Where the author began lines.
  bool startsLine = false, blankBefore = false;
  /// A row of a list, `[[1, 2],` and below it `[3, 4]]`: stays on its line.
  bool isRow = false;
  size_t close = 0;  // of an opening bracket or brace: the closing one
  size_t spaces = 0; // before it where it shares a line with the one before
  size_t offset = 0; // of its first character, if all tokens shared a line

  bool is(TokenKind kind) const { return token.kind == kind; }
  size_t width() const { return token.range.length; }
  /// Whether a line must end before it.
  bool breaks() const { return isRow || !comments.empty(); }
};

struct FormatBlock;

/// Tokens [begin, end) and perhaps a block: `if a { ... }` and
/// `else { ... }` are the two parts of one item.
struct FormatPart {
  size_t begin = 0, end = 0;
  std::unique_ptr<FormatBlock> block;
};

struct FormatItem {
  std::vector<FormatPart> parts;
  bool isBroken = false; // cannot be on one line

  size_t begin() const { return parts.front().begin; }
  size_t end() const; // after its last token
};

/// An item, or a comment beside or above one.
struct FormatEntry {
  std::optional<Comment> comment;
  FormatItem item; // if it is no comment
  bool startsLine = false, blankBefore = false;
};

struct FormatBlock {
  size_t open = 0, close = 0; // its braces
  std::vector<FormatEntry> entries;
  bool isBroken = false; // cannot be on one line
};

struct FormatTree {
  std::vector<FormatToken> tokens;
  FormatBlock file; // its entries are declarations; it has no braces
};

/// The text's tokens with the comments and lines between them.
std::vector<FormatToken> readFormatTokens(const SourceFile &source,
                                          Diagnostics &diagnostics);

/// \pre they parse.
FormatTree makeFormatTree(std::vector<FormatToken> tokens);

} // namespace netc::dsl
