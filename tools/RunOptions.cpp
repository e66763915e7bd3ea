// Declares the options of a run and carries it out.
#include "tools/RunOptions.h"

#include "runtime/Printable.h"
#include "runtime/Shortened.h"
#include "runtime/Thread.h"
#include "runtime/train/Interrupt.h"
#include "runtime/train/Weights.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>

namespace netc::tools {

namespace train = runtime::train;
namespace data = runtime::data;

/// CLI11 alone takes a leading zero for the mark of an octal number, and what
/// is too large for the largest number there is.
std::string toDecimal(std::string &text) {
  if (text.empty() || text.find_first_not_of("0123456789") != text.npos)
    return {};
  text.erase(0, std::min(text.find_first_not_of('0'), text.size() - 1));
  uint64_t value = 0;
  auto [end, code] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc() ? "" : "`" + text + "` is too large a number";
}

namespace {

/// "a positive number": CLI11's own lets infinity and NaN pass.
std::string checkLearningRate(const std::string &text) {
  float value = 0;
  if (CLI::detail::lexical_cast(text, value) && std::isfinite(value) &&
      value > 0)
    return {};
  return "`" + text + "` is not a positive number";
}

/// CLI11 alone takes -1 for the largest number there is.
std::string checkSeed(const std::string &text) {
  return text.starts_with('-') ? "`" + text + "` is negative" : std::string();
}

std::string checkNotEmpty(const std::string &text) {
  return text.empty() ? "is empty" : std::string();
}

train::Console standardConsole(bool quiet) {
  train::Console console{std::cout, std::cerr};
  console.quiet = quiet;
  console.terminal = isatty(STDERR_FILENO) != 0;
  struct winsize size{};
  if (console.terminal && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 &&
      size.ws_col > 0)
    console.columns = size.ws_col;
  return console;
}

} // namespace

void RunOptions::declare(CLI::App &app) {
  app.footer("Exit status: 0; 1 for an error in what was given; 2 for wrong "
             "usage; 3 where\n--verify finds a miss; 130 after Ctrl-C, 143 "
             "after SIGTERM, 129 after SIGHUP:\nthe weights are then saved.");
  constexpr int64_t most = INT64_C(1) << 31; // epochs are counted in 32 bits
  CLI::Range count(INT64_C(1), most);
  CLI::Validator decimal(toDecimal, "");
  auto *train =
      app.add_option(
             "--train", trainSet,
             "train on a data set: mnist, fashion-mnist, emnist-letters, "
             "cifar-10, cifar-100, folder:PATH, arrays:PATH, "
             "table:FILE, shards:PATTERN")
          ->type_name("DATASET")
          ->check(checkNotEmpty);
  auto *evaluate =
      app.add_option("--evaluate", evaluateSet,
                     "evaluate --weights on a data set's test examples")
          ->type_name("DATASET")
          ->check(checkNotEmpty);
  auto *weights = app.add_option("--weights", request.weights,
                                 "begin with these weights (safetensors)")
                      ->type_name("IN")
                      ->check(checkNotEmpty);
  auto *predict =
      app.add_option("--predict", images,
                     "tell the classes of pictures (PNG, JPEG, WebP, BMP, "
                     "TIFF) by --weights")
          ->type_name("IMAGE")
          ->check(checkNotEmpty);
  train->excludes(evaluate)->excludes(predict);
  evaluate->needs(weights)->excludes(predict);
  predict->needs(weights);

  app.add_option("--data", dataDirectory, "the folder that holds the data set")
      ->type_name("DIR")
      ->check(checkNotEmpty);
  app.add_flag("--skip-broken", skipsBroken,
               "leave out pictures that cannot be decoded");
  app.add_flag("--no-orient", keepsOrientation,
               "leave pictures as they are stored, not turned as their EXIF "
               "data say");
  app.add_option("--workers", request.workers,
                 "threads that gather batches ahead of the step")
      ->type_name("N")
      ->check(CLI::Range(0, mostWorkers))
      ->transform(decimal)
      ->capture_default_str();
  app.add_option("--top", top, "classes to tell of a picture")
      ->type_name("N")
      ->check(CLI::Range(INT64_C(1), INT64_C(65536)))
      ->transform(decimal)
      ->capture_default_str()
      ->needs(predict);
  app.add_flag("--json", json,
               "--evaluate as a JSON object, --predict as one a line")
      ->excludes(train);
  app.add_flag("--verify", request.verifies,
               "compare the run with what the text expects of it; status 3 if "
               "it misses something");
  app.add_flag("--quiet", quiet, "no progress");

  app.add_option("--epochs", request.epochs, "passes over the training set")
      ->type_name("N")
      ->check(count)
      ->transform(decimal)
      ->needs(train);
  app.add_option("--steps", request.steps, "end after N steps in all")
      ->type_name("N")
      ->check(count)
      ->transform(decimal)
      ->needs(train);
  app.add_option("--lr", request.learningRate, "learning rate")
      ->type_name("X")
      ->check(checkLearningRate)
      ->needs(train);
  app.add_option(
         "--seed", request.seed,
         "of the weights, the dropout, the augmentation and the order of "
         "the examples")
      ->type_name("N")
      ->check(checkSeed)
      ->transform(decimal)
      ->capture_default_str()
      ->needs(train);
  app.add_option_function<std::string>(
         "--order",
         [this](const std::string &name) {
           request.order = name == "sequential" ? data::Order::Sequential
                                                : data::Order::Shuffled;
         },
         "of the training examples: shuffled (default) or sequential")
      ->type_name("ORDER")
      ->check(CLI::IsMember({"shuffled", "sequential"}).description(""))
      ->needs(train);
  app.add_option("--save", request.save,
                 "write the weights at the end (safetensors)")
      ->type_name("OUT")
      ->check(checkNotEmpty)
      ->needs(train);
  app.add_option("--metrics", request.metrics,
                 "write each step and epoch as a line of JSON")
      ->type_name("OUT")
      ->check(checkNotEmpty)
      ->needs(train);
}

std::vector<HelpGroup> helpGroupsOfRuns() {
  return {{"Train",
           {"--train", "--save", "--weights", "--epochs", "--lr", "--seed"},
           {"--steps", "--order", "--metrics"}},
          {"Evaluate and predict", {"--evaluate", "--predict"}, {"--top"}},
          {"Any run",
           {"--data"},
           {"--verify", "--skip-broken", "--workers", "--quiet"}}};
}

int reportUsage(const CLI::App &app, const CLI::ParseError &error) {
  std::ostringstream out, errors;
  int code = app.exit(error, out, errors);
  std::cout << out.str() << std::flush;
  std::cerr << shortened(errors.str()) << std::flush;
  return code == 0 ? Success : WrongUsage;
}

void RunOptions::requireAction(const CLI::App &app, bool readsData) const {
  if (requested() && !predicting())
    return;
  auto refuse = [&](const std::string &name, const char *actions) {
    if (app.count(name) > 0)
      throw CLI::RequiresError(name, actions);
  };
  if (!readsData)
    refuse("--data", app.get_option_no_throw("--for")
                         ? "--train, --evaluate or --for"
                         : "--train or --evaluate");
  refuse("--verify", "--train or --evaluate");
  refuse("--quiet", "--train or --evaluate");
  if (predicting())
    return;
  for (const char *name : {"--weights", "--workers"})
    refuse(name, "--train, --evaluate or --predict");
  if (!readsData)
    for (const char *name : {"--skip-broken", "--no-orient"})
      refuse(name, app.get_option_no_throw("--for")
                       ? "--train, --evaluate, --predict or --for"
                       : "--train, --evaluate or --predict");
}

data::DatasetInfo RunOptions::inspectDataset(
    const std::string &name, const data::PictureFormat &pictures,
    const std::vector<int64_t> &shape, const data::LabelFormat &labels) const {
  data::PictureRequest asked{pictures, skipsBroken, shape, labels};
  asked.format.orients = !keepsOrientation;
  data::DatasetInfo info = data::inspect(
      name, data::SearchPath::fromEnvironment(dataDirectory), asked);
  if (!info.summary.empty())
    std::cerr << info.summary << std::endl;
  for (const std::string &note : info.notes)
    std::cerr << "note: " << note << std::endl;
  for (const std::string &warning : info.warnings)
    std::cerr << "warning: " << warning << std::endl;
  return info;
}

namespace {

train::Outcome predict(runtime::Executable executable,
                       const RunOptions &options,
                       const std::atomic<bool> &interrupted) {
  train::checkPredicts(train::readModel(executable));
  runtime::Executor executor(std::move(executable));
  std::unique_ptr<train::Programs> programs = train::programsOf(executor);
  train::PredictRequest request;
  request.images = options.images;
  request.weights = options.request.weights;
  request.workers = options.request.workers;
  request.top = options.top;
  request.skipsBroken = options.skipsBroken;
  request.orients = !options.keepsOrientation;
  request.json = options.json;
  train::Console console = standardConsole(options.quiet);
  return train::predictImages(*programs, request, console, interrupted);
}

train::Outcome trainOrEvaluate(runtime::Executable executable,
                               const RunOptions &options,
                               std::optional<data::DatasetInfo> inspected,
                               const std::atomic<bool> &interrupted) {
  train::Model model = train::readModel(executable);
  data::DatasetInfo dataset =
      inspected
          ? std::move(*inspected)
          : options.inspectDataset(options.dataset(),
                                   train::pictureFormat(model),
                                   model.inputShape, train::labelFormat(model));
  // Checked again by the run, but here before the arena and the library's
  // primitives are made.
  train::checkDataset(model, dataset, options.training());
  train::TrainRequest request = options.request;
  train::checkOutputs(request, train::weightsBytes(model));
  if (options.training())
    train::planVerification(model, dataset, request);
  else if (options.request.verifies)
    train::Verification(model, dataset.name);

  runtime::Executor executor(std::move(executable));
  for (const std::string &note : executor.notes())
    std::cerr << "note: " << runtime::printableLines(note) << std::endl;
  std::unique_ptr<train::Programs> programs = train::programsOf(executor);
  train::Console console = standardConsole(options.quiet);
  return options.training()
             ? train::trainNetwork(*programs, dataset, request, console,
                                   interrupted)
             : train::evaluateNetwork(*programs, dataset,
                                      {options.request.weights,
                                       options.request.workers,
                                       options.request.verifies, options.json},
                                      console, interrupted);
}

} // namespace

int runExecutable(runtime::Executable executable, const RunOptions &options,
                  std::optional<data::DatasetInfo> inspected) {
  // A reader that has gone is an error at the end, like a full disk: training
  // goes on, and is saved.
  signal(SIGPIPE, SIG_IGN);
  // From here on Ctrl-C ends the run well, also while it gets ready.
  train::Interrupt interrupt;
  train::Outcome outcome =
      options.predicting()
          ? predict(std::move(executable), options, interrupt.requested())
          : trainOrEvaluate(std::move(executable), options,
                            std::move(inspected), interrupt.requested());
  return outcome == train::Outcome::Interrupted ? Signalled + interrupt.signal()
                                                : Success;
}

/// A file opened later shall not be taken for a standard stream that is closed.
/// What is read from such a one, or written to it, fails, as if it were closed.
static void openStandardStreams() {
  for (auto [stream, mode] : {std::pair(STDIN_FILENO, O_WRONLY),
                              {STDOUT_FILENO, O_RDONLY},
                              {STDERR_FILENO, O_WRONLY}})
    if (fcntl(stream, F_GETFD) < 0)
      open("/dev/null", mode); // the least number that is free: `stream`
}

/// The command line as it was given.
static std::string commandLine() {
  constexpr size_t most = 400; // bytes
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::string line(std::istreambuf_iterator<char>(file), {});
  if (line.ends_with('\0'))
    line.pop_back();
  std::replace(line.begin(), line.end(), '\0', ' ');
  return runtime::printable(line.size() <= most ? line
                                                : line.substr(0, most) + "...");
}

void sayError(std::string_view program, std::string_view what) {
  std::cerr << program
            << ": error: " << shortened(runtime::printableLines(what))
            << std::endl;
}

/// Runs where recursion has room: a process may be given a stack of 64 kB.
static int runWithRoom(const std::function<int()> &run) {
  constexpr size_t enough = size_t{8} << 20, own = size_t{64} << 20; // bytes
  rlimit stack{};
  if (getrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur >= enough)
    return run();
  int status = UserError;
  runtime::runWithStack(own, [&] { status = run(); });
  return status;
}

int runProgram(std::string_view program, const std::function<int()> &run) {
  openStandardStreams();
  signal(SIGXFSZ, SIG_IGN); // a limit on files is an error like a full disk
  int status = UserError;
  try {
    status = runWithRoom(run);
  } catch (const std::bad_alloc &) {
    sayError(program, "not enough memory");
  } catch (const train::Missed &missed) {
    sayError(program, missed.what());
    status = ExpectationMissed;
  } catch (const Error &error) {
    sayError(program, error.what());
  } catch (...) { // none of what a user does ends here
    sayError(program,
             "internal error, please report: in `" + commandLine() + "`");
  }
  if (std::cout.flush() || status != Success)
    return status;
  sayError(program, "standard output cannot be written");
  return UserError;
}

} // namespace netc::tools
