// Files that appear whole or not at all.
#include "runtime/OutputFile.h"
#include "test/unit/train/TestFiles.h"

#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
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
