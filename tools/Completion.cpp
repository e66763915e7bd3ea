// Writes the scripts. What a value is follows from its declared name: a
// folder, a file, a number of which nothing can be said, or listed words.
#include "tools/Completion.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>

namespace netc::tools {

namespace {

std::vector<OptionText> allOptions(const CLI::App &app, const HelpPage &page) {
  std::vector<OptionText> all;
  for (const OptionTexts &group : optionTexts(app, page))
    for (const auto *options : {&group.frequent, &group.rest})
      all.insert(all.end(), options->begin(), options->end());
  return all;
}

bool isFolder(const OptionText &option) { return option.value == "DIR"; }

bool isFile(const OptionText &option) {
  return option.words.empty() &&
         (option.value == "IN" || option.value == "OUT" ||
          option.value == "IMAGE" || option.value.starts_with("FILE"));
}

/// Its words may go on with a path: `folder:`.
bool endsInPath(const OptionText &option) {
  return std::ranges::any_of(option.words, [](const std::string &word) {
    return word.ends_with(':');
  });
}

/// In single quotes, for all three shells.
std::string quoted(std::string_view text, std::string_view ofQuote) {
  std::string result = "'";
  for (char c : text) {
    if (c == '\'')
      result += ofQuote;
    else
      result += c;
  }
  return result + "'";
}

std::string joinedNames(const std::vector<OptionText> &options) {
  std::string names;
  for (const OptionText &option : options)
    names += (names.empty() ? "" : " ") + option.longName;
  return names;
}

//===----------------------------------------------------------------------===//
// bash
//===----------------------------------------------------------------------===//

std::string bashCase(const OptionText &option) {
  std::string names = option.longName;
  if (!option.shortName.empty())
    names += "|" + option.shortName;
  std::string what = isFolder(option)       ? "kind=folder"
                     : isFile(option)       ? "kind=file"
                     : option.words.empty() ? "kind=other"
                     : endsInPath(option)   ? "kind=path words="
                                            : "kind=word words=";
  if (what.ends_with("words="))
    what += quoted(fmt::format("{}", fmt::join(option.words, " ")), "'\\''");
  return fmt::format("    {}) {} ;;\n", names, what);
}

/// The word is taken from the line, since bash parts it at `:` and `=`; replies
/// then lack what stands before these.
std::string bashScript(const std::string &program,
                       const std::vector<OptionText> &options) {
  std::string cases;
  for (const OptionText &option : options)
    if (!option.value.empty())
      cases += bashCase(option);
  std::string text = R"(# Completion of @ for bash, made from its options.
_@() {
  local line=${COMP_LINE:0:COMP_POINT}
  local word=${line##*[[:space:]]}
  local before=${line%"$word"}
  before=${before%"${before##*[![:space:]]}"}
  local option=${before##*[[:space:]]} value=$word kind=option words= cut=
  if [[ $word == --*=* ]]; then
    option=${word%%=*} value=${word#*=}
    [[ $COMP_WORDBREAKS == *=* ]] || cut=$option=
  fi
  case $option in
#CASES#  esac
  [[ $kind == option && $word != -* ]] && kind=file
  local prefix=
  if [[ $kind == path && $value == *:* ]]; then
    kind=file prefix=${value%%:*}: value=${value#*:}
  elif [[ $value == *:* ]]; then
    prefix=${value%"${value##*:}"}
  fi
  [[ $COMP_WORDBREAKS == *:* ]] || cut+=$prefix
  COMPREPLY=()
  local reply
  case $kind in
    option) words='#NAMES#' ;;&
    option|word|path)
      for reply in $(compgen -W "$words" -- "$value"); do
        [[ $COMP_WORDBREAKS == *:* ]] && reply=${reply#"$prefix"}
        COMPREPLY+=("${cut%"$prefix"}$reply")
      done
      [[ ${COMPREPLY[0]} == *: ]] && compopt -o nospace 2>/dev/null
      ;;
    file|folder)
      local action=-f
      [[ $kind == folder ]] && action=-d
      while IFS= read -r reply; do
        COMPREPLY+=("$cut$reply")
      done < <(compgen $action -- "$value")
      compopt -o filenames 2>/dev/null
      ;;
  esac
}
complete -F _@ @
)";
  auto replace = [&](std::string_view what, std::string_view by) {
    for (size_t at = 0; (at = text.find(what, at)) != text.npos;
         at += by.size())
      text.replace(at, what.size(), by);
  };
  replace("_@()", "_" + program + "()");
  replace("complete -F _@ @", "complete -F _" + program + " " + program);
  replace("of @ for", "of " + program + " for");
  replace("#CASES#", cases);
  replace("#NAMES#", joinedNames(options));
  return text;
}

//===----------------------------------------------------------------------===//
// zsh
//===----------------------------------------------------------------------===//

/// In a specification of _arguments: `[`, `]`, `:` and `\` stand for themselves
/// behind a backslash.
std::string forArguments(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\')
      result += '\\';
    result += c;
  }
  return result;
}

std::string zshAction(const OptionText &option) {
  if (isFolder(option))
    return "_files -/";
  if (isFile(option))
    return "_files";
  if (option.words.empty())
    return " ";
  std::string words;
  for (const std::string &word : option.words)
    words += (words.empty() ? "" : " ") + forArguments(word);
  return "(" + words + ")";
}

std::string zshScript(const std::string &program,
                      const std::vector<OptionText> &options) {
  std::string text =
      fmt::format("#compdef {0}\n# Completion of {0} for zsh, made from its "
                  "options.\n_arguments -S \\\n",
                  program);
  for (const OptionText &option : options)
    for (const std::string &name : {option.longName, option.shortName}) {
      if (name.empty())
        continue;
      std::string spec = option.takesSeveral ? "*" : "";
      spec += name;
      if (!option.value.empty() && name.starts_with("--"))
        spec += '=';
      spec += "[" + forArguments(option.description) + "]";
      if (!option.value.empty())
        spec += ":" + forArguments(option.value) + ":" + zshAction(option);
      text += "  " + quoted(spec, "'\\''") + " \\\n";
    }
  return text + "  '*:file:_files'\n";
}

//===----------------------------------------------------------------------===//
// fish
//===----------------------------------------------------------------------===//

std::string fishScript(const std::string &program,
                       const std::vector<OptionText> &options) {
  std::string text = fmt::format(
      "# Completion of {} for fish, made from its options.\n", program);
  for (const OptionText &option : options) {
    text +=
        fmt::format("complete -c {} -l {}", program, option.longName.substr(2));
    if (!option.shortName.empty())
      text += fmt::format(" -s {}", option.shortName.substr(1));
    if (isFolder(option))
      text += " -x -a '(__fish_complete_directories)'";
    else if (isFile(option) || endsInPath(option))
      text += " -r";
    else if (!option.value.empty())
      text += " -x";
    if (!option.words.empty())
      text += fmt::format(
          " -a {}",
          quoted(fmt::format("{}", fmt::join(option.words, " ")), "\\'"));
    text += fmt::format(" -d {}\n", quoted(option.description, "\\'"));
  }
  return text;
}

} // namespace

std::string completion(const std::string &shell, const CLI::App &app,
                       const HelpPage &page) {
  std::vector<OptionText> options = allOptions(app, page);
  if (shell == "bash")
    return bashScript(app.get_name(), options);
  return shell == "zsh" ? zshScript(app.get_name(), options)
                        : fishScript(app.get_name(), options);
}

} // namespace netc::tools
