// The grammar of dsl/README.md, read backwards.
#include "RandomText.h"

#include <cctype>

namespace netc::dsl {

static bool isWordCharacter(char c) { return std::isalnum(c) || c == '_'; }

/// Whether two tokens without a space between them could be read as others.
static bool run(std::string_view a, std::string_view b) {
  constexpr std::string_view sticky = "<>=!-.";
  char last = a.back(), first = b.front();
  return (isWordCharacter(last) && isWordCharacter(first)) ||
         (sticky.find(last) != sticky.npos &&
          sticky.find(first) != sticky.npos) ||
         (std::isdigit(last) && first == '.') ||
         (last == '.' && std::isdigit(first));
}

std::string RandomText::gap(bool isNeeded) {
  switch (below(14)) {
  case 0:
    return "\n";
  case 1:
    return " \t\r\n \n\n";
  case 2:
    return chance(50) ? "# a (comment, { \"of\n" : " \n  #\n\n# own line  \n";
  case 3:
  case 4:
  case 5:
    return "   ";
  default:
    return isNeeded ? " " : "";
  }
}

std::string RandomText::respaced(const std::vector<std::string> &list) {
  std::string text = chance(30) ? "# first\n\n" : "";
  for (size_t i = 0; i < list.size(); ++i) {
    if (i > 0)
      text += gap(run(list[i - 1], list[i]));
    text += list[i];
  }
  return text + (chance(50) ? "" : " # last");
}

std::string RandomText::name() {
  static constexpr const char *names[] = {
      "a",    "Conv2D", "kernel", "x1",     "e5",
      "ReLU", "_",      "on",     "epochs", "aLongNameOfThirtyCharactersOrSo"};
  return names[below(std::size(names))];
}

void RandomText::primary(int depth) {
  static constexpr const char *literals[] = {
      "0", "12", "0.5", "1e-4", "2.5E+3", "3x5", "1x28x28", "true", "false"};
  switch (depth > 0 ? below(7) : below(3)) {
  case 0:
    add(literals[below(std::size(literals))]);
    break;
  case 1:
    add(chance(20) ? "\"# no comment {\"" : name());
    break;
  case 2:
    add(name());
    break;
  case 3:
    add("(");
    expression(depth - 1);
    add(")");
    break;
  case 4:
    add("[");
    for (size_t count = below(5); count > 0; --count) {
      expression(depth - 1);
      if (count > 1)
        add(",");
    }
    add("]");
    break;
  case 5:
    primary(depth - 1);
    if (chance(50)) {
      add(".");
      add(name());
    } else {
      add("[");
      expression(depth - 1);
      add("]");
    }
    break;
  default:
    add(name());
    arguments(depth - 1);
  }
}

void RandomText::expression(int depth) {
  static constexpr const char *operators[] = {"+",  "-",   "*",  "/", "%",
                                              "or", "and", "==", "<", ">="};
  if (depth <= 0 || chance(40))
    return primary(depth);
  if (chance(20)) {
    add(chance(60) ? "-" : "not");
    // `not` binds loosely, so it takes the rest; within others it needs ().
    if (tokens.back() == "not") {
      tokens.back() = "(";
      add("not");
      expression(depth - 1);
      return add(")");
    }
    return primary(depth - 1);
  }
  primary(depth - 1);
  std::string op = operators[below(std::size(operators))];
  add(op);
  bool compares = op == "==" || op == "<" || op == ">=";
  if (compares) // comparisons do not chain
    primary(depth - 1);
  else if (chance(50))
    primary(depth - 1);
  else {
    add("(");
    expression(depth - 1);
    add(")");
  }
}

void RandomText::arguments(int depth) {
  add("(");
  size_t count = below(chance(10) ? 9 : 4), named = below(count + 1);
  for (size_t i = 0; i < count; ++i) {
    if (i >= named) {
      add(name());
      add("=");
    }
    expression(depth);
    if (i + 1 < count || chance(10))
      add(",");
  }
  add(")");
}

void RandomText::condition(int depth) {
  add("if");
  expression(2);
  block(depth);
  if (chance(50))
    return;
  add("else");
  chance(40) ? condition(depth) : block(depth);
}

void RandomText::loop(int depth) {
  if (chance(50)) {
    add("repeat");
    expression(2);
    return block(depth);
  }
  add("for");
  if (chance(50)) {
    add(name());
  } else {
    add("[");
    add(name());
    add(",");
    add(name());
    add("]");
  }
  add("in");
  expression(3);
  if (chance(40)) {
    add("..");
    expression(1);
  }
  block(depth);
}

void RandomText::block(int depth) {
  add("{");
  for (size_t count = below(5); count > 0; --count)
    item(depth);
  add("}");
}

void RandomText::call(int depth) {
  add(name());
  if (chance(60))
    arguments(2);
  if (depth > 0 && chance(40))
    block(depth - 1);
}

void RandomText::item(int depth) {
  if (depth > 0 && chance(10))
    return condition(depth - 1);
  if (depth > 0 && chance(10))
    return loop(depth - 1);
  if (chance(20)) {
    add(name());
    add(":");
  }
  call(depth);
}

void RandomText::parameters() {
  for (size_t count = below(4); count > 0; --count) {
    add(name());
    if (chance(60)) {
      add("=");
      expression(2);
    }
    if (count > 1)
      add(",");
  }
}

void RandomText::network() {
  for (const char *token : {"network", "N", "(", "image", ":"})
    add(token);
  expression(2);
  if (chance(50)) {
    add(",");
    parameters();
  }
  add(")");
  add("->");
  expression(1);
  add("=");
  call(4);
}

void RandomText::layer() {
  add("layer");
  add(name());
  if (chance(60)) {
    add("(");
    parameters();
    add(")");
  }
  add("=");
  call(4);
}

void RandomText::data() {
  add("data");
  add("{");
  for (size_t count = below(5); count > 0; --count) {
    bool hasPhase = chance(20);
    if (hasPhase) {
      add(chance(50) ? "train" : "test");
      add("{");
    }
    add(name());
    if (chance(50))
      arguments(2);
    if (hasPhase)
      add("}");
  }
  add("}");
}

void RandomText::train() {
  add("train");
  add("{");
  for (size_t count = below(6); count > 0; --count) {
    add(name());
    add("=");
    expression(3);
  }
  add("}");
}

std::string RandomText::file() {
  tokens.clear();
  for (size_t count = 1 + below(4); count > 0; --count) {
    switch (below(6)) {
    case 0:
      data();
      break;
    case 1:
      train();
      break;
    case 2:
      layer();
      break;
    case 3:
      add("import");
      add("\"other file.net\"");
      break;
    case 4:
      for (const char *token : {"expect", "test_accuracy", ">="})
        add(token);
      expression(1);
      if (chance(70)) {
        add("on");
        add("\"fashion-mnist\"");
      }
      if (chance(50))
        for (const char *token : {"after", "5", "epochs"})
          add(token);
      break;
    default:
      network();
    }
  }
  return respaced(tokens);
}

} // namespace netc::dsl
