// The three forms of the words.
#include "tools/net-syntax/Editors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace netc::tools {

using Words = std::vector<std::string_view>;

static std::string joined(const Words &words, std::string_view separator) {
  return fmt::format("{}", fmt::join(words, separator));
}

// Vim.

namespace {
struct VimClass {
  const char *group, *link;
  const Words *words;
};
} // namespace

std::string vimSyntax(const dsl::Vocabulary &words) {
  std::string text =
      "\" The syntax of netc's networks. Made by net-syntax from the tables "
      "of\n"
      "\" dsl/; `cmake --build build --target update-editors` makes it again.\n"
      "if exists(\"b:current_syntax\")\n"
      "  finish\n"
      "endif\n"
      "\" Lines go on after a backslash, whatever the user's options say.\n"
      "let s:options = &cpoptions\n"
      "set cpoptions&vim\n"
      "syntax case match\n\n"
      "\" Later ones win.\n"
      "syntax match netLayer /\\<\\u\\w*/\n"
      "syntax match netLabel /\\<\\h\\w*\\ze\\s*:/\n";
  const VimClass classes[] = {
      {"netDeclaration", "Statement", &words.declarations},
      {"netControl", "Repeat", &words.control},
      {"netOperatorWord", "Operator", &words.operators},
      {"netCombinator", "Structure", &words.combinators},
      {"netKnownLayer", "Function", &words.layers},
      {"netTransform", "Function", &words.transforms},
      {"netTraining", "Function", &words.training},
      {"netValue", "Constant", &words.values},
  };
  for (const VimClass &each : classes) {
    text += fmt::format("syntax keyword {}", each.group);
    constexpr size_t width = 80;
    size_t column = 15 + std::string_view(each.group).size();
    for (std::string_view word : *each.words) {
      if (column + 1 + word.size() > width) {
        text += "\n      \\";
        column = 7;
      }
      text += fmt::format(" {}", word);
      column += 1 + word.size();
    }
    text += '\n';
  }
  text += fmt::format(
      "syntax match netArgument /\\<\\%({})\\ze\\s*=\\%([^=]\\|$\\)/\n",
      joined(words.arguments, "\\|") + "\\");
  text += fmt::format(
      "syntax match netKey /\\<\\%({})\\ze\\s\\+=\\%([^=]\\|$\\)/\n",
      joined(words.keys, "\\|") + "\\");
  text += fmt::format("syntax match netMember /\\.\\zs\\%({})\\>/\n",
                      joined(words.members, "\\|") + "\\");
  text += "syntax match netNumber "
          "/\\<\\d\\+\\%(\\.\\d\\+\\)\\=\\%([eE][-+]\\=\\d\\+\\)\\=\\>/\n"
          "syntax match netShape /\\<\\d\\+\\%(x\\d\\+\\)\\+\\>/\n"
          "syntax region netString start=/\"/ end=/\"/ oneline\n"
          "syntax match netComment /#.*/ contains=@Spell\n\n";
  for (const VimClass &each : classes)
    text +=
        fmt::format("highlight default link {} {}\n", each.group, each.link);
  text += "highlight default link netLayer Type\n"
          "highlight default link netLabel Label\n"
          "highlight default link netArgument Identifier\n"
          "highlight default link netKey Identifier\n"
          "highlight default link netMember Identifier\n"
          "highlight default link netNumber Number\n"
          "highlight default link netShape Number\n"
          "highlight default link netString String\n"
          "highlight default link netComment Comment\n\n"
          "let b:current_syntax = \"net\"\n"
          "let &cpoptions = s:options\n"
          "unlet s:options\n";
  return text;
}

// TextMate, which VS Code reads.

static nlohmann::ordered_json rule(std::string_view scope,
                                   const std::string &pattern) {
  return {{"name", fmt::format("{}.net", scope)}, {"match", pattern}};
}

static std::string anyOf(const Words &words) {
  return "\\b(?:" + joined(words, "|") + ")\\b";
}

std::string textMateGrammar(const dsl::Vocabulary &words) {
  nlohmann::ordered_json grammar;
  grammar["comment"] = "Made by net-syntax from the tables of dsl/; `cmake "
                       "--build build --target update-editors` makes it again.";
  grammar["name"] = "netc";
  grammar["scopeName"] = "source.net";
  grammar["fileTypes"] = {"net"};
  // The first one that matches wins.
  grammar["patterns"] = {
      rule("comment.line.number-sign", "#.*$"),
      rule("string.quoted.double", "\"[^\"\\n]*\""),
      rule("constant.numeric.shape", "\\b\\d+(?:x\\d+)+\\b"),
      rule("constant.numeric", "\\b\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?\\b"),
      rule("variable.parameter", anyOf(words.arguments) + "(?=\\s*=(?!=))"),
      rule("variable.other.key", anyOf(words.keys) + "(?=\\s*=(?!=))"),
      rule("variable.other.member", "(?<=\\.)" + anyOf(words.members)),
      rule("entity.name.label", "\\b[A-Za-z_]\\w*(?=\\s*:)"),
      rule("keyword.other.declaration", anyOf(words.declarations)),
      rule("keyword.control", anyOf(words.control)),
      rule("keyword.operator.word", anyOf(words.operators)),
      rule("constant.language", anyOf(words.values)),
      rule("storage.type.combinator", anyOf(words.combinators)),
      rule("support.class.layer", anyOf(words.layers)),
      rule("support.function.transform", anyOf(words.transforms)),
      rule("support.function.training", anyOf(words.training)),
      rule("entity.name.type", "\\b[A-Z]\\w*\\b"),
      rule("keyword.operator", "->|\\.\\.|[=!<>]=|[-+*/%<>=]"),
  };
  return grammar.dump(2) + "\n";
}

// libFuzzer.

std::string fuzzerDictionary(const dsl::Vocabulary &words) {
  std::string text;
  for (const Words *list :
       {&words.declarations, &words.control, &words.operators,
        &words.combinators, &words.layers, &words.transforms, &words.training,
        &words.keys, &words.arguments, &words.values, &words.members})
    for (std::string_view word : *list)
      text += fmt::format("\"{}\"\n", word);
#define PUNCTUATOR(kind, spelling) text += "\"" spelling "\"\n";
#include "dsl/Tokens.def"
  return text + "\"1x28x28\"\n\"input.\"\n\"0..4\"\n\"1e-4\"\n";
}

} // namespace netc::tools
