// Reads UTF-8 a character at a time, as RFC 3629 has it.
#include "runtime/Printable.h"

#include <cstdint>
#include <fmt/format.h>

namespace netc::runtime {
namespace {

/// Of the character that a text begins with: its bytes, 0 where it begins with
/// none, and its number.
struct Character {
  size_t size = 0;
  uint32_t code = 0;
};

Character firstOf(std::string_view text) {
  auto byte = [&](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  unsigned lead = byte(0);
  if (lead < 0x80)
    return {1, lead};
  if (lead < 0xc2 || lead > 0xf4)
    return {};
  size_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
  uint32_t code = lead & (0x3fU >> more);
  for (size_t k = 1; k <= more; ++k) {
    if ((byte(k) & 0xc0) != 0x80)
      return {};
    code = code << 6 | (byte(k) & 0x3f);
  }
  bool isOverlong =
      (more == 2 && code < 0x800) || (more == 3 && code < 0x10000);
  if (isOverlong || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
    return {};
  return {more + 1, code};
}

/// C0, DEL and C1, which some terminals obey, and what turns the direction of
/// writing, so that a name reads as another.
bool isControl(uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) ||
         (code >= 0x202a && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069);
}

std::string escape(std::string_view text, std::string_view kept) {
  std::string result;
  while (!text.empty()) {
    auto [size, code] = firstOf(text);
    if (size == 0 ||
        (code < 0x80 && isControl(code) && kept.find(text[0]) == kept.npos)) {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
      size = 1;
    } else if (code >= 0x80 && isControl(code)) {
      result += fmt::format("\\u{:04x}", code);
    } else {
      result += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
  return result;
}

} // namespace

bool isUtf8(std::string_view text) {
  while (!text.empty()) {
    size_t size = firstOf(text).size;
    if (size == 0)
      return false;
    text.remove_prefix(size);
  }
  return true;
}

std::string printable(std::string_view text) { return escape(text, ""); }

std::string printableLines(std::string_view text) {
  return escape(text, "\n\t");
}

} // namespace netc::runtime
