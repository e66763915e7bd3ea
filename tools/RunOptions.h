// The options of a run, the same in `netc` and `netx`, declared here alone.
#pragma once

#include "runtime/Executable.h"
#include "runtime/train/Run.h"

namespace CLI {
class App;
}

namespace netc::tools {

enum ExitStatus { Success = 0, UserError = 1, WrongUsage = 2, Stopped = 130 };

struct RunOptions {
  std::string trainSet, evaluateSet; // names; at most one is given
  std::string dataDirectory;         // --data
  runtime::train::TrainRequest request;
  bool quiet = false;

  /// Adds the options to a command; what contradicts is an error of CLI11.
  void declare(CLI::App &app);

  /// Throws a CLI::ParseError for options that only a run reads where none is
  /// asked for: nothing given is ignored in silence.
  void requireAction(const CLI::App &app) const;

  bool requested() const { return !trainSet.empty() || !evaluateSet.empty(); }
  bool training() const { return !trainSet.empty(); }

  /// The headers of the data set that is trained or evaluated on: what a
  /// network is compiled for. Throws Error. \pre requested()
  runtime::data::DatasetInfo inspectDataset() const;
};

/// Trains or evaluates as asked and returns the exit status. Throws Error.
/// \pre options.requested()
int runExecutable(runtime::Executable executable, const RunOptions &options);

} // namespace netc::tools
