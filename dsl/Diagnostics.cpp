// Diagnostics as text for people and as JSON for programs.
#include "dsl/Diagnostics.h"

#include "dsl/Characters.h"
#include "dsl/Lexer.h"
#include "runtime/Printable.h"
#include "runtime/Shortened.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace netc::dsl {

std::string_view text(const SourceRange &range) {
  return std::string_view(range.file->text).substr(range.offset, range.length);
}

SourceRange join(const SourceRange &first, const SourceRange &last) {
  return {first.file, first.offset, last.offset + last.length - first.offset};
}

/// Where the line of `text` that `offset` is in begins, behind a byte order
/// mark.
static size_t startOfLine(std::string_view text, size_t offset) {
  size_t start = text.substr(0, offset).rfind('\n') + 1; // npos + 1 is 0
  return start == 0 && text.starts_with(byteOrderMark) ? byteOrderMark.size()
                                                       : start;
}

LineColumn lineColumn(const SourceRange &range) {
  std::string_view before =
      std::string_view(range.file->text).substr(0, range.offset);
  size_t lineStart =
      std::min(startOfLine(range.file->text, range.offset), before.size());
  auto lines = std::count(before.begin(), before.end(), '\n');
  return {uint32_t(lines + 1), uint32_t(before.size() - lineStart + 1)};
}

std::string_view format(DiagnosticKind kind) {
  static constexpr std::string_view texts[] = {
#define DIAGNOSTIC(kind, text) text,
#include "dsl/Diagnostics.def"
  };
  return texts[size_t(kind)];
}

static constexpr std::string_view namesOfLints[] = {
#define LINT(kind, name, text) name,
#include "dsl/Lints.def"
};

std::string_view format(LintKind kind) {
  static constexpr std::string_view texts[] = {
#define LINT(kind, name, text) text,
#include "dsl/Lints.def"
  };
  return texts[static_cast<size_t>(kind)];
}

std::string_view lintName(LintKind kind) {
  return namesOfLints[static_cast<size_t>(kind)];
}

std::span<const std::string_view> lintNames() { return namesOfLints; }

std::optional<LintKind> findLint(std::string_view name) {
  const auto *found = std::ranges::find(namesOfLints, name);
  if (found == std::end(namesOfLints))
    return std::nullopt;
  return static_cast<LintKind>(found - namesOfLints);
}

Diagnostic &Diagnostic::note(SourceRange place, std::string message) {
  notes.push_back({place, shortened(message), false});
  return *this;
}

Diagnostic &Diagnostic::hint(std::string message) {
  return hint(range, std::move(message));
}

Diagnostic &Diagnostic::hint(SourceRange place, std::string message) {
  notes.push_back({place, shortened(message), true});
  return *this;
}

std::string Diagnostic::text() const {
  std::string text = message;
  for (const Note &note : notes)
    if (note.isHint)
      text += "; " + note.message;
  return text;
}

bool Diagnostics::isRepeated(DiagnosticKind kind, SourceRange range) {
  auto [first, isFirst] =
      firstPasses.try_emplace({kind, range.file, range.offset}, pass);
  return !isFirst && first->second != pass;
}

/// Tells both ends of a chain that is long.
std::vector<Note> Diagnostics::usesHere() const {
  constexpr size_t many = 8, shown = 3;
  std::vector<Note> notes;
  for (size_t i = uses.size(); i-- > 0;) {
    size_t hidden = uses.size() - 2 * shown;
    if (uses.size() > many && i == uses.size() - shown - 1) {
      notes.push_back(
          {uses[i].range,
           fmt::format("and in {} more, the last used here", hidden), false});
      i = shown;
      continue;
    }
    notes.push_back({uses[i].range,
                     fmt::format("in `{}`, used here", clipped(uses[i].layer)),
                     false});
  }
  return notes;
}

Diagnostics::Pass::Pass(Diagnostics &diagnostics, std::optional<Use> use)
    : diagnostics(diagnostics), outer(diagnostics.pass),
      isUse(use.has_value()) {
  diagnostics.pass = ++diagnostics.passCount;
  if (use)
    diagnostics.uses.push_back(std::move(*use));
}

Diagnostics::Pass::~Pass() {
  diagnostics.pass = outer;
  if (isUse)
    diagnostics.uses.pop_back();
}

Diagnostic &Diagnostics::add(DiagnosticKind kind, SourceRange range,
                             std::string message) {
  if (isFull()) {
    ++droppedCount;
    dropped = {kind, range, shortened(message), {}, {}};
    return dropped;
  }
  list.push_back({kind, range, shortened(message), {}, usesHere()});
  return list.back();
}

Diagnostic &Diagnostics::addWarning(LintKind kind, SourceRange range,
                                    std::string message) {
  bool isKnown = std::ranges::any_of(warnings, [&](const Warning &other) {
    return other.kind == kind && other.diagnostic.range.file == range.file &&
           other.diagnostic.range.offset == range.offset;
  });
  dropped = {{}, range, shortened(message), {}, {}};
  if (isKnown || silenced.contains(kind) || warnings.size() == limit)
    return dropped;
  return warnings.emplace_back(kind, std::move(dropped)).diagnostic;
}

std::vector<const Diagnostics::Warning *> Diagnostics::sortedWarnings() const {
  std::vector<const Warning *> order;
  for (const Warning &warning : warnings)
    order.push_back(&warning);
  std::ranges::stable_sort(order, {}, [](const Warning *warning) {
    const SourceRange &range = warning->diagnostic.range;
    return std::pair(std::string_view(range.file->name), range.offset);
  });
  return order;
}

const SourceFile &Diagnostics::keep(SourceFile source) {
  keep(std::make_shared<const SourceFile>(std::move(source)));
  return *kept.back();
}

