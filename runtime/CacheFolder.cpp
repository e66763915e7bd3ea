// Files are written under another name first, so that a reader finds all or
// nothing.
#include "runtime/CacheFolder.h"

#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace netc::runtime {

namespace filesystem = std::filesystem;

std::string cacheFolder(std::string_view kind) {
  if (const char *cache = std::getenv("NETC_CACHE"))
    return *cache ? (filesystem::path(cache) / kind).string() : "";
  if (const char *xdg = std::getenv("XDG_CACHE_HOME"); xdg && *xdg == '/')
    return (filesystem::path(xdg) / "netc" / kind).string();
  if (const char *home = std::getenv("HOME"); home && *home == '/')
    return (filesystem::path(home) / ".cache" / "netc" / kind).string();
  return "";
}

std::optional<std::string> readCached(const std::string &path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return std::nullopt;
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (in.bad())
    return std::nullopt;
  return bytes;
}

void keepCached(const std::string &path, std::string_view bytes) {
  std::error_code code;
  filesystem::create_directories(filesystem::path(path).parent_path(), code);
  std::string temporary = fmt::format("{}.{}", path, ::getpid());
  std::ofstream out(temporary, std::ios::binary);
  out << bytes;
  out.close();
  if (out)
    filesystem::rename(temporary, path, code);
  if (!out || code)
    filesystem::remove(temporary, code);
}

} // namespace netc::runtime
