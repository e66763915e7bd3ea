// What a program says of its own options: --help, --help-all, a manual page and
// the completion of shells, all from the options as they are declared.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace netc::tools {

/// Options of one purpose, by their long names; those that a program does not
/// have are passed over.
struct HelpGroup {
  std::string title;
  std::vector<std::string> frequent; // in --help
  std::vector<std::string> rest;     // besides, in --help-all
};

struct HelpExample {
  std::string command, purpose;
};

/// Words that an option's value can be, where its declaration does not say.
struct ValueWords {
  std::string option;
  std::vector<std::string> words;
};

struct HelpPage {
  std::vector<HelpGroup> groups;
  std::vector<HelpExample> examples;
  std::vector<ValueWords> values;
  std::string seeAlso; // other manual pages
};

/// Gives the command its --help and --help-all, and the hidden
/// `--generate=bash|zsh|fish|man`, which prints and ends the parse as --help
/// does. \pre all its options are declared; each option of the page's groups
/// that the command has is in one group only
void declareHelpPage(CLI::App &app, HelpPage page);

/// One option as it is read by those who write pages of it.
struct OptionText {
  std::string longName, shortName; // with their dashes; short may be empty
  std::string value;               // "DATASET"; empty for a flag
  std::vector<std::string> words;  // what the value can be, where that is known
  std::string description, standard; // its value if it is not given, or empty
  bool takesSeveral = false;
  std::vector<std::string> needs; // long names of others
};

/// A group with its options.
struct OptionTexts {
  std::string title;
  std::vector<OptionText> frequent, rest;
};

/// The options by the page's groups; those of none are the last group's.
/// Options without a group of CLI11's are hidden, and not among them.
std::vector<OptionTexts> optionTexts(const CLI::App &app, const HelpPage &page);

} // namespace netc::tools
