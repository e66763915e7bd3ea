// Files that appear whole or not at all.
#include "runtime/train/OutputFile.h"
#include "test/unit/train/TestFiles.h"

#include <csignal>
#include <sys/resource.h>
#include <unistd.h>

using namespace netc::runtime::train;
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

TEST_F(OutputFileTest, CheckLeavesNothing) {
  checkWritable(path);
  EXPECT_EQ(folder.entries(), 0u);
}

TEST_F(OutputFileTest, BadPlaces) {
  expectError([&] { checkWritable(folder.path("none/out")); },
              {"none/out", "cannot be written", "No such file"});
  expectError([&] { checkWritable(folder.path()); }, {"it is a folder"});
  expectError([&] { checkWritable("/dev/null"); }, {"not a regular file"});
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
