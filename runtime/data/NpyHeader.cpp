// The header of .npy files, a dictionary as Python writes it.
#include "runtime/Printable.h"
#include "runtime/data/NpyFile.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <fmt/format.h>

namespace netc::runtime::data {
namespace {

struct TypeName {
  NpyType type;
  std::string_view code, name; // in `descr`, behind the byte order; in messages
  int64_t bytes;
};
constexpr std::array types = {
    TypeName{NpyType::Bool, "b1", "bool", 1},
    TypeName{NpyType::U8, "u1", "uint8", 1},
    TypeName{NpyType::I8, "i1", "int8", 1},
    TypeName{NpyType::U16, "u2", "uint16", 2},
    TypeName{NpyType::I16, "i2", "int16", 2},
    TypeName{NpyType::U32, "u4", "uint32", 4},
    TypeName{NpyType::I32, "i4", "int32", 4},
    TypeName{NpyType::U64, "u8", "uint64", 8},
    TypeName{NpyType::I64, "i8", "int64", 8},
    TypeName{NpyType::F16, "f2", "float16", 2},
    TypeName{NpyType::F32, "f4", "float32", 4},
    TypeName{NpyType::F64, "f8", "float64", 8},
};

const TypeName &entryOf(NpyType type) {
  return *std::find_if(types.begin(), types.end(),
                       [&](const TypeName &each) { return each.type == type; });
}

/// The literal {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }.
class HeaderParser {
public:
  HeaderParser(std::string_view text, const std::string &name)
      : text(text), name(name) {}

  NpyHeader parse();

private:
  [[noreturn]] void fail(const std::string &what) const {
    throw Error(fmt::format("{}: {}", name, what));
  }
  [[noreturn]] void failHere() const {
    fail(fmt::format("its header is not that of an array: `{}`",
                     printable(std::string(text.substr(0, 64)))));
  }
  void skipBlanks() {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\n'))
      ++at;
  }
  bool consumeIf(char wanted) {
    skipBlanks();
    if (at == text.size() || text[at] != wanted)
      return false;
    ++at;
    return true;
  }
  void expect(char wanted) {
    if (!consumeIf(wanted))
      failHere();
  }
  std::string_view quoted();
  bool truth();
  void parseType();
  void parseShape();

  std::string_view text;
  const std::string &name;
  size_t at = 0;
  NpyHeader header;
};

std::string_view HeaderParser::quoted() {
  skipBlanks();
  char quote = at < text.size() ? text[at] : '\0';
  if (quote != '\'' && quote != '"')
    failHere();
  size_t end = text.find(quote, ++at);
  if (end == text.npos)
    failHere();
  std::string_view inside = text.substr(at, end - at);
  at = end + 1;
  return inside;
}

bool HeaderParser::truth() {
  skipBlanks();
  for (auto [word, value] : {std::pair("True", true), {"False", false}})
    if (text.substr(at).starts_with(word)) {
      at += std::strlen(word);
      return value;
    }
  failHere();
}

void HeaderParser::parseType() {
  skipBlanks();
  if (at < text.size() && (text[at] == '[' || text[at] == '('))
    fail("holds records of several fields; an array of numbers is needed");
  std::string_view descr = quoted();
  auto known = std::find_if(types.begin(), types.end(), [&](auto &each) {
    return !descr.empty() && descr.substr(1) == each.code;
  });
  if (known == types.end() ||
      (descr[0] != '<' && descr[0] != '|' && descr[0] != '>'))
    fail(fmt::format("holds `{}`; bool, int8 to int64, uint8 to uint64 and "
                     "float16 to float64 are read",
                     printable(std::string(descr.substr(0, 64)))));
  if (descr[0] == '>' && known->bytes > 1)
    fail(fmt::format("holds {0} in big endian; `.astype('{0}')` in NumPy makes "
                     "it little endian",
                     known->name));
  header.type = known->type;
}

void HeaderParser::parseShape() {
  constexpr size_t mostDimensions = 8;
  constexpr int64_t longest = int64_t{1} << 40;
  expect('(');
  while (!consumeIf(')')) {
    skipBlanks();
    int64_t size = -1;
    auto [end, error] =
        std::from_chars(text.data() + at, text.data() + text.size(), size);
    if (error == std::errc::invalid_argument)
      failHere();
    at = static_cast<size_t>(end - text.data());
    if (error != std::errc() || size < 0 || size > longest)
      fail("its header has a size that no array has");
    header.shape.push_back(size);
    if (header.shape.size() > mostDimensions)
      fail(fmt::format("has more than {} dimensions", mostDimensions));
    if (!consumeIf(',')) {
      expect(')');
      break;
    }
  }
}

NpyHeader HeaderParser::parse() {
  bool hasType = false, hasOrder = false, hasShape = false;
  auto once = [&](bool &seen) {
    if (seen)
      failHere();
    seen = true;
  };
  expect('{');
  while (!consumeIf('}')) {
    std::string_view key = quoted();
    expect(':');
    if (key == "descr") {
      once(hasType);
      parseType();
    } else if (key == "fortran_order") {
      once(hasOrder);
      header.isFortran = truth();
    } else if (key == "shape") {
      once(hasShape);
      parseShape();
    } else {
      failHere();
    }
    if (!consumeIf(',')) {
      expect('}');
      break;
    }
  }
  skipBlanks();
  if (!hasType || !hasOrder || !hasShape || at != text.size())
    failHere();
  return header;
}

} // namespace

int64_t byteWidth(NpyType type) { return entryOf(type).bytes; }

std::string_view nameOf(NpyType type) { return entryOf(type).name; }

bool isFloat(NpyType type) {
  return type == NpyType::F16 || type == NpyType::F32 || type == NpyType::F64;
}

int64_t NpyHeader::count() const {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

NpyHeader readNpyHeader(ByteStream &in, const std::string &name) {
  auto fail = [&](const std::string &what) {
    throw Error(fmt::format("{}: {}", name, what));
  };
  std::array<uint8_t, 12> begin{};
  constexpr uint8_t magic[] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
  if (in.read(begin.data(), 8) != 8 ||
      std::memcmp(begin.data(), magic, sizeof magic) != 0)
    fail("is no .npy file");
  int major = begin[6];
  if (major < 1 || major > 3)
    fail(fmt::format("is a .npy file of version {}; 1, 2 and 3 are read",
                     major));
  size_t lengthBytes = major == 1 ? 2 : 4;
  if (in.read(begin.data() + 8, lengthBytes) != lengthBytes)
    fail("ends within its header");
  size_t length = 0;
  for (size_t i = lengthBytes; i-- > 0;)
    length = length << 8 | begin[8 + i];
  constexpr size_t longest = 65536;
  if (length > longest)
    fail(fmt::format("has a header of {} bytes", length));
  std::string text(length, '\0');
  if (in.read(reinterpret_cast<uint8_t *>(text.data()), length) != length)
    fail("ends within its header");
  NpyHeader header = HeaderParser(text, name).parse();

  int64_t bytes = byteWidth(header.type);
  for (int64_t size : header.shape)
    if (__builtin_mul_overflow(bytes, size, &bytes) ||
        static_cast<uint64_t>(bytes) > in.maximumSize())
      fail("is shorter than its header says (truncated?)");
  return header;
}

std::vector<int64_t> rowMajor(const std::vector<int64_t> &shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * shape[i];
  return strides;
}

} // namespace netc::runtime::data
