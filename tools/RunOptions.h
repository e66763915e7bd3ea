// The options of a run, the same in `netc` and `netx`, declared here alone.
#pragma once

#include "runtime/executor/Executable.h"
#include "runtime/train/Prediction.h"
#include "runtime/train/Run.h"
#include "tools/Help.h"

#include <functional>
#include <string_view>

namespace CLI {
class App;
class ParseError;
} // namespace CLI

namespace netc::tools {

/// A run that a signal ended has 128 and the signal's number: 130 after Ctrl-C.
enum ExitStatus {
  Success = 0,
  UserError = 1,
  WrongUsage = 2,
  ExpectationMissed = 3,
  Signalled = 128
};

/// For options that take integers: makes of digits the decimal number that they
/// are; what is wrong with them.
std::string toDecimal(std::string &text);

/// As many threads may gather batches ahead.
inline constexpr int mostWorkers = 256;

struct RunOptions {
  // Of these at most one is given: the names of data sets, or paths.
  std::string trainSet, evaluateSet;
  std::vector<std::string> images;
  std::string dataDirectory; // --data
  runtime::train::TrainRequest request;
  int64_t top = 5; // classes told of a picture
  bool json = false;
  bool skipsBroken = false;
  bool keepsOrientation = false; // --no-orient
  bool quiet = false;

  /// Adds the options to a command; what contradicts is an error of CLI11.
  void declare(CLI::App &app);

  /// Throws a CLI::ParseError for options that only a run reads where none is
  /// asked for: nothing given is ignored in silence. --data is read where a
  /// data set is named otherwise.
  void requireAction(const CLI::App &app, bool readsData = false) const;

  bool requested() const {
    return training() || !evaluateSet.empty() || predicting();
  }
  bool training() const { return !trainSet.empty(); }
  bool predicting() const { return !images.empty(); }

  /// The headers of a data set: what a network is compiled for. Pictures of a
  /// folder are to become `pictures`; `shape` and `labels` are what the network
  /// takes. Tells the set's notes. Throws Error.
  runtime::data::DatasetInfo
  inspectDataset(const std::string &name,
                 const runtime::data::PictureFormat &pictures,
                 const std::vector<int64_t> &shape,
                 const runtime::data::LabelFormat &labels) const;
  /// The data set that is trained or evaluated on; empty where pictures are
  /// predicted. \pre requested()
  const std::string &dataset() const {
    return training() ? trainSet : evaluateSet;
  }
};

/// How the options of a run are told in a command's help.
std::vector<HelpGroup> helpGroupsOfRuns();

/// Says what was wrong with a command line, or the help that it asked for;
/// returns the exit status.
int reportUsage(const CLI::App &app, const CLI::ParseError &error);

/// Trains, evaluates or predicts as asked and returns the exit status. The data
/// set is inspected unless it has been. Throws Error. \pre options.requested()
int runExecutable(runtime::Executable executable, const RunOptions &options,
                  std::optional<runtime::data::DatasetInfo> dataset = {});

/// Says an error on standard error as a program's: what controls a terminal is
/// escaped.
void sayError(std::string_view program, std::string_view what);

/// The exit status of `run`: what it returns, or UserError after an exception,
/// which is said on standard error as the program's, or after results that
/// standard output did not take; ExpectationMissed after a Missed. Words of
/// another exception than an Error are not shown: it is a fault of ours.
int runProgram(std::string_view program, const std::function<int()> &run);

} // namespace netc::tools
