// The command line of netc, declared here alone; runs have RunOptions.
#pragma once

#include "tools/RunOptions.h"

#include <map>

namespace netc::tools {

/// What the command line asks of the compiler.
struct Options {
  std::vector<std::string> files;
  std::string file; // the first one
  bool check = false;
  bool format = false, checkFormat = false, toStandardOutput = false;
  bool diff = false;
  std::string explain; // a layer's name
  std::string emit, output, forDataset, target = "cpu";
  std::string precision; // of a GPU; empty: tf32
  int64_t batch = 0;     // 0: the network's
  int threads = 0;       // 0: the processors at hand
  std::vector<std::string> settings, silenced;
  RunOptions run;

  /// Errors of the text go to the object that --check prints.
  bool checksToJson() const { return run.json && !run.requested(); }
  bool onGpu() const { return target.starts_with("cuda"); }
  void declare(CLI::App &app);
  /// Throws a CLI::ParseError for files or options that nobody reads.
  void requireAction(const CLI::App &app);
  /// Throws one for what belongs to another target, too.
  void requireTarget() const;
  /// The values of --set by their names. Throws one for what is no setting.
  std::map<std::string, std::string> parsedSettings() const;

private:
  void declareCompilation(CLI::App &app);
  void declareTextActions(CLI::App &app);
  void declareHelp(CLI::App &app);
  void excludeFromTextActions(CLI::App &app);
};

} // namespace netc::tools
