// Notes under a lock; a list by the examples' numbers is the same for any
// number of workers.
#include "runtime/data/Replacements.h"

#include "runtime/data/PictureFolder.h"

namespace netc::runtime::data {

void Replacements::note(int64_t example, int64_t by,
                        const std::string &reason) {
  std::lock_guard lock(mutex);
  replaced.try_emplace(example, Replaced{by, reason}).first->second.by = by;
}

int64_t Replacements::inPlaceOf(int64_t example) const {
  std::lock_guard lock(mutex);
  auto found = replaced.find(example);
  return found == replaced.end() ? example : found->second.by;
}

std::string Replacements::report(std::string_view where) const {
  std::lock_guard lock(mutex);
  std::vector<std::string> reasons;
  for (const auto &[example, each] : replaced)
    reasons.push_back(each.reason);
  return brokenReport("replaced", reasons, where);
}

} // namespace netc::runtime::data
