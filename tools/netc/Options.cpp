// Declares the options and what excludes what.
#include "tools/netc/Options.h"

#include "dsl/Diagnostics.h"
#include "dsl/Reference.h"
#include "tools/Help.h"
#include "tools/netc/HelpLayer.h"

#include <CLI/CLI.hpp>

#include <cstring>

namespace netc::tools {

static std::string notEmpty(const std::string &text) {
  return text.empty() ? "is empty" : "";
}

static std::string checkTarget(const std::string &target) {
  for (const char *known : {"cpu", "cpu:avx2", "cpu:avx512"})
    if (target == known)
      return {};
  if (target == "cuda" ||
      (target.starts_with("cuda:") && target.size() > std::strlen("cuda:")))
    return {};
  return target + " not in {cpu,cpu:avx2,cpu:avx512,cuda,cuda:DEVICE}";
}

/// What is said of texts without running them.
void Options::declareTextActions(CLI::App &app) {
  app.add_flag("--format", format, "rewrite texts in their proper form");
  app.add_flag("--check-format", checkFormat,
               "name the texts that --format would change; status 1 if any");
  app.add_flag("--diff", diff,
               "what changed between two texts; status 0 if nothing did, 1 if "
               "something did, 2 if one is wrong");
  app.add_option("--explain", explain,
                 "a layer's arithmetic, cost and launches, and why they are so")
      ->type_name("LAYER");
  app.add_flag("--stdout", toStandardOutput, "--format to the standard output")
      ->needs("--format");
}

void Options::excludeFromTextActions(CLI::App &app) {
  std::vector<CLI::Option *> actions;
  for (const char *name : {"--format", "--check-format", "--diff", "--explain"})
    actions.push_back(app.get_option(name));
  for (size_t i = 0; i < actions.size(); ++i) {
    for (size_t j = i + 1; j < actions.size(); ++j)
      actions[i]->excludes(actions[j]);
    for (const char *name : {"--check", "--emit", "--output", "--train",
                             "--evaluate", "--predict", "--json"})
      actions[i]->excludes(app.get_option(name));
  }
  for (CLI::Option *action : {actions[0], actions[1]})
    for (const char *name : {"--for", "--target", "--batch", "--threads",
                             "--set", "--no-lint", "--precision"})
      action->excludes(app.get_option(name));
  for (const char *name : {"--for", "--no-lint"})
    app.get_option("--diff")->excludes(app.get_option(name));
}

void Options::requireAction(const CLI::App &app) {
  file = files.front();
  if (diff && files.size() == 1)
    throw CLI::RequiresError("--diff", "two files");
  size_t most = format || checkFormat ? files.size() : diff ? 2 : 1;
  if (files.size() > most)
    throw CLI::ExtrasError({files.begin() + ptrdiff_t(most), files.end()});
  run.requireAction(app, !forDataset.empty());
  run.request.program = file;
  if (!forDataset.empty() && (emit == "ast" || emit == "dot" || emit == "svg"))
    throw CLI::ExcludesError("--for", "--emit=" + emit);
}

void Options::declareCompilation(CLI::App &app) {
  app.add_option("--target", target,
                 "cpu, cpu:avx2, cpu:avx512, cuda (the GPU that is here), or "
                 "cuda:DEVICE (h100, ... or a description, FILE.json)")
      ->type_name("TARGET")
      ->check(checkTarget)
      ->capture_default_str();
  app.add_option("--precision", precision,
                 "of products on a GPU: tf32 (default), f32, or bf16, with "
                 "weights of f32")
      ->type_name("TYPE")
      ->check(CLI::IsMember({"tf32", "f32", "bf16"}));
  app.add_option("--batch", batch, "examples in a step")
      ->type_name("N")
      ->check(CLI::Range(int64_t(1), int64_t(1) << 24))
      ->transform(CLI::Validator(toDecimal, ""));
  app.add_option("--threads", threads,
                 "threads of a step, part of the executable")
      ->type_name("N")
      ->check(CLI::Range(1, 1024))
      ->transform(CLI::Validator(toDecimal, ""));
  app.add_option("--set", settings, "a parameter of the network")
      ->type_name("NAME=VALUE")
      ->take_all()
      ->allow_extra_args(false);
  auto isLint = [](const std::string &name) {
    return dsl::findLint(name) ? std::string() : "no warning is called " + name;
  };
  app.add_option("--no-lint", silenced, "a warning not to give")
      ->type_name("NAME")
      ->check(isLint)
      ->take_all()
      ->allow_extra_args(false);
}

void Options::declare(CLI::App &app) {
  app.set_version_flag("--version", "netc " NETC_VERSION);
  app.add_option("FILE", files, "a network's text")->required()->type_name("");
  auto *checkFlag =
      app.add_flag("--check", check,
                   "shapes, parameters, multiply-adds, memory (the default)");
  auto *emitOption =
      app.add_option("--emit", emit,
                     "print a stage: ast, net, programs, kernel, llvm, plan; "
                     "or a picture: dot, svg")
          ->type_name("STAGE")
          ->check(CLI::IsMember({"ast", "net", "programs", "kernel", "llvm",
                                 "plan", "dot", "svg"}));
  auto *outputOption =
      app.add_option("-o,--output", output, "write an executable for netx")
          ->type_name("FILE.netx")
          ->check(notEmpty)
          ->excludes(emitOption);
  app.add_option("--for", forDataset,
                 "the data set that an executable, --predict, --check, "
                 "--explain or --emit is for")
      ->type_name("DATASET")
      ->check(notEmpty);
  declareCompilation(app);
  declareTextActions(app);
  run.declare(app);
  declareHelpLayer(app);
  app.get_option("--json")
      ->description("--check or --evaluate as one JSON object, --predict as "
                    "one a line")
      ->excludes(emitOption)
      ->excludes(outputOption);
  // One action at most.
  for (const char *name : {"--train", "--evaluate", "--predict"})
    app.get_option(name)
        ->excludes(checkFlag)
        ->excludes(emitOption)
        ->excludes(outputOption);
  for (const char *name : {"--train", "--evaluate"})
    app.get_option("--for")->excludes(app.get_option(name));
  checkFlag->excludes(emitOption)->excludes(outputOption);
  excludeFromTextActions(app);
  declareHelp(app);
}

void Options::requireTarget() const {
  if (!precision.empty() && !onGpu())
    throw CLI::RequiresError("--precision", "--target=cuda");
  if (threads != 0 && onGpu())
    throw CLI::ExcludesError("--threads", "--target=" + target);
}

std::map<std::string, std::string> Options::parsedSettings() const {
  std::map<std::string, std::string> result;
  for (const std::string &setting : settings) {
    size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0)
      throw CLI::ValidationError("--set",
                                 "expected NAME=VALUE, got `" + setting + "`");
    if (!result.emplace(setting.substr(0, equals), setting.substr(equals + 1))
             .second)
      throw CLI::ValidationError("--set", "`" + setting.substr(0, equals) +
                                              "` is set twice");
  }
  return result;
}

