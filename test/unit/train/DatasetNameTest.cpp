// Names of data sets: kinds, paths with question marks, options.
#include "runtime/data/DatasetName.h"
#include "test/unit/train/TestFiles.h"

using namespace netc::runtime::data;
using namespace netc::test;

namespace {

using Options = std::vector<std::pair<std::string, std::string>>;

void expectName(const std::string &text, const std::string &kind,
                const std::string &path, const Options &options = {}) {
  DatasetName name = parseDatasetName(text);
  EXPECT_EQ(name.text, text);
  EXPECT_EQ(name.kind, kind) << text;
  EXPECT_EQ(name.path, path) << text;
  EXPECT_EQ(name.options, options) << text;
}

} // namespace

TEST(DatasetName, KindsAndPaths) {
  expectName("mnist", "", "mnist");
  expectName("", "", "");
  expectName("folder:photos", "folder", "photos");
  expectName("folder:photos//", "folder", "photos");
  expectName("folder:/", "folder", "/");
  expectName("folder:", "folder", "");
  expectName("table:a:b.csv", "table", "a:b.csv");
  expectName("C:data", "", "C:data");
  expectName("./a:b", "", "./a:b");
}

TEST(DatasetName, Options) {
  expectName("table:a.csv?target=y", "table", "a.csv", {{"target", "y"}});
  expectName("folder:a/?ignore=255&x=", "folder", "a",
             {{"ignore", "255"}, {"x", ""}});
  expectName("table:a?target=b%26c%3d%3f50%&d=%zz", "table", "a",
             {{"target", "b&c=?50%"}, {"d", "%zz"}});
  // A question mark that no option follows is the path's.
  expectName("folder:why?", "folder", "why?");
  expectName("shards:a-0?.tar", "shards", "a-0?.tar");
  expectName("shards:a-0?.tar?x=1", "shards", "a-0?.tar", {{"x", "1"}});
  expectName("folder:a?ignore", "folder", "a?ignore");
  expectName("mnist?x=1", "", "mnist?x=1");
}

TEST(DatasetName, Mistakes) {
  expectError([] { parseDatasetName("folder:a?x=1&y"); },
              {"`folder:a?x=1&y`: expected key=value, got `y`"});
  expectError([] { parseDatasetName("folder:a?x=1&=2"); }, {"got `=2`"});
  expectError([] { parseDatasetName("folder:a?x=1&x=2"); },
              {"the option `x` is given twice"});
  DatasetName name = parseDatasetName("folder:a?ignored=255");
  expectError([&] { name.requireOptions({"ignore"}); },
              {"no option `ignored`; `folder:` has ignore"});
  expectError([&] { name.requireOptions({}); }, {"`folder:` has none"});
  name.requireOptions({"x", "ignored"});
  EXPECT_EQ(name.option("ignored"), "255");
  EXPECT_EQ(name.option("ignore"), std::nullopt);
}
