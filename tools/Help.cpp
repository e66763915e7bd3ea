// Reads the declared options, and writes the help for a terminal.
#include "tools/Help.h"

#include "tools/Completion.h"
#include "tools/ManPage.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cassert>
#include <fmt/format.h>
#include <iostream>
#include <set>

namespace netc::tools {

namespace {

constexpr size_t screenWidth = 80, descriptionColumn = 28;

/// The words of a list that commas part, without what explains them.
std::vector<std::string> listedWords(std::string_view list) {
  std::vector<std::string> words;
  while (!list.empty()) {
    size_t end = std::min(list.find(','), list.size());
    std::string_view word = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    word.remove_prefix(std::min(word.find_first_not_of(' '), word.size()));
    word = word.substr(0, word.find_first_of(" ;("));
    if (!word.empty())
      words.emplace_back(word);
  }
  return words;
}

/// `{ast,net}` of CLI11's IsMember; of data sets those that `--train` lists, a
/// colon open for what stands behind it: `folder:PATH`.
std::vector<std::string> wordsOf(const CLI::App &app, const std::string &type) {
  if (size_t open = type.find('{'); open != type.npos)
    return listedWords(
        std::string_view(type).substr(open + 1, type.find('}') - open - 1));
  const CLI::Option *train = app.get_option_no_throw("--train");
  if (type != "DATASET" || !train)
    return {};
  std::string list = train->get_description();
  size_t colon = list.find(": ");
  if (colon == list.npos)
    return {};
  std::vector<std::string> words = listedWords(list.substr(colon + 2));
  for (std::string &word : words)
    word.resize(std::min(word.find(':'), word.size() - 1) + 1);
  return words;
}

OptionText textOf(const CLI::App &app, const CLI::Option &option,
                  const HelpPage &page) {
  OptionText text;
  text.longName = "--" + option.get_lnames().front();
  if (!option.get_snames().empty())
    text.shortName = "-" + option.get_snames().front();
  text.description = option.get_description();
  if (option.get_type_size() != 0 && option.get_expected_max() > 0) {
    std::string type = option.get_type_name();
    text.value = type.substr(0, type.find(':'));
    text.words = wordsOf(app, type);
    text.standard = option.get_default_str();
    text.takesSeveral =
        option.get_expected_max() == CLI::detail::expected_max_vector_size &&
        option.get_allow_extra_args();
  }
  for (const ValueWords &values : page.values)
    if (values.option == text.longName)
      text.words = values.words;
  for (const CLI::Option *other : option.get_needs())
    text.needs.push_back("--" + other->get_lnames().front());
  std::ranges::sort(text.needs);
  return text;
}

/// Words from a column on, wrapped at the screen's edge; ends its line.
std::string wrapped(std::string_view words, size_t column) {
  std::string text, line;
  while (!words.empty()) {
    size_t size = std::min(words.find(' '), words.size());
    if (!line.empty() && column + line.size() + 1 + size > screenWidth) {
      text += line + '\n' + std::string(column, ' ');
      line.clear();
    }
    line += (line.empty() ? "" : " ") + std::string(words.substr(0, size));
    words.remove_prefix(std::min(size + 1, words.size()));
  }
  return text + line + '\n';
}

std::string optionLines(const OptionText &option, bool isWhole) {
  std::string name = "  ";
  if (!option.shortName.empty())
    name += option.shortName + ",";
  name += option.longName;
  if (!option.value.empty())
    name += " " + option.value + (option.takesSeveral ? " ..." : "");
  std::string description = option.description;
  if (isWhole && !option.standard.empty())
    description += fmt::format(" [{}]", option.standard);
  if (isWhole && !option.needs.empty())
    description += fmt::format("; with {}", fmt::join(option.needs, ", "));
  if (name.size() + 1 >= descriptionColumn)
    name += '\n' + std::string(descriptionColumn, ' ');
  else
    name.resize(descriptionColumn, ' ');
  return name + wrapped(description, descriptionColumn);
}

std::string helpText(const CLI::App &app, const HelpPage &page, bool isWhole) {
  std::string text = wrapped(app.get_description(), 0);
  const CLI::Option *file = app.get_option("FILE");
  text += fmt::format("Usage: {} [OPTIONS] {}\n", app.get_name(),
                      file->get_required() ? "FILE" : "[FILE]");
  text += "\nExamples:\n";
  for (const HelpExample &example : page.examples)
    text += fmt::format("  {}\n      {}\n", example.command, example.purpose);
  for (const OptionTexts &group : optionTexts(app, page)) {
    if (group.frequent.empty() && !isWhole)
      continue;
    text += fmt::format("\n{}:\n", group.title);
    for (const OptionText &option : group.frequent)
      text += optionLines(option, isWhole);
    if (isWhole)
      for (const OptionText &option : group.rest)
        text += optionLines(option, isWhole);
  }
  if (!isWhole)
    text += fmt::format("\n`{0} --help-all` tells of every option, as does "
                        "`man {0}`.\n",
                        app.get_name());
  return text + "\n" + app.get_footer() + "\n";
}

class HelpFormatter : public CLI::FormatterBase {
public:
  explicit HelpFormatter(HelpPage page) : page(std::move(page)) {}

  std::string make_help(const CLI::App *app, std::string,
                        CLI::AppFormatMode mode) const override {
    return helpText(*app, page, mode == CLI::AppFormatMode::All);
  }

private:
  HelpPage page;
};

} // namespace

std::vector<OptionTexts> optionTexts(const CLI::App &app,
                                     const HelpPage &page) {
  std::vector<OptionTexts> groups;
  std::set<std::string> placed;
  auto find = [&](const std::vector<std::string> &names) {
    std::vector<OptionText> found;
    for (const std::string &name : names) {
      const CLI::Option *option = app.get_option_no_throw(name);
      if (!option || option->get_group().empty())
        continue;
      [[maybe_unused]] bool isNew = placed.insert(name).second;
      assert(isNew && "an option is in one group");
      found.push_back(textOf(app, *option, page));
    }
    return found;
  };
  for (const HelpGroup &group : page.groups) {
    OptionTexts texts{group.title, find(group.frequent), find(group.rest)};
    if (!texts.frequent.empty() || !texts.rest.empty())
      groups.push_back(std::move(texts));
  }
  OptionTexts others{"Other options", {}, {}};
  for (const CLI::Option *option : app.get_options())
    if (option->nonpositional() && !option->get_group().empty() &&
        !placed.contains("--" + option->get_lnames().front()))
      others.rest.push_back(textOf(app, *option, page));
  if (!others.rest.empty())
    groups.push_back(std::move(others));
  return groups;
}

void declareHelpPage(CLI::App &app, HelpPage page) {
  app.set_help_flag("-h,--help", "the options that are used most");
  app.set_help_all_flag("--help-all", "all options");
  // What a build installs, printed by the program whose options they are.
  app.add_option_function<std::string>(
         "--generate",
         [&app, page](const std::string &what) {
           std::cout << (what == "man" ? manPage(app, page)
                                       : completion(what, app, page))
                     << std::flush;
           throw CLI::Success();
         })
      ->check(CLI::IsMember({"bash", "zsh", "fish", "man"}))
      ->trigger_on_parse()
      ->group("");
  app.formatter(std::make_shared<HelpFormatter>(std::move(page)));
}

} // namespace netc::tools
