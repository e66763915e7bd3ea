// The file: an envelope that is verified before the content is looked at.
#include "runtime/executor/Executable.h"

#include "runtime/FileKind.h"
#include "runtime/InputFile.h"
#include "runtime/OutputFile.h"
#include "runtime/Printable.h"
#include "runtime/executor/CheckTables.h"

#include <array>
#include <cerrno>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <span>
#include <system_error>

namespace netc::runtime {

namespace {
/// What precedes the tables, in little endian. The magic's line ends show a
/// transfer as text.
struct Envelope {
  std::array<uint8_t, 8> magic{0x89, 'N', 'E', 'T', 'X', '\r', '\n', '\n'};
  uint32_t version = executableVersion;
  uint32_t reserved = 0;
  uint64_t bytes = 0; // of the tables
  uint64_t checksum = 0;
};
static_assert(sizeof(Envelope) == 32);
} // namespace

/// FNV-1a: finds damage, not forgery.
static uint64_t checksum(std::span<const uint8_t> bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (uint8_t byte : bytes)
    hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}

static std::string lastError() {
  return std::generic_category().message(errno);
}

Executable::Executable(std::vector<uint8_t> tables) : bytes(std::move(tables)) {
  // Far more than a large network has; a bound on what verifying may take.
  constexpr flatbuffers::uoffset_t maxDepth = 16, maxTables = 1 << 22;
  if (bytes.size() >= FLATBUFFERS_MAX_BUFFER_SIZE)
    throw Error("the tables are too large");
  flatbuffers::Verifier verifier(bytes.data(), bytes.size(), maxDepth,
                                 maxTables);
  if (!fb::VerifyExecutableBuffer(verifier))
    throw Error("the tables are malformed");
  checkTables(this->tables());
}

Executable Executable::fromTables(std::vector<uint8_t> tables) {
  return Executable(std::move(tables));
}

/// With what it is, where its content tells.
static std::string notAnExecutable(const std::string &path) {
  std::string kind = fileKindAt(path);
  size_t end = std::min(kind.find(';'), kind.size());
  return kind.empty() ? "not an executable of netc"
                      : fmt::format("is {}, not an executable of netc{}",
                                    kind.substr(0, end), kind.substr(end));
}

Executable Executable::load(const std::string &path) {
  auto refuse = [&](std::string_view why) {
    return Error(fmt::format("{}: {}", printable(path), why));
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    throw refuse("is a folder");
  if (std::string problem = problemOfInput(path); !problem.empty())
    throw refuse(problem);
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file)
    throw refuse(lastError());
  const std::streamoff size = file.tellg();
  file.seekg(0);
  Envelope envelope;
  const Envelope expected;
  if (size < static_cast<std::streamoff>(sizeof envelope) ||
      !file.read(reinterpret_cast<char *>(&envelope), sizeof envelope) ||
      envelope.magic != expected.magic)
    throw refuse(notAnExecutable(path));
  if (envelope.version != executableVersion)
    throw refuse(fmt::format("has the version {}, this program reads {}; make "
                             "it again",
                             envelope.version, executableVersion));
  if (envelope.reserved != 0)
    throw refuse("damaged: the envelope is altered");
  const uint64_t rest = static_cast<uint64_t>(size) - sizeof envelope;
  if (envelope.bytes != rest)
    throw refuse(fmt::format("damaged: {} bytes of tables, {} expected", rest,
                             envelope.bytes));
  if (rest >= FLATBUFFERS_MAX_BUFFER_SIZE)
    throw refuse("the tables are too large");
  std::vector<uint8_t> tables(rest);
  if (!file.read(reinterpret_cast<char *>(tables.data()),
                 static_cast<std::streamsize>(rest)))
    throw refuse("cannot be read");
  if (checksum(tables) != envelope.checksum)
    throw refuse("damaged: the checksum differs");
  try {
    return Executable(std::move(tables));
  } catch (const Error &error) {
    throw refuse(error.what());
  }
}

void Executable::save(const std::string &path) const {
  Envelope envelope;
  envelope.bytes = bytes.size();
  envelope.checksum = checksum(bytes);
  OutputFile file(path);
  file.write(&envelope, sizeof envelope);
  file.write(bytes.data(), bytes.size());
  file.commit();
}

const fb::Executable &Executable::tables() const {
  return *fb::GetExecutable(bytes.data());
}

std::vector<Expectation> readExpectations(const fb::Executable &tables) {
  std::vector<Expectation> expectations;
  if (tables.expectations())
    for (const fb::Expectation *each : *tables.expectations())
      expectations.push_back({each->metric(), each->comparison(), each->value(),
                              each->dataset()->str(), each->epochs()});
  return expectations;
}

const fb::Program *Executable::program(std::string_view name) const {
  if (!tables().programs())
    return nullptr;
  for (const fb::Program *program : *tables().programs())
    if (program->name()->string_view() == name)
      return program;
  return nullptr;
}

} // namespace netc::runtime
