// Numbers as tables and pictures show them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace netc::tools {

/// `46,764,746`.
std::string grouped(int64_t number);

/// `938.1 M`, in powers of a thousand.
std::string scaled(int64_t number, std::string_view unit = "");

/// `1.2345`, without zeros at the end: as the language writes it.
std::string plain(double number);

} // namespace netc::tools