/// The frequent ones first; the rest is for --help-all.
void Options::declareHelp(CLI::App &app) {
  HelpPage page;
  page.groups = {
      {"Look at a network",
       {"--check", "--for", "--explain", "--emit", "--diff", "--set"},
       {"--json", "--no-lint"}},
      {"Compile",
       {"--output", "--target", "--batch"},
       {"--threads", "--precision"}},
      {"Write texts", {"--format"}, {"--check-format", "--stdout"}}};
  std::vector<HelpGroup> ofRuns = helpGroupsOfRuns();
  page.groups.insert(page.groups.end(), ofRuns.begin(), ofRuns.end());
  page.groups.push_back(
      {"Help", {"--help-layer", "--help-all"}, {"--help", "--version"}});
  page.examples = {
      {"netc models/lenet.net",
       "what it is: shapes, parameters, multiply-adds, memory"},
      {"netc models/lenet.net --train fashion-mnist --save lenet.safetensors",
       "trains it and keeps the weights"}};
  std::vector<std::string> lints;
  for (std::string_view name : dsl::lintNames())
    lints.emplace_back(name);
  page.values = {{"--target",
                  {"cpu", "cpu:avx2", "cpu:avx512", "cuda", "cuda:a100",
                   "cuda:h100", "cuda:h200", "cuda:l40s", "cuda:rtx4090"}},
                 {"--no-lint", std::move(lints)},
                 {"--help-layer", dsl::referenceNames()}};
  page.seeAlso = "netx(1), dot(1)";
  declareHelpPage(app, std::move(page));
}

} // namespace netc::tools
