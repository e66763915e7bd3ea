// Looks the entries up in the reference's text.
#include "dsl/Reference.h"

#include "dsl/Characters.h"
#include "dsl/Names.h"

#include <algorithm>
#include <span>

/// dsl/README.md, embedded when the program is built.
extern const std::string_view netcLanguageReference;

namespace netc::dsl {

namespace {
struct Entry {
  std::vector<std::string> names;
  std::vector<std::string_view> lines;
};
} // namespace

/// The names that stand outside brackets: `ReLU(max), Sigmoid` has two.
static std::vector<std::string> namesOf(std::string_view heading) {
  std::vector<std::string> names;
  std::string name;
  int depth = 0;
  for (char c : heading) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (depth == 0 && (isLetter(c) || isDigit(c))) {
      name += c;
    } else if (!name.empty()) {
      names.push_back(std::move(name));
      name.clear();
    }
  }
  if (!name.empty())
    names.push_back(std::move(name));
  return names;
}

static bool isCapital(std::string_view name) {
  return !name.empty() && name[0] >= 'A' && name[0] <= 'Z';
}

/// Splits the heading of a chapter about several layers, as `Sequential, Sum`.
static std::vector<std::string> namesOfChapter(std::string_view heading) {
  std::vector<std::string> names = namesOf(heading);
  bool isList = heading.find(", ") != heading.npos &&
                std::ranges::all_of(names, isCapital);
  return isList ? names : std::vector<std::string>();
}

/// An item's name: what its first code begins with, if it is a capital letter.
static std::vector<std::string> namesOfItem(std::string_view item) {
  std::string_view code = item.substr(item.find('`') + 1);
  code = code.substr(0, std::min(code.find('('), code.find('`')));
  bool isName = !code.empty() && code[0] >= 'A' && code[0] <= 'Z' &&
                std::ranges::all_of(
                    code, [](char c) { return isLetter(c) || isDigit(c); });
  return isName ? std::vector{std::string(code)} : std::vector<std::string>();
}

static std::vector<Entry> readEntries() {
  std::vector<Entry> entries;
  bool isOpen = false, isItem = false, isExample = false;
  std::string_view rest = netcLanguageReference;
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    isExample ^= line.starts_with("```");
    bool isHeading = line.starts_with("#") && !isExample;
    if (isHeading || (isItem && (line.empty() || line.starts_with("- "))))
      isOpen = false;
    if (line.starts_with("### ")) {
      entries.push_back({namesOf(line.substr(4)), {}});
      isOpen = true;
      isItem = false;
      line.remove_prefix(4);
    } else if (std::vector<std::string> names =
                   isHeading && line.starts_with("## ")
                       ? namesOfChapter(line.substr(3))
                       : std::vector<std::string>();
               !names.empty()) {
      entries.push_back({std::move(names), {}});
      isOpen = true;
      isItem = false;
      line.remove_prefix(3);
    } else if (line.starts_with("- `") && !isOpen) {
      entries.push_back({namesOfItem(line), {}});
      isOpen = isItem = true;
      line.remove_prefix(2);
    }
    if (isOpen)
      entries.back().lines.push_back(line);
  }
  return entries;
}

std::vector<std::string> referenceNames() {
  std::vector<std::string> names;
  for (const Entry &entry : readEntries())
    names.insert(names.end(), entry.names.begin(), entry.names.end());
  return names;
}

/// Without the escapes of Markdown; examples are indented instead of fenced.
static std::string asText(const Entry &entry) {
  std::string text;
  bool isExample = false;
  for (std::string_view line : entry.lines) {
    if (line.starts_with("```")) {
      isExample = !isExample;
      continue;
    }
    if (isExample && !line.empty())
      text += "    ";
    for (size_t i = 0; i < line.size(); ++i)
      if (line[i] != '\\' || isExample || i + 1 == line.size() ||
          line[i + 1] != '*')
        text += line[i];
    text += '\n';
  }
  while (text.ends_with("\n\n"))
    text.pop_back();
  return text;
}

std::optional<std::string> referenceEntry(std::string_view name) {
  std::optional<std::string> text;
  for (const Entry &entry : readEntries()) // its own comes after its chapter's
    if (std::ranges::find(entry.names, name) != entry.names.end())
      text = asText(entry);
  return text;
}

std::string referenceHint(std::string_view name) {
  std::vector<std::string> names = referenceNames();
  std::vector<std::string_view> known(names.begin(), names.end());
  // What a layer is told of a loss is where it stands.
  for (NameContext context :
       {NameContext::Loss, NameContext::Optimizer, NameContext::Schedule,
        NameContext::Layer, NameContext::Transform})
    if (std::string hint = hintForForeign(context, name, known); !hint.empty())
      return hint;
  return hintForName(NameContext::Layer, name, known);
}

} // namespace netc::dsl
