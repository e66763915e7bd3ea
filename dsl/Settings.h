// What the choices of `train` (a loss, an optimizer, a schedule) are told in
// numbers: the settings that each has, their ranges, and what a text gives.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace netc::dsl {

class BoundArguments;
class Diagnostics;
struct Signature;

enum class SettingKind {
  Flag,     // 1 for true, 0 for false
  Single,   // at least 0, and held by single precision
  BelowOne, // at least 0 and below 1
  UpToOne,  // at least 0 and at most 1
  Positive  // above 0
};

struct SettingSpec {
  std::string_view name;
  SettingKind kind;
  std::optional<double> otherwise = 0; // none: it must be given
};
/// As a spec's `otherwise`.
inline constexpr std::nullopt_t required = std::nullopt;

struct Setting {
  const SettingSpec *spec; // of a table
  double value = 0;

  /// Whether a text says it: not where it is as it would be otherwise.
  bool isSaid() const { return spec->otherwise != value; }
};

/// A value for each setting of a choice, in their order.
class Settings {
public:
  /// The defaults; 0 where there is none.
  explicit Settings(std::span<const SettingSpec> specs);

  /// 0 where the choice has no such setting.
  double get(std::string_view name) const;
  void set(std::string_view name, double value);

  auto begin() { return list.begin(); }
  auto end() { return list.end(); }
  auto begin() const { return list.begin(); }
  auto end() const { return list.end(); }

private:
  std::vector<Setting> list;
};

/// The signature of a choice with these settings.
Signature makeSignature(std::string_view name,
                        std::span<const SettingSpec> specs);

/// Sets what `arguments` give. Each that is out of its range is reported; false
/// if one is. \pre `arguments` are bound to the signature of the settings
bool readSettings(const BoundArguments &arguments, Diagnostics &diagnostics,
                  Settings &settings);

} // namespace netc::dsl
