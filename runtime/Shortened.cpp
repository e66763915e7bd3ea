// Cuts words, then lines.
#include "runtime/Shortened.h"

#include <algorithm>

namespace netc {

/// At most `longest` bytes of the text, and three dots where it was cut.
static std::string cutMiddle(std::string_view text, size_t longest) {
  if (text.size() <= longest)
    return std::string(text);
  auto isInside = [&](size_t at) { // of a character of several bytes
    return (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
  };
  size_t first = longest * 2 / 3, last = text.size() - longest / 4;
  // What is no UTF-8 may have no beginning of a character near.
  for (int i = 0; i < 3 && first > 0 && isInside(first); ++i)
    --first;
  for (int i = 0; i < 3 && last < text.size() && isInside(last); ++i)
    ++last;
  return std::string(text.substr(0, first)) + "..." +
         std::string(text.substr(last));
}

static std::string shortenedLine(std::string_view line) {
  constexpr size_t longestWord = 160, longestLine = 1200;
  std::string result;
  while (!line.empty()) {
    size_t closing = line[0] == '`' ? line.find('`', 1) : line.npos;
    size_t size = closing != line.npos
                      ? closing + 1
                      : std::min(line.find_first_of(" `", 1), line.size());
    result += cutMiddle(line.substr(0, size), longestWord);
    line.remove_prefix(size);
  }
  return cutMiddle(result, longestLine);
}

std::string shortened(std::string_view message) {
  std::string result;
  while (true) {
    size_t end = std::min(message.find('\n'), message.size());
    result += shortenedLine(message.substr(0, end));
    if (end == message.size())
      return result;
    result += '\n';
    message.remove_prefix(end + 1);
  }
}

} // namespace netc
