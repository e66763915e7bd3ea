// What to say of a name that is not known: the nearest known one, or this
// language's word for another framework's.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace netc::dsl {

/// Where a name stands; each place has its own names.
enum class NameContext {
  Layer,
  Transform,
  Loss,
  Optimizer,
  Schedule,
  Init,
  TrainKey,
  Argument,
  Value,
  Member,
  Metric
};

/// The known name that `name` is most likely a slip of, whatever its case;
/// empty if none is near.
std::string_view nearestName(std::string_view name,
                             std::span<const std::string_view> known);

/// A hint for the unknown `name`: what is its word here, the nearest of
/// `known`, or all of them if they are few; empty if there is nothing to say.
std::string hintForName(NameContext context, std::string_view name,
                        std::span<const std::string_view> known);

/// The part of it that is about other frameworks' names; empty for others.
std::string hintForForeign(NameContext context, std::string_view name,
                           std::span<const std::string_view> known);

/// "`a`, `b` or `c`".
std::string listOfNames(std::span<const std::string_view> names,
                        std::string_view lastSeparator = " or ");

} // namespace netc::dsl
