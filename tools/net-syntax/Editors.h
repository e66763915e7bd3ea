// Files for editors, made from the words of the language.
#pragma once

#include "dsl/Vocabulary.h"

namespace netc::tools {

/// editors/vim/syntax/net.vim
std::string vimSyntax(const dsl::Vocabulary &words);
/// editors/vscode/syntaxes/net.tmLanguage.json
std::string textMateGrammar(const dsl::Vocabulary &words);
/// A dictionary for libFuzzer: every word and sign, quoted, one a line.
std::string fuzzerDictionary(const dsl::Vocabulary &words);

} // namespace netc::tools
