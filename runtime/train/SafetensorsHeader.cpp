// An event-driven parser that accepts only this format's JSON: nothing nests
// deeper than it may, and no document is built from a hostile text.
#include "runtime/train/SafetensorsHeader.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <tuple>
#include <unordered_set>

namespace netc::runtime::train {
namespace {

using nlohmann::json;

/// Bytes of an element; 0 for an unknown type.
uint64_t elementBytes(std::string_view type) {
  struct Known {
    std::string_view name;
    uint64_t bytes;
  };
  static constexpr std::array known = {
      Known{"F32", 4},     Known{"F16", 2},     Known{"BF16", 2},
      Known{"F64", 8},     Known{"I64", 8},     Known{"I32", 4},
      Known{"I16", 2},     Known{"I8", 1},      Known{"U64", 8},
      Known{"U32", 4},     Known{"U16", 2},     Known{"U8", 1},
      Known{"F8_E4M3", 1}, Known{"F8_E5M2", 1}, Known{"BOOL", 1}};
  for (const Known &candidate : known)
    if (candidate.name == type)
      return candidate.bytes;
  return 0;
}

class HeaderParser : public nlohmann::json_sax<json> {
public:
  std::vector<TensorEntry> entries;
  SafetensorsMetadata metadata;
  std::string problem; // empty if none

  bool start_object(size_t) override {
    switch (at) {
    case At::Start:
      at = At::Root;
      return true;
    case At::Root:
      at = pendingKey == "__metadata__" ? At::Metadata : At::Tensor;
      keys.clear();
      if (at == At::Tensor) {
        entries.emplace_back();
        entries.back().name = pendingKey;
      }
      return true;
    default:
      return unexpected("an object");
    }
  }

  bool key(std::string &name) override {
    std::unordered_set<std::string> &seen = at == At::Root ? names : keys;
    if (!seen.insert(name).second)
      return fail(fmt::format("{} is given twice{}", quoteName(name),
                              at == At::Root ? " in the header" : place()));
    if (at == At::Tensor && name != "dtype" && name != "shape" &&
        name != "data_offsets")
      return fail(fmt::format("unknown key {}{}", quoteName(name), place()));
    pendingKey = name;
    return true;
  }

  bool end_object() override {
    switch (at) {
    case At::Root:
      at = At::End;
      return true;
    case At::Tensor:
      for (const char *needed : {"dtype", "shape", "data_offsets"})
        if (!keys.contains(needed))
          return fail(fmt::format("no `{}`{}", needed, place()));
      at = At::Root;
      return true;
    default: // Metadata; the parser matches the braces
      at = At::Root;
      return true;
    }
  }

  bool start_array(size_t) override {
    if (at != At::Tensor || pendingKey == "dtype")
      return unexpected("an array");
    at = pendingKey == "shape" ? At::Shape : At::Offsets;
    offsets = 0;
    return true;
  }

  bool end_array() override {
    if (at == At::Offsets && offsets != 2)
      return fail(fmt::format("`data_offsets` are not two numbers{}", place()));
    at = At::Tensor;
    return true;
  }

  bool number_unsigned(uint64_t value) override {
    if (at == At::Shape) {
      if (value > INT64_MAX)
        return fail(fmt::format("a size of {}{}", value, place()));
      entries.back().shape.push_back(static_cast<int64_t>(value));
      return true;
    }
    if (at != At::Offsets)
      return unexpected("a number");
    ++offsets;
    (offsets == 1 ? entries.back().begin : entries.back().end) = value;
    return true;
  }

  bool string(std::string &value) override {
    if (at == At::Metadata) {
      metadata[pendingKey] = value;
      return true;
    }
    if (at != At::Tensor || pendingKey != "dtype")
      return unexpected("a string");
    entries.back().type = value;
    return true;
  }

