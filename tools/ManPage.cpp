// Writes troff: a line that begins with a dot or an apostrophe is a request,
// a backslash begins an escape.
#include "tools/ManPage.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>

namespace netc::tools {

namespace {

/// Text that troff prints as it is; `-` is what one types, not a hyphen.
std::string escaped(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == '\\')
      result += "\\e";
    else if (c == '-')
      result += "\\-";
    else
      result += c;
  }
  if (result.starts_with('.') || result.starts_with('\''))
    result.insert(0, "\\&");
  return result;
}

std::string optionEntry(const OptionText &option) {
  std::string name = fmt::format("\\fB{}\\fR", escaped(option.longName));
  if (!option.shortName.empty())
    name = fmt::format("\\fB{}\\fR, {}", escaped(option.shortName), name);
  if (!option.value.empty())
    name += fmt::format(" \\fI{}\\fR{}", escaped(option.value),
                        option.takesSeveral ? " ..." : "");
  std::string text =
      fmt::format(".TP\n{}\n{}\n", name, escaped(option.description));
  if (!option.standard.empty())
    text +=
        fmt::format("It is {} unless it is given.\n", escaped(option.standard));
  if (!option.needs.empty())
    text +=
        fmt::format("Goes with {}.\n",
                    escaped(fmt::format("{}", fmt::join(option.needs, ", "))));
  return text;
}

std::string upper(std::string text) {
  for (char &c : text)
    if (c >= 'a' && c <= 'z')
      c = static_cast<char>(c - 'a' + 'A');
  return text;
}

/// "Compiles and trains networks." as the line of NAME has it.
std::string briefly(std::string description) {
  description.resize(std::min(description.find('.'), description.size()));
  if (!description.empty() && description[0] >= 'A' && description[0] <= 'Z')
    description[0] = static_cast<char>(description[0] - 'A' + 'a');
  return description;
}

} // namespace

std::string manPage(const CLI::App &app, const HelpPage &page) {
  const std::string &name = app.get_name();
  const CLI::Option *file = app.get_option("FILE");
  std::string text = fmt::format(
      ".TH {} 1 \"\" \"{}\" \"\"\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n.B {}\n"
      "[\\fIOPTIONS\\fR] {}\n.SH DESCRIPTION\n{}\n",
      upper(name), escaped(app.version()), escaped(name),
      escaped(briefly(app.get_description())), escaped(name),
      file->get_required() ? "\\fIFILE\\fR" : "[\\fIFILE\\fR]",
      escaped(app.get_description()));
  text +=
      fmt::format(".PP\n\\fIFILE\\fR: {}.\n", escaped(file->get_description()));
  text += ".SH OPTIONS\n";
  for (const OptionTexts &group : optionTexts(app, page)) {
    text += fmt::format(".SS {}\n", escaped(group.title));
    for (const auto *options : {&group.frequent, &group.rest})
      for (const OptionText &option : *options)
        text += optionEntry(option);
  }
  text += ".SH EXAMPLES\n";
  for (const HelpExample &example : page.examples)
    text += fmt::format(".TP\n.B {}\n{}\n", escaped(example.command),
                        escaped(example.purpose));
  std::string status = app.get_footer();
  std::ranges::replace(status, '\n', ' ');
  std::string_view title = "Exit status: ";
  if (status.starts_with(title))
    status.erase(0, title.size());
  text += fmt::format(".SH EXIT STATUS\n{}\n", escaped(status));
  if (!page.seeAlso.empty()) {
    text += ".SH SEE ALSO\n";
    std::string pages = page.seeAlso;
    text += fmt::format("{}\n", escaped(pages));
  }
  return text;
}

} // namespace netc::tools
