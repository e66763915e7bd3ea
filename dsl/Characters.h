// Classes of bytes, the same in every locale.
#pragma once

#include <string_view>

namespace netc::dsl {

/// What some editors put before the first line, in UTF-8.
constexpr std::string_view byteOrderMark = "\xEF\xBB\xBF";

constexpr bool isDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
constexpr bool isSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
constexpr bool isPrintable(char c) { return c >= ' ' && c <= '~'; }
constexpr char toLower(char c) {
  return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
}

/// Bytes of the UTF-8 character that `text` begins with; 0 if it begins with
/// none.
constexpr size_t characterSize(std::string_view text) {
  if (text.empty())
    return 0;
  unsigned char lead = text[0];
  size_t size = lead < 0x80   ? 1
                : lead < 0xC2 ? 0
                : lead < 0xE0 ? 2
                : lead < 0xF0 ? 3
                : lead < 0xF5 ? 4
                              : 0;
  if (size > text.size())
    return 0;
  for (size_t i = 1; i < size; ++i)
    if ((text[i] & 0xC0) != 0x80)
      return 0;
  return size;
}

} // namespace netc::dsl
