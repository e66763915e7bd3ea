// net-syntax: the language's words as files for editors and for the fuzzer.
#include "tools/net-syntax/Editors.h"

#include <cstring>
#include <iostream>

int main(int argc, char **argv) {
  using namespace netc::tools;
  netc::dsl::Vocabulary words = netc::dsl::vocabulary();
  if (argc == 2 && !std::strcmp(argv[1], "vim"))
    std::cout << vimSyntax(words);
  else if (argc == 2 && !std::strcmp(argv[1], "textmate"))
    std::cout << textMateGrammar(words);
  else if (argc == 2 && !std::strcmp(argv[1], "dictionary"))
    std::cout << fuzzerDictionary(words);
  else {
    std::cerr << "usage: net-syntax vim|textmate|dictionary\n";
    return 2;
  }
  return std::cout.flush() ? 0 : 1;
}
