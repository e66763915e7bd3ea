// An executable in memory: verified bytes and the tables in them.
#pragma once

#include "runtime/Error.h"
#include "runtime/Expectation.h"
#include "runtime/Tables.h"

#include <string>
#include <string_view>
#include <vector>

namespace netc::runtime {

/// The version of the file format: it matches exactly or the file is refused.
inline constexpr uint32_t executableVersion = 8;

class Executable {
public:
  /// Wraps a finished FlatBuffer (what a target's writer made). Throws Error
  /// saying what is wrong with it.
  static Executable fromTables(std::vector<uint8_t> tables);
  /// Reads FILE.netx: magic, version, size and a 64-bit checksum first, then
  /// the FlatBuffers verifier, then our own checks (CheckTables.h). Throws
  /// Error naming the file and what is wrong.
  static Executable load(const std::string &path);
  /// Writes the file whole or not at all (OutputFile.h). Throws Error naming
  /// it.
  void save(const std::string &path) const;

  const fb::Executable &tables() const;
  const fb::Program *program(std::string_view name) const; // null if absent

private:
  explicit Executable(std::vector<uint8_t> tables);

  std::vector<uint8_t> bytes;
};

/// What the text expects of runs, in its order.
std::vector<Expectation> readExpectations(const fb::Executable &tables);

} // namespace netc::runtime
