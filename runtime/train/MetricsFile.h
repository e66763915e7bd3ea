// Where `--metrics` goes: a file of whole lines that one run at a time writes,
// a pipe that is being read, or a device.
#pragma once

#include "runtime/Error.h"

#include <atomic>
#include <string>
#include <string_view>

namespace netc::runtime::train {

class MetricsFile {
public:
  /// Opens `path` and leaves what it holds; a link is followed, to what is not
  /// there too. Throws Error that names it: it cannot be written, it is a pipe
  /// that nothing reads, or another run writes it. Waits a fifth of a
  /// second at most.
  explicit MetricsFile(const std::string &path);
  /// Removes a file that this made, unless it was begun.
  ~MetricsFile();
  MetricsFile(const MetricsFile &) = delete;
  MetricsFile &operator=(const MetricsFile &) = delete;

  /// Whether the other end of a pipe would see it closed and opened again, so
  /// that it is to be opened once.
  bool isPipe() const { return pipe; }
  const std::string &name() const { return path; }

  /// Forgets what a file held. Throws Error.
  void begin();

  /// Writes a line whole, or none of it; returns 0 or what errno says of why
  /// not. A slow reader is waited for, but not once `interrupted`. After half a
  /// line in a pipe, which nothing takes back, no other is written.
  int write(std::string_view line, const std::atomic<bool> &interrupted);

  /// 0, or what errno says. Nothing is written any more.
  int close();

private:
  [[noreturn]] void fail(std::string_view why) const;
  int openThere() const;
  int openOnce();
  void lock() const;
  /// Whether `path` still leads to what is open.
  bool isInPlace() const;
  void shareStandardStream();
  bool waitForReader(const std::atomic<bool> &interrupted) const;
  int undo(size_t written, int reason);

  std::string path;
  int descriptor = -1;
  bool pipe = false, regular = false;
  bool made = false; // the file was not there before
  bool begun = false;
  bool shared = false; // it is where a standard stream goes
  bool hasHalfLine = false;
};

} // namespace netc::runtime::train
