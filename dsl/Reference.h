// The language reference (README.md), in the program: one entry for each layer,
// transform, loss and optimizer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netc::dsl {

/// The names that have an entry, in the order of the reference: those of the
/// headings `### Conv2D(channels, ...)` and of the items `- `Resize(size)`:
/// ...`.
std::vector<std::string> referenceNames();

/// The entry of a name as text for a terminal: its heading or item, what is
/// said of it, examples indented. Nothing if there is none.
std::optional<std::string> referenceEntry(std::string_view name);

/// What to say of a name without an entry: this language's word for it, or the
/// nearest one; empty if nothing is near.
std::string referenceHint(std::string_view name);

} // namespace netc::dsl
