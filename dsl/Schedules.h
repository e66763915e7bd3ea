// The schedules of the learning rate by name, and what each is told.
#pragma once

#include "dsl/Settings.h"
#include "runtime/train/Schedule.h"

namespace netc::dsl {

using runtime::train::Schedule;

/// A number of a schedule: how a text gives it, and where it is kept.
struct ScheduleNumber {
  SettingSpec spec;
  double Schedule::*number;
};

struct ScheduleKind {
  runtime::fb::ScheduleKind kind;
  std::vector<ScheduleNumber> numbers;

  std::string_view name() const;
  std::vector<SettingSpec> specs() const;
};

/// Every schedule that a text can name: the rate stays without one.
std::span<const ScheduleKind> scheduleKinds();

} // namespace netc::dsl
