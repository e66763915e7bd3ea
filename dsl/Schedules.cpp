// The table of schedules.
#include "dsl/Schedules.h"

namespace netc::dsl {

std::span<const ScheduleKind> scheduleKinds() {
  using enum SettingKind;
  using enum runtime::fb::ScheduleKind;
  static const std::vector<ScheduleKind> kinds = {
      {Step,
       {{{"every", Positive, required}, &Schedule::every},
        {{"factor", UpToOne, required}, &Schedule::factor}}},
      {Cosine, {{{"least", Single}, &Schedule::least}}},
  };
  return kinds;
}

std::string_view ScheduleKind::name() const { return runtime::nameOf(kind); }

std::vector<SettingSpec> ScheduleKind::specs() const {
  std::vector<SettingSpec> specs;
  for (const ScheduleNumber &number : numbers)
    specs.push_back(number.spec);
  return specs;
}

} // namespace netc::dsl
