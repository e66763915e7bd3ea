// Files of whole lines, pipes that are read or not, and one writer at a time.
#include "runtime/train/MetricsFile.h"
#include "test/unit/train/OwnMounts.h"
#include "test/unit/train/TestFiles.h"

#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace netc::runtime::train;
using namespace netc::test;

namespace {

struct MetricsFileTest : testing::Test {
  TempFolder folder;
  std::string path = folder.path("m.jsonl");
  std::atomic<bool> interrupted{false};

  /// The reading end of a new pipe at `path`.
  int makePipe() {
    EXPECT_EQ(mkfifo(path.c_str(), 0600), 0);
    return open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  }
};

} // namespace

TEST_F(MetricsFileTest, IsBegunAnew) {
  writeFile(path, "old\n");
  {
    MetricsFile file(path);
    EXPECT_EQ(readFile(path), "old\n");
    EXPECT_FALSE(file.isPipe());
  }
  EXPECT_EQ(readFile(path), "old\n");
  MetricsFile file(path);
  file.begin();
  EXPECT_EQ(readFile(path), "");
  EXPECT_EQ(file.write("{}\n", interrupted), 0);
  EXPECT_EQ(readFile(path), "{}\n");
  EXPECT_EQ(file.close(), 0);
}

TEST_F(MetricsFileTest, WhatIsNotBegunLeavesNothing) {
  {
    MetricsFile file(path);
  }
  EXPECT_EQ(folder.entries(), 0u);
  std::filesystem::create_symlink("real", path);
  {
    MetricsFile file(path);
  }
  EXPECT_EQ(folder.entries(), 1u);
  EXPECT_TRUE(std::filesystem::is_symlink(path));
}

TEST_F(MetricsFileTest, FollowsADanglingLink) {
  std::filesystem::create_symlink("real", path);
  MetricsFile file(path);
  file.begin();
  EXPECT_EQ(file.write("{}\n", interrupted), 0);
  EXPECT_TRUE(std::filesystem::is_symlink(path));
  EXPECT_EQ(readFile(folder.path("real")), "{}\n");
}

TEST_F(MetricsFileTest, BadPlaces) {
  expectError([&] { MetricsFile file(folder.path("none/m")); },
              {"none/m: cannot be written: No such file"});
  expectError([&] { MetricsFile file(folder.path()); }, {"Is a directory"});
  std::filesystem::create_symlink("m.jsonl", path);
  expectError([&] { MetricsFile file(path); }, {path, "symbolic links"});
}

TEST_F(MetricsFileTest, OneRunAtATime) {
  {
    MetricsFile first(path);
    first.begin();
    first.write("{}\n", interrupted);
    expectError([&] { MetricsFile second(path); },
                {path + ": cannot be written: another run writes it"});
    std::filesystem::create_symlink("m.jsonl", folder.path("link"));
    expectError([&] { MetricsFile second(folder.path("link")); },
                {"link: cannot be written: another run writes it"});
    EXPECT_EQ(readFile(path), "{}\n");
  }
  MetricsFile after(path);
}

// Checks that come and go take no file from the run that begins it.
TEST_F(MetricsFileTest, ChecksBesideARun) {
  std::atomic<bool> done{false};
  std::thread checks([&] {
    while (!done)
      try {
        MetricsFile check(path);
      } catch (const netc::Error &) { // it is being written
      }
  });
  int begun = 0;
  for (int run = 0; run < 2000; ++run)
    try {
      MetricsFile file(path);
      file.begin();
      EXPECT_EQ(file.write("{}\n", interrupted), 0);
      EXPECT_EQ(readFile(path), "{}\n");
      std::filesystem::remove(path);
      ++begun;
    } catch (const netc::Error &) { // it is being checked
    }
  done = true;
  checks.join();
  EXPECT_GT(begun, 0);
}

TEST_F(MetricsFileTest, APipeWithoutAReader) {
  close(makePipe());
  expectError([&] { MetricsFile file(path); },
              {path + ": cannot be written: it is a pipe that nothing reads"});
}

TEST_F(MetricsFileTest, APipeIsReadAsItIsWritten) {
  int reader = makePipe();
  MetricsFile file(path);
  EXPECT_TRUE(file.isPipe());
  file.begin();
  EXPECT_EQ(file.write("{}\n", interrupted), 0);
  char bytes[16];
  EXPECT_EQ(read(reader, bytes, sizeof bytes), 3);
  // A slow reader is waited for.
  std::string large(200'000, 'x');
  std::thread slow([&] {
    std::vector<char> some(4096);
    size_t all = 0;
    while (all < large.size()) {
      ssize_t count = read(reader, some.data(), some.size());
      if (count > 0)
        all += static_cast<size_t>(count);
    }
  });
  EXPECT_EQ(file.write(large, interrupted), 0);
  slow.join();
  close(reader);
  auto before = signal(SIGPIPE, SIG_IGN);
  EXPECT_EQ(file.write("{}\n", interrupted), EPIPE);
  signal(SIGPIPE, before);
}

// A reader that sleeps holds up no Ctrl-C; half a line is followed by none.
TEST_F(MetricsFileTest, AReaderThatSleeps) {
  int reader = makePipe();
  MetricsFile file(path);
  file.begin();
  interrupted = true;
  EXPECT_EQ(file.write(std::string(200'000, 'x'), interrupted), EAGAIN);
  std::vector<char> bytes(200'000);
  while (read(reader, bytes.data(), bytes.size()) > 0) {
  }
  EXPECT_NE(file.write("{}\n", interrupted), 0);
  EXPECT_LE(read(reader, bytes.data(), bytes.size()), 0);
  close(reader);
}

// A full disk, or a limit that stands for it, leaves whole lines.
TEST_F(MetricsFileTest, NoHalfLineStays) {
  struct rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  auto handler = signal(SIGXFSZ, SIG_IGN);
  struct rlimit small = before;
  small.rlim_cur = 20;
  std::string line = "{\"step\":1}\n"; // 11 bytes
  MetricsFile file(path);
  file.begin();
  setrlimit(RLIMIT_FSIZE, &small);
  EXPECT_EQ(file.write(line, interrupted), 0);
  EXPECT_EQ(file.write(line, interrupted), EFBIG);
  EXPECT_EQ(readFile(path), line);
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, handler);
  EXPECT_EQ(file.write(line, interrupted), 0); // there is room again
  EXPECT_EQ(readFile(path), line + line);
}

TEST_F(MetricsFileTest, AFullDisk) {
  OwnMounts mounts;
  constexpr size_t room = 64 << 10;
  if (!mounts.disk(folder.path(), room))
    GTEST_SKIP() << "may not mount";
  MetricsFile file(path);
  file.begin();
  std::string line(999, 'x');
  line += '\n';
  int error = 0;
  while (error == 0)
    error = file.write(line, interrupted);
  EXPECT_EQ(error, ENOSPC);
  std::string content = readFile(path);
  EXPECT_EQ(content.size() % line.size(), 0u);
  EXPECT_GT(content.size(), room / 2);
}
