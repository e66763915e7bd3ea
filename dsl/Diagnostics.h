// Errors in a text, collected and printed with the source line and a caret.
#pragma once

#include <cstdint>
#include <deque>
#include <fmt/format.h>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
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

/// Reaches from the first byte of `first` to the last of `last`.
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

/// What is warned of, one kind for each entry of Lints.def.
enum class LintKind {
#define LINT(kind, name, text) kind,
#include "dsl/Lints.def"
};
std::string_view format(LintKind kind);
/// The name by which the lint is silenced: `linear-dense`.
std::string_view lintName(LintKind kind);
/// Those of all lints, as the table has them.
std::span<const std::string_view> lintNames();
/// Null if no lint has that name.
std::optional<LintKind> findLint(std::string_view name);

struct Note {
  SourceRange range;
  std::string message;
  bool isHint = false;
};

struct Diagnostic {
  DiagnosticKind kind{};
  SourceRange range;
  std::string message;     // lower case, no full stop, code in backticks; cut
  std::vector<Note> notes; // short (runtime/Shortened.h), as theirs are
  std::vector<Note> uses;  // of the layers that it is in, from the innermost

  Diagnostic &note(SourceRange place, std::string message);
  /// A fix, at the error's own place unless another is given.
  Diagnostic &hint(std::string message);
  Diagnostic &hint(SourceRange place, std::string message);
  /// The message and its hints without their places, parted by semicolons.
  std::string text() const;
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
    if (isRepeated(kind, range))
      return dropped = {};
    return add(kind, range, fmt::format(fmt::runtime(format(kind)), args...));
  }
  /// Whether a diagnostic will be printed; notes of another are lost.
  bool isKept(const Diagnostic &diagnostic) const {
    return &diagnostic != &dropped;
  }
  /// Whether every further error is only counted.
  bool isFull() const { return list.size() == limit; }

  /// The use of a layer of the text's own.
  struct Use {
    std::string layer;
    SourceRange range; // of the call
  };
  /// One pass over a text that may be passed again: the body of a layer or of
  /// a loop. An error that an earlier pass has reported at the same place is
  /// not reported again; others tell of the uses that they are in.
  class Pass {
  public:
    explicit Pass(Diagnostics &diagnostics, std::optional<Use> use = {});
    ~Pass();
    Pass(const Pass &) = delete;
    Pass &operator=(const Pass &) = delete;

  private:
    Diagnostics &diagnostics;
    size_t outer;
    bool isUse;
  };

  /// Warns, once at a place and unless the kind is silenced.
  template <typename... Args>
  Diagnostic &warning(LintKind kind, SourceRange range, const Args &...args) {
    return addWarning(kind, range,
                      fmt::format(fmt::runtime(format(kind)), args...));
  }
  void silence(LintKind kind) { silenced.insert(kind); }

  bool hasErrors() const { return !list.empty(); }
  const std::deque<Diagnostic> &all() const { return list; }
  struct Warning {
    LintKind kind;
    Diagnostic diagnostic;
  };
  const std::deque<Warning> &allWarnings() const { return warnings; }
  /// Sorted by place, as text: `file:line:column: error: ...` and so on.
  std::string toText() const;
  /// Writes the warnings likewise: `file:line:column: warning: ... [name]`.
  std::string warningsToText() const;
  /// `{"errors": [{file, line, column, message, notes, hint}]}`.
  std::string toJson() const;
  /// `[{name, file, line, column, message, notes, hint}]`.
  std::string warningsToJson() const;

  /// Keeps a text that is no file (a setting of the command line) for as long
  /// as errors may point into it.
  const SourceFile &keep(SourceFile source);
  void keep(std::shared_ptr<const SourceFile> source);

private:
  /// Also remembers the error.
  bool isRepeated(DiagnosticKind kind, SourceRange range);
  std::vector<Note> usesHere() const;
  Diagnostic &addWarning(LintKind kind, SourceRange range, std::string message);
  std::vector<const Warning *> sortedWarnings() const;
  Diagnostic &add(DiagnosticKind kind, SourceRange range, std::string message);
  std::vector<const Diagnostic *> sorted() const;

  std::deque<Diagnostic> list; // references stay valid
  std::deque<Warning> warnings;
  std::set<LintKind> silenced;
  std::vector<std::shared_ptr<const SourceFile>> kept;
  Diagnostic dropped; // the last one that is not kept
  size_t droppedCount = 0;

  using Place = std::tuple<DiagnosticKind, const SourceFile *, uint32_t>;
  std::map<Place, size_t> firstPasses; // in which pass it was first reported
  size_t pass = 0, passCount = 0;
  std::vector<Use> uses;
};

} // namespace netc::dsl