  bool null() override { return unexpected("null"); }
  bool boolean(bool) override { return unexpected("a truth value"); }
  bool number_integer(int64_t) override {
    return unexpected("a negative number");
  }
  bool number_float(double, const std::string &) override {
    return unexpected("a number that is no 64-bit integer");
  }
  bool binary(json::binary_t &) override { return unexpected("binary data"); }

  bool parse_error(size_t position, const std::string &,
                   const nlohmann::detail::exception &) override {
    return fail(fmt::format("not valid JSON at byte {}", position));
  }

private:
  enum class At { Start, Root, Metadata, Tensor, Shape, Offsets, End };

  bool fail(std::string what) {
    if (problem.empty())
      problem = std::move(what);
    return false;
  }
  bool unexpected(std::string_view what) {
    return fail(fmt::format("did not expect {}{}", what, place()));
  }
  /// Where the parser is, for messages.
  std::string place() const {
    switch (at) {
    case At::Tensor:
    case At::Shape:
    case At::Offsets:
      return " in tensor " + quoteName(entries.back().name);
    case At::Metadata:
      return " in `__metadata__`";
    case At::Root:
      return pendingKey.empty() ? "" : " at " + quoteName(pendingKey);
    default:
      return "";
    }
  }

  At at = At::Start;
  std::string pendingKey;
  std::unordered_set<std::string> names, keys; // of the file, of one object
  int offsets = 0;
};

[[noreturn]] void failAt(const TensorEntry &tensor, const std::string &what) {
  throw Error(fmt::format("tensor {}: {}", quoteName(tensor.name), what));
}

void checkSize(const TensorEntry &tensor, uint64_t dataBytes) {
  uint64_t bytes = elementBytes(tensor.type);
  if (bytes == 0)
    failAt(tensor,
           fmt::format("unknown element type {}", quoteName(tensor.type)));
  for (int64_t size : tensor.shape)
    if (__builtin_mul_overflow(bytes, static_cast<uint64_t>(size), &bytes))
      failAt(tensor, fmt::format("its shape [{}] overflows 64 bits",
                                 fmt::join(tensor.shape, ", ")));
  if (tensor.begin > tensor.end || tensor.end > dataBytes)
    failAt(tensor, fmt::format("its bytes {} to {} are outside the file's {}",
                               tensor.begin, tensor.end, dataBytes));
  if (tensor.end - tensor.begin != bytes)
    failAt(tensor, fmt::format("{} [{}] takes {} bytes, its offsets hold {}",
                               tensor.type, fmt::join(tensor.shape, ", "),
                               bytes, tensor.end - tensor.begin));
}

/// Sorts by place and proves that the tensors cover the data once.
void checkCover(std::vector<TensorEntry> &tensors, uint64_t dataBytes) {
  std::sort(tensors.begin(), tensors.end(),
            [](const TensorEntry &a, const TensorEntry &b) {
              return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
            });
  uint64_t covered = 0;
  for (const TensorEntry &tensor : tensors) {
    if (tensor.begin < covered)
      failAt(tensor, "its bytes overlap another tensor's");
    if (tensor.begin > covered)
      failAt(tensor, fmt::format("bytes {} to {} before it belong to no tensor",
                                 covered, tensor.begin));
    covered = tensor.end;
  }
  if (covered != dataBytes)
    throw Error(fmt::format("its last {} bytes belong to no tensor",
                            dataBytes - covered));
}

} // namespace

std::vector<TensorEntry> parseSafetensorsHeader(std::string_view text,
                                                uint64_t dataBytes,
                                                SafetensorsMetadata *metadata) {
  if (text.empty() || text.front() != '{')
    throw Error("its header is no JSON object");
  HeaderParser parser;
  if (!json::sax_parse(text.begin(), text.end(), &parser))
    throw Error(fmt::format("its header is wrong: {}", parser.problem));
  for (const TensorEntry &tensor : parser.entries)
    checkSize(tensor, dataBytes);
  checkCover(parser.entries, dataBytes);
  if (metadata)
    *metadata = std::move(parser.metadata);
  return std::move(parser.entries);
}

} // namespace netc::runtime::train
