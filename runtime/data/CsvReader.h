// CSV as RFC 4180 has it, a record at a time: quotes, any line ends, a byte
// order mark passed over. A file is not to be trusted: its memory is that of a
// record, which is bounded.
#pragma once

#include "runtime/Error.h"
#include "runtime/data/ByteStream.h"

#include <string>
#include <string_view>
#include <vector>

namespace netc::runtime::data {

class CsvReader {
public:
  /// `in` outlives the reader; `name` is said first in errors.
  CsvReader(ByteStream &in, std::string name, char separator);

  /// Reads the next record; false at the end. Lines without anything are
  /// passed over. Throws Error naming the line: a quote that is not closed, or
  /// that something follows; a byte of zero; more than 65536 fields or 2^24
  /// bytes.
  bool next();
  size_t size() const { return ends.size(); }
  /// Without its quotes. \pre index < size()
  std::string_view operator[](size_t index) const {
    size_t begin = index == 0 ? 0 : ends[index - 1];
    return std::string_view(text).substr(begin, ends[index] - begin);
  }
  /// The line where the record begins, from 1.
  int64_t line() const { return firstLine; }

private:
  static constexpr int end = -1;
  int peek();
  void take();
  void append(int c);
  void readQuoted();
  void endField();
  [[noreturn]] void fail(int64_t line, const std::string &what) const;

  ByteStream &in;
  const std::string name;
  const char separator;
  std::vector<uint8_t> buffer;
  size_t at = 0, filled = 0;
  bool isOver = false;
  int64_t lines = 1, firstLine = 1; // here, and where the record began
  std::string text;                 // of the record's fields
  std::vector<size_t> ends;         // of each field in the text
};

} // namespace netc::runtime::data
