// Diagnostics as text for people and as JSON for programs.
#include "dsl/Diagnostics.h"

#include "dsl/Characters.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace netc::dsl {

std::string_view text(const SourceRange &range) {
  return std::string_view(range.file->text).substr(range.offset, range.length);
}

SourceRange join(const SourceRange &first, const SourceRange &last) {
  return {first.file, first.offset, last.offset + last.length - first.offset};
}

LineColumn lineColumn(const SourceRange &range) {
  std::string_view before =
      std::string_view(range.file->text).substr(0, range.offset);
  size_t lineStart = before.rfind('\n') + 1; // npos + 1 is 0
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

Diagnostic &Diagnostic::note(SourceRange place, std::string message) {
  notes.push_back({place, std::move(message), false});
  return *this;
}

Diagnostic &Diagnostic::hint(std::string message) {
  return hint(range, std::move(message));
}

Diagnostic &Diagnostic::hint(SourceRange place, std::string message) {
  notes.push_back({place, std::move(message), true});
  return *this;
}

Diagnostic &Diagnostics::add(DiagnosticKind kind, SourceRange range,
                             std::string message) {
  if (list.size() == limit) {
    ++droppedCount;
    dropped = {kind, range, std::move(message), {}};
    return dropped;
  }
  list.push_back({kind, range, std::move(message), {}});
  return list.back();
}

const SourceFile &Diagnostics::keep(SourceFile source) {
  kept.push_back(std::move(source));
  return kept.back();
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
  size_t start = all.substr(0, range.offset).rfind('\n') + 1;
  size_t end = std::min(all.find('\n', range.offset), all.size());
  size_t first = range.offset, last = std::min(end, first + range.length);

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
  return fmt::format("{}:{}:{}", range.file->name, line, column);
}

std::string Diagnostics::toText() const {
  std::string text;
  for (const Diagnostic *diagnostic : sorted()) {
    Excerpt source = excerpt(diagnostic->range);
    text += fmt::format("{}: error: {}\n", place(diagnostic->range),
                        diagnostic->message);
    text += fmt::format("{:5} | {}\n", lineColumn(diagnostic->range).line,
                        source.line);
    text += fmt::format("      | {}\n", source.marks);
    for (const Note &note : diagnostic->notes)
      text += fmt::format("{}: {}: {}\n", place(note.range),
                          note.isHint ? "hint" : "note", note.message);
  }
  if (droppedCount)
    text += fmt::format("and {} more errors\n", droppedCount);
  return text;
}

std::string Diagnostics::toJson() const {
  using nlohmann::ordered_json;
  auto placed = [](const SourceRange &range, const std::string &message) {
    auto [line, column] = lineColumn(range);
    return ordered_json{{"file", range.file->name},
                        {"line", line},
                        {"column", column},
                        {"message", message}};
  };
  ordered_json errors = ordered_json::array();
  for (const Diagnostic *diagnostic : sorted()) {
    ordered_json error = placed(diagnostic->range, diagnostic->message);
    error["notes"] = ordered_json::array();
    error["hint"] = nullptr;
    for (const Note &note : diagnostic->notes) {
      if (note.isHint)
        error["hint"] = note.message;
      else
        error["notes"].push_back(placed(note.range, note.message));
    }
    errors.push_back(error);
  }
  ordered_json document;
  document["errors"] = errors;
  // File names and texts may hold bytes that are no UTF-8.
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace);
}

} // namespace netc::dsl
