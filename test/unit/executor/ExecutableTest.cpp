// Files: what was saved is loaded, and whatever was done to it is found.
#include "runtime/executor/Executable.h"

#include "SmallExecutable.h"
#include "runtime/executor/Executor.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <random>
#include <unistd.h>

namespace netc::runtime {
namespace {

namespace fs = std::filesystem;

class ExecutableFile : public testing::Test {
protected:
  ExecutableFile() {
    fs::create_directories(folder);
    Executable::fromTables(pack(smallExecutable())).save(path);
    std::ifstream file(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
  }
  ~ExecutableFile() override { fs::remove_all(folder); }

  void write(const std::string &content) {
    std::ofstream(path, std::ios::binary).write(content.data(), content.size());
  }

  /// The message with which the file is refused.
  std::string refusal() {
    try {
      Executable::load(path);
    } catch (const Error &error) {
      EXPECT_EQ(std::string(error.what()).find(path), 0u) << error.what();
      return error.what();
    }
    return "";
  }

  const fs::path folder = fs::temp_directory_path() /
                          ("netc-executable-" + std::to_string(::getpid()));
  const std::string path = folder / "small.netx";
  std::string bytes;
};

TEST_F(ExecutableFile, ComesBack) {
  Executable loaded = Executable::load(path);
  EXPECT_EQ(loaded.tables().network()->str(), "Small");
  ASSERT_NE(loaded.program("forward"), nullptr);
  EXPECT_EQ(loaded.program("forward")->batch(), 5);
  EXPECT_EQ(loaded.program("backward"), nullptr);
  EXPECT_EQ(readType(*loaded.tables().parameters()->Get(0)->buffer()->type()),
            (TensorType{ElementType::F32, {6, 7}, ""}));
}

TEST_F(ExecutableFile, OnlyTheFileIsLeft) {
  size_t files = 0;
  for ([[maybe_unused]] const auto &entry : fs::directory_iterator(folder))
    ++files;
  EXPECT_EQ(files, 1u);
}

TEST_F(ExecutableFile, SavingWhereNoneCanBe) {
  Executable loaded = Executable::load(path);
  EXPECT_THROW(loaded.save(folder / "absent" / "small.netx"), Error);
  fs::create_directories(folder / "taken" / "full");
  EXPECT_THROW(loaded.save(folder / "taken"), Error);
  EXPECT_FALSE(
      fs::exists(folder / ("taken." + std::to_string(::getpid()) + ".part")));
}

TEST_F(ExecutableFile, AbsentAndForeign) {
  EXPECT_THROW(Executable::load(folder / "absent.netx"), Error);
  EXPECT_THROW(Executable::load(folder), Error);
  write("");
  EXPECT_NE(refusal().find("not an executable"), std::string::npos);
  write(std::string(5000, 'x'));
  EXPECT_NE(refusal().find("not an executable"), std::string::npos);
}

TEST_F(ExecutableFile, AnotherVersion) {
  std::string other = bytes;
  other[8] = static_cast<char>(executableVersion + 1);
  write(other);
  EXPECT_NE(refusal().find("version"), std::string::npos);
}

TEST_F(ExecutableFile, TruncatedOrExtended) {
  for (size_t size = 0; size < bytes.size();
       size += size < 64 ? 1 : bytes.size() / 97) {
    write(bytes.substr(0, size));
    EXPECT_NE(refusal(), "") << size;
  }
  write(bytes + "x");
  EXPECT_NE(refusal().find("damaged"), std::string::npos);
}

TEST_F(ExecutableFile, AlteredAnywhere) {
  for (size_t at = 0; at < bytes.size();
       at += at < 320 ? 1 : bytes.size() / 149) {
    std::string altered = bytes;
    altered[at] ^= static_cast<char>(1 << at % 8);
    write(altered);
    EXPECT_NE(refusal(), "") << at;
  }
}

TEST(ExecutableTables, DamagedTablesNeverPassUnread) {
  // Behind a checksum that fits: refused, or harmless, never a crash.
  fb::ExecutableT small = smallExecutable();
  small.code.resize(16); // most of the bytes are tables then
  const std::vector<uint8_t> whole = pack(small);
  EXPECT_NO_THROW(Executable::fromTables(whole));
  EXPECT_THROW(Executable::fromTables({}), Error);
  std::mt19937 generator(7);
  int refused = 0;
  for (int i = 0; i < 20000; ++i) {
    std::vector<uint8_t> altered = whole;
    for (unsigned j = 0; j <= generator() % 3; ++j)
      altered[generator() % altered.size()] =
          static_cast<uint8_t>(generator() % 2 ? generator() : 0xff);
    if (generator() % 8 == 0)
      altered.resize(generator() % altered.size());
    try {
      Executable::fromTables(altered);
    } catch (const Error &) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 1000);
}

TEST(ExecutableTables, WhatPassesRunsWithinItsArena) {
  // Altered behind a checksum that fits, the code left alone: what is not
  // refused runs, on whatever it was pointed at (sanitizers watch).
  const std::vector<uint8_t> whole = pack(smallExecutable());
  const std::string elf = "\x7f"
                          "ELF";
  auto code = std::search(whole.begin(), whole.end(), elf.begin(), elf.end());
  ASSERT_NE(code, whole.end());
  const auto *tables = flatbuffers::GetRoot<fb::Executable>(whole.data());
  size_t codeBegin = static_cast<size_t>(code - whole.begin()),
         codeEnd = codeBegin + tables->code()->size();
  std::mt19937 generator(11);
  int ran = 0;
  for (int i = 0; i < 1500; ++i) {
    std::vector<uint8_t> altered = whole;
    size_t at = generator() % (whole.size() - (codeEnd - codeBegin));
    if (at >= codeBegin)
      at += codeEnd - codeBegin;
    altered[at] ^= static_cast<uint8_t>(1 << generator() % 8);
    try {
      Executable executable = Executable::fromTables(altered);
      // Allowed, but nothing that a test should make.
      if (executable.tables().arena_bytes() > (1 << 20) ||
          executable.tables().threads() > 8)
        continue;
      Executor executor(std::move(executable));
      if (const auto *programs = executor.executable().tables().programs())
        for (const fb::Program *program : *programs)
          executor.run(program->name()->string_view(), RunState{});
      ++ran;
    } catch (const Error &) {
    }
  }
  EXPECT_GT(ran, 50);
}

} // namespace
} // namespace netc::runtime
