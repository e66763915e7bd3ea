// Reads texts whole, within bounds.
#include "tools/netc/SourceText.h"

#include "dsl/Lexer.h"
#include "runtime/Error.h"
#include "runtime/FileKind.h"
#include "runtime/InputFile.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sys/stat.h>

namespace netc::tools {

/// No more of it than shows that it is too large: it may have no end.
static std::string readAll(std::istream &in) {
  std::string text;
  std::array<char, 1 << 12> chunk;
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

/// Whether a path is that of a pipe, a terminal or another stream that this
/// process was started with: `/dev/stdin`, a shell's `<(...)`. Who started it
/// says what comes through, as through `-`.
static bool isOwnStream(const std::string &path) {
  struct stat named{}, open{};
  if (stat(path.c_str(), &named) != 0 || S_ISREG(named.st_mode))
    return false;
  std::error_code code;
  std::filesystem::directory_iterator entry("/proc/self/fd", code), end;
  for (; !code && entry != end; entry.increment(code))
    if (stat(entry->path().c_str(), &open) == 0 &&
        open.st_dev == named.st_dev && open.st_ino == named.st_ino)
      return true;
  return false;
}

dsl::SourceFile readSource(const std::string &path) {
  if (path == "-") {
    std::string text = readAll(std::cin);
    if (std::ferror(stdin))
      throw Error("<stdin>: cannot be read");
    return asSource("<stdin>", std::move(text));
  }
  std::error_code code;
  if (std::filesystem::is_directory(path, code))
    throw Error(path + ": is a folder, not a network's text");
  if (std::string problem = runtime::problemOfInput(path);
      !problem.empty() && !isOwnStream(path))
    throw Error(path + ": cannot be read: " + problem);
  std::ifstream in(path, std::ios::binary);
  std::string text = readAll(in);
  if (!in.is_open() || in.bad())
    throw Error(path + ": cannot be read: " + std::strerror(errno));
  return asSource(path, std::move(text));
}

} // namespace netc::tools
