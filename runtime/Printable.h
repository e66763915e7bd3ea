// Names and paths of other people's, safe to print.
#pragma once

#include <string>
#include <string_view>

namespace netc::runtime {

/// Whether `text` is UTF-8.
bool isUtf8(std::string_view text);

/// `text` with what is no UTF-8, or controls a terminal, escaped: `\x1b`,
/// `\u009b`. What is escaped is shown in one line.
std::string printable(std::string_view text);

/// The same for what may have several lines: their ends stay, and tabs.
std::string printableLines(std::string_view text);

} // namespace netc::runtime
