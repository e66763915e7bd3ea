// Ranges of settings, and their values from a call's arguments.
#include "dsl/Settings.h"

#include "dsl/Sema.h"

#include <cmath>

namespace netc::dsl {

Settings::Settings(std::span<const SettingSpec> specs) {
  for (const SettingSpec &spec : specs)
    list.push_back({&spec, spec.otherwise.value_or(0)});
}

double Settings::get(std::string_view name) const {
  for (const Setting &setting : list)
    if (setting.spec->name == name)
      return setting.value;
  return 0;
}

void Settings::set(std::string_view name, double value) {
  for (Setting &setting : list)
    if (setting.spec->name == name)
      setting.value = value;
}

Signature makeSignature(std::string_view name,
                        std::span<const SettingSpec> specs) {
  Signature signature{name, {}};
  for (const SettingSpec &spec : specs)
    signature.arguments.push_back({spec.name,
                                   spec.kind == SettingKind::Flag
                                       ? ArgumentKind::Boolean
                                       : ArgumentKind::Number,
                                   /*isRequired=*/!spec.otherwise});
  return signature;
}

/// What the value should be; empty if it is that.
static std::string_view expectationOf(SettingKind kind, double value) {
  switch (kind) {
  case SettingKind::Flag:
    return "";
  case SettingKind::Single: {
    if (!(value >= 0 && value < HUGE_VAL))
      return "at least 0";
    auto single = static_cast<float>(value);
    bool isHeld = std::isfinite(single) && (single != 0 || value == 0);
    return isHeld ? "" : singleExpectation(value);
  }
  case SettingKind::BelowOne:
    return value >= 0 && value < 1 ? "" : "at least 0 and below 1";
  case SettingKind::UpToOne:
    return value >= 0 && value <= 1 ? "" : "at least 0 and at most 1";
  case SettingKind::Positive:
    return value > 0 ? "" : "above 0";
  }
  return "";
}

bool readSettings(const BoundArguments &arguments, Diagnostics &diagnostics,
                  Settings &settings) {
  bool isFine = true;
  for (auto &[spec, value] : settings) {
    const BoundArguments::Entry *given = arguments.find(spec->name);
    if (!given)
      continue;
    if (spec->kind == SettingKind::Flag)
      value = std::get<bool>(given->value) ? 1 : 0;
    else
      value = std::get<double>(given->value);
    std::string_view expectation = expectationOf(spec->kind, value);
    if (expectation.empty())
      continue;
    diagnostics.error(DiagnosticKind::ValueRange, given->range,
                      fmt::format("`{}`", spec->name), expectation,
                      toText(Value{value}));
    isFine = false;
  }
  return isFine;
}

} // namespace netc::dsl
