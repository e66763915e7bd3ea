// The folder of what one compilation leaves for the next. A cache that cannot
// be read or written is no error: what it would have held is made anew.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace netc::runtime {

/// $NETC_CACHE/KIND, or netc/KIND in the XDG cache folder ($XDG_CACHE_HOME, or
/// .cache in $HOME); empty where nothing is to be kept: $NETC_CACHE is empty,
/// or there is no such folder.
std::string cacheFolder(std::string_view kind);

/// The bytes of a file; none if it cannot be read.
std::optional<std::string> readCached(const std::string &path);

/// Writes a file whole or not at all, and its folder where there is none.
void keepCached(const std::string &path, std::string_view bytes);

} // namespace netc::runtime
