// What may be read, and how other people's names are shown.
#include "runtime/InputFile.h"
#include "runtime/Error.h"
#include "runtime/Printable.h"
#include "runtime/Thread.h"

#include <cstdint>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

using namespace netc::runtime;

TEST(InputFile, OnlyRegularFiles) {
  std::string folder = testing::TempDir(), file = folder + "input-file",
              pipe = folder + "input-pipe", link = folder + "input-link";
  for (const std::string &path : {file, pipe, link})
    unlink(path.c_str());
  close(open(file.c_str(), O_CREAT | O_WRONLY, 0600));
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  ASSERT_EQ(symlink(file.c_str(), link.c_str()), 0);
  EXPECT_EQ(problemOfInput(file), "");
  EXPECT_EQ(problemOfInput(link), "");
  EXPECT_EQ(problemOfInput(pipe), "not a regular file");
  EXPECT_EQ(problemOfInput(folder), "not a regular file");
  EXPECT_EQ(problemOfInput("/dev/zero"), "not a regular file");
  EXPECT_EQ(problemOfInput(folder + "none"), "No such file or directory");
  // Files that are regular to `stat`, and of which some never end.
  for (const char *path : {"/proc/kmsg", "/proc/self/status", "/proc/version"})
    EXPECT_EQ(problemOfInput(path),
              "not a regular file: the kernel makes it up while it is read")
        << path;
  try {
    requireInput(pipe);
    FAIL() << "a pipe is accepted";
  } catch (const netc::Error &error) {
    EXPECT_EQ(error.what(), pipe + ": not a regular file");
  }
  // A descriptor's path leads to the file that is open.
  int descriptor = open(file.c_str(), O_RDONLY);
  EXPECT_EQ(problemOfInput("/proc/self/fd/" + std::to_string(descriptor)), "");
  close(descriptor);
  for (const std::string &path : {file, pipe, link})
    unlink(path.c_str());
}

TEST(Printable, EscapesWhatIsNoTextOrControls) {
  EXPECT_EQ(printable("conv2d_1"), "conv2d_1");
  EXPECT_EQ(printable("Katze äöü 猫 🐈"), "Katze äöü 猫 🐈");
  EXPECT_EQ(printable("\x1b[2J\x07\x7f"), "\\x1b[2J\\x07\\x7f");
  EXPECT_EQ(printable("a\nb\tc\r"), "a\\x0ab\\x09c\\x0d");
  EXPECT_EQ(printableLines("a\nb\tc\r"), "a\nb\tc\\x0d");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\u009b31m"); // C1's CSI
  EXPECT_EQ(printable("\xe2\x80\xaegnp.exe"), "\\u202egnp.exe");
  EXPECT_EQ(printable("caf\xe9 \xc3\xa9"), "caf\\xe9 \xc3\xa9");
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf");          // overlong
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80"); // a surrogate
  EXPECT_EQ(printable("\xf0\x9f\x90"), "\\xf0\\x9f\\x90"); // cut short
}

TEST(Printable, Utf8) {
  EXPECT_TRUE(isUtf8(""));
  EXPECT_TRUE(isUtf8("ß\xf4\x8f\xbf\xbf"));
  for (const char *text :
       {"\x80", "\xc1\x81", "\xe0\x9f\xbf", "\xf4\x90\x80\x80", "\xed\xbf\xbf",
        "\xf8\x88\x80\x80\x80", "a\xc3"})
    EXPECT_FALSE(isUtf8(text)) << printable(text);
}

/// How much of the stack a chain of calls may take here, found by a place deep
/// in it.
static size_t recurse(size_t bytes, uintptr_t outer) {
  volatile char room[4096];
  room[0] = 0;
  size_t used = outer - reinterpret_cast<uintptr_t>(&room[0]);
  if (used < bytes)
    used = recurse(bytes, outer);
  room[1] = room[0]; // after the call, which is then no jump
  return used;
}

TEST(Thread, HasTheStackThatIsAsked) {
  constexpr size_t bytes = size_t{32} << 20; // more than a process is given
  size_t used = 0;
  runWithStack(bytes + (size_t{1} << 20), [&] {
    char here = 0;
    used = recurse(bytes, reinterpret_cast<uintptr_t>(&here));
  });
  EXPECT_GE(used, bytes);
}

TEST(Thread, WhatIsThrownComesBack) {
  EXPECT_THROW(runWithStack(1 << 20, [] { throw netc::Error("ours"); }),
               netc::Error);
  EXPECT_THROW(runWithStack(1 << 20, [] { throw std::length_error("theirs"); }),
               std::length_error);
}

TEST(Thread, WithoutRoomItIsTheCallersStack) {
  bool isRun = false;
  runWithStack(size_t{1} << 60, [&] { isRun = true; });
  EXPECT_TRUE(isRun);
  int runs = 0; // its own errors are no lack of a thread
  EXPECT_THROW(runWithStack(1 << 20,
                            [&] {
                              ++runs;
                              throw netc::Error("once");
                            }),
               netc::Error);
  EXPECT_EQ(runs, 1);
}
