// Messages that quote what has no bound: a name of a text, an argument, a path.
#pragma once

#include <string>
#include <string_view>

namespace netc {

/// A message with what is too long in it cut in its middle, at whole characters
/// of UTF-8: words, and what stands between backticks, to 160 bytes, lines to
/// 1200. The ends stay, where the reasons stand.
std::string shortened(std::string_view message);

} // namespace netc
