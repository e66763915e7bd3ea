// Errors in a text, collected and printed with the source line and a caret.
#pragma once

#include <cstdint>
#include <deque>
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <vector>

namespace netc::dsl {

/// A file's name (as the user gave it) and its text.
struct SourceFile {
  std::string name;
  std::string text;
};

/// Bytes [offset, offset + length) of a source file.
struct SourceRange {
  const SourceFile *file = nullptr;
  uint32_t offset = 0, length = 0;
};

/// The text of a range.
std::string_view text(const SourceRange &range);

/// From the first byte of `first` to the last of `last`.
SourceRange join(const SourceRange &first, const SourceRange &last);

/// One-based line and column (in bytes).
struct LineColumn {
  uint32_t line = 0, column = 0;
};
LineColumn lineColumn(const SourceRange &range);

/// What can be wrong, one kind for each entry of Diagnostics.def.
enum class DiagnosticKind {
#define DIAGNOSTIC(kind, text) kind,
#include "dsl/Diagnostics.def"
};

/// The text of a kind, with fmt's braces.
std::string_view format(DiagnosticKind kind);

struct Note {
  SourceRange range;
  std::string message;
  bool isHint = false;
};

struct Diagnostic {
  DiagnosticKind kind{};
  SourceRange range;
  std::string message; // lower case, no full stop, code in backticks
  std::vector<Note> notes;

  Diagnostic &note(SourceRange place, std::string message);
  /// A fix, at the error's own place unless another is given.
  Diagnostic &hint(std::string message);
  Diagnostic &hint(SourceRange place, std::string message);
};

class Diagnostics {
public:
  /// The most errors that are kept; toText and toJson count the rest.
  static constexpr size_t limit = 100;

  Diagnostics() = default;
  Diagnostics(const Diagnostics &) = delete;
  Diagnostics &operator=(const Diagnostics &) = delete;

  /// Reports an error; the arguments fill the kind's text.
  template <typename... Args>
  Diagnostic &error(DiagnosticKind kind, SourceRange range,
                    const Args &...args) {
    return add(kind, range, fmt::format(fmt::runtime(format(kind)), args...));
  }

  bool hasErrors() const { return !list.empty(); }
  const std::deque<Diagnostic> &all() const { return list; }
  /// Sorted by place, as text: `file:line:column: error: ...` and so on.
  std::string toText() const;
  /// `{"errors": [{file, line, column, message, notes, hint}]}`.
  std::string toJson() const;

  /// Keeps a text that is no file (a setting of the command line) for as long
  /// as errors may point into it.
  const SourceFile &keep(SourceFile source);

private:
  Diagnostic &add(DiagnosticKind kind, SourceRange range, std::string message);
  std::vector<const Diagnostic *> sorted() const;

  std::deque<Diagnostic> list; // references stay valid
  std::deque<SourceFile> kept;
  Diagnostic dropped; // the last one beyond the limit
  size_t droppedCount = 0;
};

} // namespace netc::dsl
