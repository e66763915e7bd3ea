// Braces first, then wildcards, as a shell does it.
#include "runtime/data/ShardNames.h"
#include "runtime/Printable.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fmt/format.h>
#include <glob.h>
#include <optional>

namespace netc::runtime::data {
namespace {

namespace fs = std::filesystem;

constexpr size_t mostShards = size_t{1} << 20;

[[noreturn]] void fail(const std::string &pattern, const std::string &what) {
  throw Error(fmt::format("shards:{}: {}", printable(pattern), what));
}

/// The texts that `inside` of a pair of braces stands for.
std::vector<std::string> alternatives(std::string_view inside,
                                      const std::string &pattern) {
  std::vector<std::string> all;
  size_t dots = inside.find("..");
  if (dots == inside.npos) {
    while (true) {
      size_t comma = inside.find(',');
      all.emplace_back(inside.substr(0, comma));
      if (comma == inside.npos)
        return all;
      inside.remove_prefix(comma + 1);
    }
  }
  std::string_view first = inside.substr(0, dots),
                   last = inside.substr(dots + 2);
  auto number = [&](std::string_view digits) {
    uint32_t value = 0;
    auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size())
      fail(pattern, fmt::format("a range is {{000..009}}, not `{{{}}}`",
                                printable(std::string(inside.substr(0, 64)))));
    return value;
  };
  uint32_t from = number(first), to = number(last);
  if (from > to || to - from >= mostShards)
    fail(pattern, fmt::format("a range from {} to {}", from, to));
  for (uint32_t i = from; i <= to; ++i)
    all.push_back(fmt::format("{:0{}}", i, first.size()));
  return all;
}

std::vector<std::string> expandBraces(const std::string &pattern) {
  std::vector<std::string> done{""};
  std::string_view rest = pattern;
  auto append = [&](const std::vector<std::string> &endings) {
    if (done.size() * endings.size() > mostShards)
      fail(pattern, fmt::format("more than {} shards", mostShards));
    std::vector<std::string> longer;
    for (const std::string &begin : done)
      for (const std::string &ending : endings)
        longer.push_back(begin + ending);
    done = std::move(longer);
  };
  while (true) {
    size_t open = rest.find('{');
    append({std::string(rest.substr(0, open))});
    if (open == rest.npos)
      return done;
    size_t close = rest.find('}', open);
    if (close == rest.npos)
      fail(pattern, "a brace is not closed");
    append(alternatives(rest.substr(open + 1, close - open - 1), pattern));
    rest.remove_prefix(close + 1);
  }
}

/// The tars of a folder and of its folders.
std::vector<std::string> tarsOf(const std::string &folder) {
  std::vector<std::string> found;
  std::error_code error;
  auto add = [&](const fs::directory_entry &entry) {
    std::error_code ignored;
    if (entry.path().extension() == ".tar" && entry.is_regular_file(ignored))
      found.push_back(entry.path());
  };
  for (const auto &entry : fs::directory_iterator(folder, error)) {
    std::error_code ignored;
    add(entry);
    if (entry.is_directory(ignored))
      for (const auto &inner : fs::directory_iterator(entry.path(), ignored))
        add(inner);
  }
  if (error)
    fail(folder, error.message());
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<std::string> matches(const std::string &wildcards) {
  glob_t found{};
  std::vector<std::string> paths;
  if (glob(wildcards.c_str(), 0, nullptr, &found) == 0)
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  globfree(&found);
  std::sort(paths.begin(), paths.end()); // whatever the locale
  return paths;
}

std::optional<ShardRole> roleOfWord(std::string_view word) {
  if (word == "train" || word == "training")
    return ShardRole::Train;
  if (word == "test")
    return ShardRole::Test;
  if (word == "val" || word == "valid" || word == "validation")
    return ShardRole::Validation;
  return std::nullopt;
}

/// By the first word, of letters, that is one.
ShardRole roleOfName(std::string_view name) {
  auto isLetter = [](char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; };
  for (size_t at = 0; at < name.size();) {
    size_t end = at;
    std::string word;
    while (end < name.size() && isLetter(name[end]))
      word += static_cast<char>(name[end++] | 32);
    if (auto role = roleOfWord(word))
      return *role;
    at = end + 1;
  }
  return ShardRole::None;
}

} // namespace

std::vector<std::string> findShards(const std::string &pattern) {
  std::error_code ignored;
  std::vector<std::string> found;
  if (fs::is_directory(pattern, ignored)) {
    found = tarsOf(pattern);
  } else if (fs::is_regular_file(pattern, ignored)) {
    found = {pattern};
  } else {
    for (const std::string &each : expandBraces(pattern)) {
      bool isPlain = each.find_first_of("*?[") == each.npos;
      std::vector<std::string> paths =
          isPlain ? std::vector{each} : matches(each);
      if (isPlain && !fs::exists(each, ignored))
        fail(pattern, fmt::format("{} is not there", printable(each)));
      found.insert(found.end(), paths.begin(), paths.end());
    }
  }
  if (found.empty())
    fail(pattern, "no such file; a pattern is data/train-{000..009}.tar, "
                  "data/*.tar, or a folder");
  if (found.size() > mostShards)
    fail(pattern, fmt::format("more than {} shards", mostShards));
  return found;
}

ShardRole roleOfShard(std::string_view path) {
  fs::path whole(path);
  ShardRole role = roleOfName(whole.filename().string());
  return role == ShardRole::None
             ? roleOfName(whole.parent_path().filename().string())
             : role;
}

} // namespace netc::runtime::data
