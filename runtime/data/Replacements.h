// What a set that leaves broken pictures out does with one that breaks after
// its examples were counted: another example takes its place, and it is told.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace netc::runtime::data {

/// The examples of one half of a data set whose place another took. From any
/// thread.
class Replacements {
public:
  /// Notes that `example` cannot be read, and why; `by` took its place.
  void note(int64_t example, int64_t by, const std::string &reason);

  /// What took the place of an example when it was last read; itself if
  /// nothing did.
  int64_t inPlaceOf(int64_t example) const;

  /// "replaced 2 broken pictures of folder:photos: A: reason; B: reason",
  /// `where` behind "pictures", in the set's order; empty if none was.
  std::string report(std::string_view where) const;

private:
  struct Replaced {
    int64_t by;
    std::string reason; // the first
  };
  mutable std::mutex mutex;
  std::map<int64_t, Replaced> replaced;
};

} // namespace netc::runtime::data
