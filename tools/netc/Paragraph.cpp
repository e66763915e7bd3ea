// Wraps words.
#include "tools/netc/Paragraph.h"

#include <algorithm>
#include <fmt/format.h>

namespace netc::tools {

std::string paragraph(std::string_view title, std::string_view words,
                      size_t column) {
  std::string text, line = fmt::format("{:<{}}", title, column);
  bool isEmpty = true;
  while (!words.empty()) {
    size_t size = std::min(words.find(' '), words.size());
    if (!isEmpty && line.size() + 1 + size > 80) {
      text += line + '\n';
      line = std::string(column, ' ');
      isEmpty = true;
    }
    line += (isEmpty ? "" : " ") + std::string(words.substr(0, size));
    isEmpty = false;
    words.remove_prefix(std::min(size + 1, words.size()));
  }
  return text + line + '\n';
}

} // namespace netc::tools
