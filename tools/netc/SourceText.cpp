// Reads texts whole, within bounds.
#include "tools/netc/SourceText.h"

#include "dsl/Lexer.h"
#include "runtime/Error.h"
#include "runtime/FileKind.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace netc::tools {

/// No more of it than shows that it is too large: it may have no end.
static std::string readAll(std::istream &in) {
  std::string text;
  std::array<char, 1 << 16> chunk;
  while (in && text.size() <= dsl::maxFileSize) {
    in.read(chunk.data(), chunk.size());
    text.append(chunk.data(), static_cast<size_t>(in.gcount()));
  }
  return text;
}

/// Other files than texts are told by their content, before a parser wonders.
static dsl::SourceFile asSource(std::string name, std::string text) {
  std::string kind = runtime::fileKind(text);
  if (kind.empty())
    return {std::move(name), std::move(text)};
  size_t end = std::min(kind.find(';'), kind.size());
  throw Error(name + ": is " + kind.substr(0, end) + ", not a network's text" +
              kind.substr(end));
}

dsl::SourceFile readSource(const std::string &path) {
  if (path == "-")
    return asSource("<stdin>", readAll(std::cin));
  std::error_code code;
  if (std::filesystem::is_directory(path, code))
    throw Error(path + ": is a folder, not a network's text");
  std::ifstream in(path, std::ios::binary);
  std::string text = readAll(in);
  if (!in.is_open() || in.bad())
    throw Error(path + ": cannot be read: " + std::strerror(errno));
  return asSource(path, std::move(text));
}

} // namespace netc::tools
