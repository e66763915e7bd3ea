// Words beside their title.
#pragma once

#include <string>
#include <string_view>

namespace netc::tools {

/// The title, then the words from a column on, wrapped at column 80; ends its
/// line.
std::string paragraph(std::string_view title, std::string_view words,
                      size_t column = 13);

} // namespace netc::tools
