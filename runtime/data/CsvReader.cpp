// A state for each byte: in a field, in quotes, behind them.
#include "runtime/data/CsvReader.h"

#include <cstring>
#include <fmt/format.h>

namespace netc::runtime::data {

constexpr size_t mostFields = 65536, mostBytes = size_t{1} << 24;

CsvReader::CsvReader(ByteStream &in, std::string name, char separator)
    : in(in), name(std::move(name)), separator(separator),
      buffer(size_t{1} << 16) {
  peek(); // fills the buffer
  auto startsWith = [&](std::string_view mark) {
    return filled >= mark.size() &&
           std::memcmp(buffer.data(), mark.data(), mark.size()) == 0;
  };
  if (startsWith("\xFF\xFE") || startsWith("\xFE\xFF"))
    fail(1, "is text of 16-bit characters; UTF-8 is read");
  if (startsWith("\xEF\xBB\xBF"))
    at = 3;
}

void CsvReader::fail(int64_t line, const std::string &what) const {
  throw Error(fmt::format("{}: line {}: {}", name, line, what));
}

int CsvReader::peek() {
  if (at == filled && !isOver) {
    filled = in.read(buffer.data(), buffer.size());
    at = 0;
    isOver = filled < buffer.size();
  }
  return at == filled ? end : buffer[at];
}

/// Goes on by one character, and counts the lines: LF, CR, or both together.
void CsvReader::take() {
  int c = peek();
  ++at;
  if (c == '\n' || (c == '\r' && peek() != '\n'))
    ++lines;
}

void CsvReader::append(int c) {
  if (c == 0)
    fail(lines, "a byte of zero, which no text has");
  if (text.size() == mostBytes)
    fail(firstLine, fmt::format("a record of more than {} bytes", mostBytes));
  text += static_cast<char>(c);
}

void CsvReader::endField() {
  if (ends.size() == mostFields)
    fail(firstLine, fmt::format("more than {} columns", mostFields));
  ends.push_back(text.size());
}

/// Behind the opening quote, to behind the closing one.
void CsvReader::readQuoted() {
  int64_t opened = lines;
  while (true) {
    int c = peek();
    if (c == end)
      fail(opened, "a quote that is never closed");
    take();
    if (c == '"') {
      if (peek() != '"')
        return;
      take(); // two of them are one
    }
    append(c);
  }
}

bool CsvReader::next() {
  auto isLineEnd = [](int c) { return c == '\n' || c == '\r'; };
  while (isLineEnd(peek()))
    take();
  text.clear();
  ends.clear();
  firstLine = lines;
  if (peek() == end)
    return false;
  while (true) {
    if (peek() == '"') {
      take();
      readQuoted();
      int c = peek();
      if (c != end && c != separator && !isLineEnd(c))
        fail(lines, "something follows a closing quote");
    }
    int c = peek();
    while (c != end && c != separator && !isLineEnd(c)) {
      append(c);
      take();
      c = peek();
    }
    endField();
    if (c != separator)
      return true; // the line's end is taken with the next record
    take();
  }
}

} // namespace netc::runtime::data
