// A text in the form that every text has: two spaces a level, one line for what
// the author put on one line, arguments wrapped, comments where they were.
#pragma once

#include "dsl/Diagnostics.h"

#include <optional>

namespace netc::dsl {

/// Arguments that go beyond it are wrapped.
constexpr size_t formatWidth = 120;

/// The text, formatted: it has the same tokens and the same comments. Nullopt,
/// with errors, of a text that does not parse; what it means is not checked.
/// Formatting what is formatted changes nothing.
std::optional<std::string> formatText(const SourceFile &source,
                                      Diagnostics &diagnostics);

} // namespace netc::dsl