void Diagnostics::keep(std::shared_ptr<const SourceFile> source) {
  kept.push_back(std::move(source));
}

std::vector<const Diagnostic *> Diagnostics::sorted() const {
  std::vector<const SourceFile *> files; // in the order of their first error
  std::vector<const Diagnostic *> order;
  for (const Diagnostic &diagnostic : list) {
    order.push_back(&diagnostic);
    if (std::ranges::find(files, diagnostic.range.file) == files.end())
      files.push_back(diagnostic.range.file);
  }
  auto place = [&](const Diagnostic *diagnostic) {
    return std::pair(std::ranges::find(files, diagnostic->range.file),
                     diagnostic->range.offset);
  };
  std::ranges::stable_sort(order, {}, place);
  return order;
}

/// A source line and the marks under it, as much of both as a terminal shows.
struct Excerpt {
  std::string line, marks;
};

/// Tabs stay, so that marks stand under what they mark; a character of several
/// bytes is one column; what cannot be shown is a question mark.
static Excerpt excerpt(const SourceRange &range) {
  constexpr size_t before = 80, after = 40; // bytes shown around long ranges
  std::string_view all = range.file->text;
  size_t start = startOfLine(all, range.offset);
  size_t first = std::max<size_t>(range.offset, start);
  size_t end = std::min(all.find('\n', first), all.size());
  size_t last = std::min(end, first + range.length);

  bool cutStart = first - start > before + after;
  if (cutStart)
    start = first - before;
  bool cutEnd = end - first > before + after;
  if (cutEnd)
    end = first + before + after;

  Excerpt result;
  if (cutStart)
    result = {"...", "   "};
  for (size_t i = start; i < end;) {
    size_t size = characterSize(all.substr(i, end - i));
    std::string_view character = all.substr(i, std::max<size_t>(size, 1));
    bool isShown = size > 1 || isPrintable(all[i]) || all[i] == '\t';
    if (all[i] != '\r' || i + 1 != all.find('\n', i))
      result.line += isShown ? character : "?";
    if (i < first)
      result.marks += all[i] == '\t' ? '\t' : ' ';
    else if (i == first)
      result.marks += '^';
    else if (i < last)
      result.marks += '~';
    i += character.size();
  }
  if (first >= end)
    result.marks += '^';
  if (cutEnd)
    result.line += "...";
  return result;
}

static std::string place(const SourceRange &range) {
  auto [line, column] = lineColumn(range);
  return fmt::format("{}:{}:{}", runtime::printable(range.file->name), line,
                     column);
}

/// The notes, the uses, the hints.
static std::vector<Note> inOrder(const Diagnostic &diagnostic) {
  std::vector<Note> notes = diagnostic.notes;
  auto hints = std::ranges::stable_partition(
      notes, [](const Note &note) { return !note.isHint; });
  notes.insert(hints.begin(), diagnostic.uses.begin(), diagnostic.uses.end());
  return notes;
}

/// An error or a warning, whose `name` follows its message.
static std::string asText(const Diagnostic &diagnostic, std::string_view kind,
                          std::string_view name) {
  Excerpt source = excerpt(diagnostic.range);
  std::string text =
      fmt::format("{}: {}: {}{}\n", place(diagnostic.range), kind,
                  runtime::printable(diagnostic.message),
                  name.empty() ? "" : fmt::format(" [{}]", name));
  text += fmt::format("{:5} | {}\n", lineColumn(diagnostic.range).line,
                      source.line);
  text += fmt::format("      | {}\n", source.marks);
  for (const Note &note : inOrder(diagnostic))
    text += fmt::format("{}: {}: {}\n", place(note.range),
                        note.isHint ? "hint" : "note",
                        runtime::printable(note.message));
  return text;
}

std::string Diagnostics::toText() const {
  std::string text;
  for (const Diagnostic *diagnostic : sorted())
    text += asText(*diagnostic, "error", "");
  if (droppedCount)
    text += fmt::format("and {} more errors\n", droppedCount);
  return text;
}

std::string Diagnostics::warningsToText() const {
  std::string text;
  for (const Warning *warning : sortedWarnings())
    text += asText(warning->diagnostic, "warning", lintName(warning->kind));
  return text;
}

using nlohmann::ordered_json;

static void addPlaced(ordered_json &object, const SourceRange &range,
                      const std::string &message) {
  auto [line, column] = lineColumn(range);
  object["file"] = range.file->name;
  object["line"] = line;
  object["column"] = column;
  object["message"] = message;
}

static void addDiagnostic(ordered_json &object, const Diagnostic &diagnostic) {
  addPlaced(object, diagnostic.range, diagnostic.message);
  object["notes"] = ordered_json::array();
  object["hint"] = nullptr;
  for (const Note &note : inOrder(diagnostic)) {
    if (note.isHint)
      object["hint"] = note.message;
    else
      addPlaced(object["notes"].emplace_back(), note.range, note.message);
  }
}

/// File names and texts may hold bytes that are no UTF-8.
static std::string dump(const ordered_json &document) {
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace);
}

std::string Diagnostics::toJson() const {
  ordered_json document;
  document["errors"] = ordered_json::array();
  for (const Diagnostic *diagnostic : sorted())
    addDiagnostic(document["errors"].emplace_back(), *diagnostic);
  return dump(document);
}

std::string Diagnostics::warningsToJson() const {
  ordered_json list = ordered_json::array();
  for (const Warning *warning : sortedWarnings()) {
    ordered_json &object = list.emplace_back();
    object["name"] = lintName(warning->kind);
    addDiagnostic(object, warning->diagnostic);
  }
  return dump(list);
}

} // namespace netc::dsl
