// Gathers the tables' names.
#include "dsl/Vocabulary.h"

#include "dsl/Layers.h"
#include "dsl/Lexer.h"

#include <algorithm>

namespace netc::dsl {

static void addKeyword(Vocabulary &words, TokenKind kind,
                       std::string_view spelling) {
  switch (kind) {
  case TokenKind::If:
  case TokenKind::Else:
  case TokenKind::Repeat:
  case TokenKind::For:
  case TokenKind::In:
    words.control.push_back(spelling);
    break;
  case TokenKind::And:
  case TokenKind::Or:
  case TokenKind::Not:
    words.operators.push_back(spelling);
    break;
  case TokenKind::True:
  case TokenKind::False:
    words.values.push_back(spelling);
    break;
  default:
    words.declarations.push_back(spelling);
  }
}

Vocabulary vocabulary() {
  Vocabulary words;
#define KEYWORD(kind, spelling) addKeyword(words, TokenKind::kind, spelling);
#include "dsl/Tokens.def"

  auto add = [](std::vector<std::string_view> &list, const auto &names) {
    list.insert(list.end(), names.begin(), names.end());
  };
  auto addSignature = [&](std::vector<std::string_view> &list,
                          const Signature &signature) {
    list.push_back(signature.name);
    for (const ArgumentSpec &argument : signature.arguments)
      words.arguments.push_back(argument.name);
  };
  for (const LayerKind &kind : layerKinds())
    addSignature(words.layers, kind.signature);
  for (const Signature *signature : transformSignatures())
    addSignature(words.transforms, *signature);
  for (const Signature &signature : trainSignatures())
    addSignature(words.training, signature);
  for (const ArgumentSpec &scale : scaleArguments())
    words.arguments.push_back(scale.name);
  add(words.combinators, combinatorNames());
  add(words.keys, trainKeyNames());
  add(words.values, valueNames());
  add(words.members, memberNames());

  for (auto *list :
       {&words.declarations, &words.control, &words.operators,
        &words.combinators, &words.layers, &words.transforms, &words.training,
        &words.keys, &words.arguments, &words.values, &words.members}) {
    std::ranges::sort(*list);
    list->erase(std::ranges::unique(*list).begin(), list->end());
  }
  return words;
}

} // namespace netc::dsl
