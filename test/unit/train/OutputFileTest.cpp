// Files that appear whole or not at all.
#include "runtime/OutputFile.h"
#include "test/unit/train/OwnMounts.h"
#include "test/unit/train/TestFiles.h"

#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace netc::runtime;
using namespace netc::test;

namespace {

struct OutputFileTest : testing::Test {
  TempFolder folder;
  std::string path = folder.path("out");
};

} // namespace

TEST_F(OutputFileTest, AppearsWhenCommitted) {
  writeFile(path, "old");
  {
    OutputFile file(path);
    file.write("new", 3);
    EXPECT_EQ(readFile(path), "old");
    file.commit();
  }
  EXPECT_EQ(readFile(path), "new");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST_F(OutputFileTest, GivenUpLeavesWhatWasThere) {
  writeFile(path, "old");
  {
    OutputFile(path).write("new", 3);
  }
  EXPECT_EQ(readFile(path), "old");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST_F(OutputFileTest, KeepsALink) {
  writeFile(folder.path("real"), "old");
  std::filesystem::create_symlink("real", path);
  OutputFile file(path);
  file.write("new", 3);
  file.commit();
  EXPECT_TRUE(std::filesystem::is_symlink(path));
  EXPECT_EQ(readFile(folder.path("real")), "new");
}

// A link that leads to nothing yet is one all the same.
TEST_F(OutputFileTest, FollowsADanglingLink) {
  std::filesystem::create_directory(folder.path("there"));
  std::filesystem::create_symlink("there/second", path);
  std::filesystem::create_symlink("real", folder.path("there/second"));
  checkWritable(path);
  OutputFile file(path);
  file.write("new", 3);
  file.commit();
  EXPECT_TRUE(std::filesystem::is_symlink(path));
  EXPECT_TRUE(std::filesystem::is_symlink(folder.path("there/second")));
  EXPECT_EQ(readFile(folder.path("there/real")), "new");
  std::filesystem::create_symlink(folder.path("none/real"),
                                  folder.path("nowhere"));
  expectError([&] { checkWritable(folder.path("nowhere")); },
              {"nowhere", "No such file"});
}

TEST_F(OutputFileTest, KeepsPermissions) {
  using std::filesystem::perms;
  writeFile(path, "old");
  std::filesystem::permissions(path, perms::owner_read | perms::owner_write);
  OutputFile file(path);
  file.write("new", 3);
  file.commit();
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            perms::owner_read | perms::owner_write);
}

TEST_F(OutputFileTest, HasNoNameBeforeItIsWhole) {
  OutputFile file(path);
  file.write("new", 3);
  // Where the file system can: there is nothing that a kill would leave.
  if (int descriptor = open(folder.path().c_str(), O_TMPFILE | O_WRONLY, 0600);
      descriptor >= 0) {
    close(descriptor);
    EXPECT_EQ(folder.entries(), 0u);
  }
  file.commit();
  EXPECT_EQ(folder.entries(), 1u);
}

TEST_F(OutputFileTest, MoreThanTheDiskHas) {
  expectError([&] { checkWritable(path, uint64_t{1} << 60); },
              {path, "cannot be written: it takes 1152921504606846976 bytes"});
  checkWritable(path, 1000);
}

TEST_F(OutputFileTest, SameFile) {
  writeFile(path, "");
  EXPECT_TRUE(sameFile(path, folder.path("./out")));
  EXPECT_TRUE(sameFile(folder.path("new"), folder.path("./new")));
  EXPECT_FALSE(sameFile(path, folder.path("new")));
  EXPECT_TRUE(sameFile("new.not-there", "./new.not-there"));
  EXPECT_TRUE(sameFile(std::filesystem::absolute("new.not-there").string(),
                       "new.not-there"));
  EXPECT_FALSE(sameFile("", ""));
  std::filesystem::create_symlink("new", folder.path("link"));
  EXPECT_TRUE(sameFile(folder.path("link"), folder.path("new")));
}

TEST_F(OutputFileTest, CheckLeavesNothing) {
  checkWritable(path);
  EXPECT_EQ(folder.entries(), 0u);
}

TEST_F(OutputFileTest, BadPlaces) {
  expectError([&] { checkWritable(folder.path("none/out")); },
              {"none/out", "cannot be written", "No such file"});
  expectError([&] { checkWritable(folder.path()); }, {"it is a folder"});
  expectError([&] { checkWritable("/dev/null"); }, {"not a regular file"});
  expectError([&] { checkWritable(folder.path(std::string(300, 'n'))); },
              {"File name too long"});
  std::filesystem::create_symlink("b", folder.path("a"));
  std::filesystem::create_symlink("a", folder.path("b"));
  expectError([&] { checkWritable(folder.path("a")); }, {"symbolic links"});
}

TEST_F(OutputFileTest, FolderNotWritable) {
  using std::filesystem::perms;
  std::filesystem::permissions(folder.path(), perms::owner_read |
                                                  perms::owner_exec |
                                                  perms::others_exec);
  // Root may write anywhere: it looks with a nobody's eyes.
  constexpr uid_t nobody = 65534;
  uid_t user = geteuid();
  if (user == 0) {
    ASSERT_EQ(seteuid(nobody), 0);
  }
  expectError([&] { checkWritable(path); },
              {path, "cannot be written: Permission denied"});
  if (user == 0) {
    ASSERT_EQ(seteuid(user), 0);
  }
  std::filesystem::permissions(folder.path(), perms::owner_all);
}

TEST_F(OutputFileTest, NoMoreRoom) {
  // A limit on the size of files stands for a full disk.
  writeFile(path, "old");
  struct rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  auto handler = signal(SIGXFSZ, SIG_IGN);
  struct rlimit small = before;
  small.rlim_cur = 4096;
  setrlimit(RLIMIT_FSIZE, &small);
  expectError([&] { checkWritable(path, 5000); },
              {path, "it takes 5000 bytes, a file may have 4096 here"});
  std::vector<char> bytes(100'000);
  expectError(
      [&] {
        OutputFile file(path);
        file.write(bytes.data(), bytes.size());
        file.commit();
      },
      {path, "cannot be written", "File too large"});
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, handler);
  EXPECT_EQ(readFile(path), "old");
  EXPECT_EQ(folder.entries(), 1u);
}

// What only the last step would find is found by the first.
TEST_F(OutputFileTest, AMountPointCannotBeReplaced) {
  OwnMounts mounts;
  writeFile(path, "old");
  writeFile(folder.path("other"), "precious");
  if (!mounts.bind(folder.path("other"), path))
    GTEST_SKIP() << "may not mount";
  expectError([&] { checkWritable(path); },
              {path, "cannot be written", "it is mounted by itself"});
  EXPECT_EQ(readFile(path), "precious");
}

TEST_F(OutputFileTest, AnotherUsersFileInAStickyFolder) {
  if (geteuid() != 0)
    GTEST_SKIP() << "only root makes other users' files";
  constexpr uid_t nobody = 65534;
  ASSERT_EQ(chmod(folder.path().c_str(), 01777), 0);
  writeFile(path, "theirs");
  ASSERT_EQ(chmod(path.c_str(), 0666), 0);
  checkWritable(path); // root may
  ASSERT_EQ(seteuid(nobody), 0);
  expectError([&] { checkWritable(path); },
              {path, "cannot be written", "another user's", "sticky"});
  checkWritable(folder.path("new"));
  ASSERT_EQ(seteuid(0), 0);
  ASSERT_EQ(chown(path.c_str(), nobody, nobody), 0);
  ASSERT_EQ(seteuid(nobody), 0);
  checkWritable(path); // its own
  ASSERT_EQ(seteuid(0), 0);
  EXPECT_EQ(readFile(path), "theirs");
}

// If the last step fails all the same, what was written is not lost.
TEST_F(OutputFileTest, WhatCannotBePutInItsPlaceStays) {
  OutputFile file(path);
  file.write("new", 3);
  std::filesystem::create_directories(path + "/meanwhile");
  try {
    file.commit();
    FAIL() << "a folder was replaced";
  } catch (const WriteError &error) {
    EXPECT_EQ(readFile(error.kept), "new");
    EXPECT_NE(std::string(error.what())
                  .find("what was to be in it is whole in " + error.kept),
              std::string::npos)
        << error.what();
  }
  EXPECT_EQ(folder.entries(), 2u);
}

TEST_F(OutputFileTest, TheFolderIsRemovedMeanwhile) {
  std::string gone = folder.path("gone");
  std::filesystem::create_directory(gone);
  OutputFile file(gone + "/out");
  file.write("new", 3);
  std::filesystem::remove_all(gone);
  expectError([&] { file.commit(); }, {gone + "/out", "No such file"});
  EXPECT_EQ(folder.entries(), 0u);
}

TEST_F(OutputFileTest, ReservedRoomIsThereThoughTheDiskIsFull) {
  OwnMounts mounts;
  constexpr size_t room = 1 << 20;
  if (!mounts.disk(folder.path(), room))
    GTEST_SKIP() << "may not mount";
  writeFile(path, "old");
  std::vector<char> bytes(room / 2, 'n');
  std::unique_ptr<OutputFile> reserved =
      OutputFile::reserved(path, bytes.size());
  ASSERT_TRUE(reserved);
  EXPECT_EQ(folder.entries(), 1u);
  expectError([&] { OutputFile::reserved(path, room); },
              {path, "cannot be written: No space left"});
  writeFile(folder.path("filler"), Bytes(room)); // as much as fits

  expectError(
      [&] {
        OutputFile file(path);
        file.write(bytes.data(), bytes.size());
        file.commit();
      },
      {path, "No space left"});
  EXPECT_EQ(readFile(path), "old");
  reserved->write(bytes.data(), bytes.size());
  reserved->commit();
  EXPECT_EQ(readFile(path), std::string(bytes.begin(), bytes.end()));
}

// What is reserved and not used goes back.
TEST_F(OutputFileTest, ReservedTooMuch) {
  std::unique_ptr<OutputFile> file = OutputFile::reserved(path, 1 << 20);
  if (!file)
    GTEST_SKIP() << "this file system knows no nameless files";
  file->write("new", 3);
  file->commit();
  EXPECT_EQ(readFile(path), "new");
  struct stat status{};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_LT(status.st_blocks * 512, 1 << 20);
}
