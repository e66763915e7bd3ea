// Draws the progress bar and words the lines.
#include "runtime/train/Progress.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace netc::runtime::train {
namespace {

using namespace std::chrono_literals;
constexpr auto barInterval = 100ms;
constexpr auto lineInterval = 30s;

std::string duration(double seconds) {
  auto whole = static_cast<int64_t>(std::min(std::ceil(seconds), 359999.0));
  if (whole >= 3600)
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60,
                       whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::string epochOf(const ProgressState &state) {
  return state.epochs > 0
             ? fmt::format("epoch {}/{}", state.epoch, state.epochs)
             : fmt::format("epoch {}", state.epoch);
}

} // namespace

std::string accuracyText(std::string_view which, double accuracy) {
  return std::isnan(accuracy) ? ""
                              : fmt::format(", {} acc {:.3f}", which, accuracy);
}

std::string epochLine(const EpochResult &result) {
  std::string tested = std::isnan(result.testAccuracy)
                           ? fmt::format(", test loss {:.4f}", result.testLoss)
                           : accuracyText("test", result.testAccuracy);
  return fmt::format("epoch {}, loss {:.4f}{}{}, time {:.1f} sec", result.epoch,
                     result.loss, accuracyText("train", result.trainAccuracy),
                     tested, result.seconds);
}

std::string progressLine(const ProgressState &state) {
  return fmt::format("{}, step {}/{}, loss {:.4f}, {:.1f} images/s, ETA {}",
                     epochOf(state), state.step, state.steps, state.loss,
                     state.imagesPerSecond, duration(state.secondsLeft));
}

std::string progressBar(const ProgressState &state, int columns) {
  std::string head = epochOf(state) + " ";
  std::string tail = fmt::format(
      " {}/{}, loss {:.4f}, {:.1f} images/s, ETA {}", state.step, state.steps,
      state.loss, state.imagesPerSecond, duration(state.secondsLeft));
  size_t room = columns > 1 ? static_cast<size_t>(columns) - 1 : 0;
  size_t texts = head.size() + tail.size() + 2; // the bar's brackets
  constexpr size_t longest = 40, shortest = 5;
  std::string bar;
  if (texts + shortest <= room) {
    size_t width = std::min(room - texts, longest);
    double share = state.steps > 0 ? static_cast<double>(state.step) /
                                         static_cast<double>(state.steps)
                                   : 0.0;
    auto filled = static_cast<size_t>(share * static_cast<double>(width));
    bar = fmt::format("[{:<{}}]", std::string(filled, '='), width);
  }
  return (head + bar + tail).substr(0, room);
}

Progress::Progress(Console &console, Clock::time_point now)
    : console(console), epochStart(now), lastShown(now) {}

void Progress::clear() {
  if (drawn)
    console.err << "\r\x1b[K" << std::flush;
  drawn = false;
}

/// On a terminal an epoch's last state is always drawn: no bar stays short.
bool Progress::due(Clock::time_point now, bool last) {
  if (console.quiet)
    return false;
  bool isDue = console.terminal ? last || now - lastShown >= barInterval
                                : now - lastShown >= lineInterval;
  if (isDue)
    lastShown = now;
  return isDue;
}

void Progress::show(const std::string &bar, const std::string &line) {
  if (console.terminal) {
    console.err << '\r' << bar << "\x1b[K" << std::flush;
    drawn = true;
  } else {
    console.err << line << std::endl;
  }
}

void Progress::beginEpoch(int64_t epoch, int64_t epochs, int64_t steps,
                          Clock::time_point now) {
  state = {};
  state.epoch = epoch;
  state.epochs = epochs;
  state.steps = steps;
  images = 0;
  epochStart = now;
}

void Progress::step(int64_t taken, double loss, Clock::time_point now) {
  ++state.step;
  state.loss = loss;
  images += taken;
  double seconds = std::chrono::duration<double>(now - epochStart).count();
  if (seconds > 0)
    state.imagesPerSecond = static_cast<double>(images) / seconds;
  state.secondsLeft = seconds / static_cast<double>(state.step) *
                      static_cast<double>(state.steps - state.step);
  if (due(now, state.step == state.steps))
    show(progressBar(state, console.columns), progressLine(state));
}

void Progress::evaluation(int64_t done, int64_t all, Clock::time_point now) {
  if (!due(now, done == all))
    return;
  std::string text = fmt::format("evaluating, batch {}/{}", done, all);
  size_t room =
      console.columns > 1 ? static_cast<size_t>(console.columns) - 1 : 0;
  show(text.substr(0, room), text);
}

} // namespace netc::runtime::train
