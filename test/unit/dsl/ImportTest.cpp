// Files of layers: where they are looked for, twice, in circles, missing.
#include "Analysis.h"

#include <filesystem>
#include <fstream>

namespace netc::dsl {
namespace {

namespace fs = std::filesystem;

/// A folder of files that is gone after the test.
class Folder {
public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "netc-XXXXXX").string();
    path = mkdtemp(pattern.data());
  }
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder &) = delete;
  Folder &operator=(const Folder &) = delete;

  void write(const std::string &name, std::string_view text) const {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name) << text;
  }

  /// What is said of main.net, the folder's path left out.
  std::string errorsOf(std::string_view text) const {
    SourceFile source{(path / "main.net").string(), std::string(text)};
    Diagnostics diagnostics;
    auto network = analyze(source, {}, diagnostics);
    EXPECT_EQ(network == nullptr, diagnostics.hasErrors());
    std::string said;
    auto add = [&](SourceRange range, const std::string &message) {
      auto [line, column] = lineColumn(range);
      said += fmt::format("{}:{}:{}: {}\n", range.file->name, line, column,
                          message);
    };
    for (const Diagnostic &error : diagnostics.all()) {
      add(error.range, error.message);
      for (const Note &note : error.notes)
        if (!note.isHint)
          add(note.range, note.message);
      for (const Note &note : error.uses)
        add(note.range, note.message);
    }
    std::string prefix = path.string() + "/";
    for (size_t at; (at = said.find(prefix)) != said.npos;)
      said.erase(at, prefix.size());
    return said;
  }

  fs::path path;
};

constexpr std::string_view network =
    "network N(x: 4) -> 4 = Sequential { Same }\n";

TEST(Import, LayersOfOtherFiles) {
  Folder folder;
  folder.write("layers.net", "import \"deep/more.net\"\n"
                             "layer Same = Other(input.size)\n");
  folder.write("deep/more.net", "import \"../last.net\"\n"
                                "layer Other(n) = Last(n)\n");
  folder.write("last.net", "layer Last(n) = Dense(n)\n");
  std::string text = std::string(network) + "import \"layers.net\"\n";
  EXPECT_EQ(folder.errorsOf(text), "");
  // Reached twice is read once, by whatever name.
  EXPECT_EQ(folder.errorsOf(text + "import \"./deep/../last.net\""), "");
  EXPECT_EQ(folder.errorsOf(text + "import \"layers.net\""),
            "main.net:3:8: the import of `layers.net` is declared twice\n"
            "main.net:2:8: the first one is here\n");
}

TEST(Import, DoesNotSeeTheNetworksParameters) {
  Folder folder;
  folder.write("layers.net", "layer Same = Dense(width)\n");
  EXPECT_EQ(folder.errorsOf("import \"layers.net\"\n"
                            "network N(x: 4, width=4) -> 4 = Same"),
            "layers.net:1:20: no value is called `width`\n"
            "main.net:2:33: in `Same`, used here\n");
}

TEST(Import, Missing) {
  Folder folder;
  folder.write("folder/inner.net", "");
  EXPECT_EQ(folder.errorsOf("import \"none.net\" import \"folder\"\n"
                            "network N(x: 4) -> 4 = Dense(4)"),
            "main.net:1:8: cannot read `none.net`: No such file or directory\n"
            "main.net:1:26: cannot read `folder`: Is a directory\n");
  // What the missing file may declare is not missed as well.
  EXPECT_EQ(folder.errorsOf(std::string(network) + "import \"none.net\""),
            "main.net:2:8: cannot read `none.net`: No such file or "
            "directory\n");
}

TEST(Import, Circles) {
  Folder folder;
  folder.write("a.net", "import \"b.net\"\nlayer Same = ReLU");
  folder.write("b.net", "import \"a.net\"\nlayer Other = ReLU");
  EXPECT_EQ(folder.errorsOf(std::string(network) + "import \"a.net\""),
            "b.net:1:8: the import of `a.net` leads back to where it begins\n"
            "a.net:1:8: `b.net` is imported here\n");
  folder.write("main.net", network);
  EXPECT_EQ(folder.errorsOf("import \"main.net\"\n"
                            "network N(x: 4) -> 4 = Dense(4)"),
            "main.net:1:8: the import of `main.net` leads back to where it "
            "begins\n");
}

TEST(Import, LayersOnly) {
  Folder folder;
  folder.write("all.net", std::string(network) +
                              "layer Same = ReLU\ndata { ToTensor }\n"
                              "train { batch = 1 }\n"
                              "expect parameters == 3");
  EXPECT_EQ(folder.errorsOf(std::string(network) + "import \"all.net\""),
            "all.net:1:9: an imported file has layers only, not a network\n"
            "main.net:2:8: imported here\n"
            "all.net:3:1: an imported file has layers only, not `data`\n"
            "main.net:2:8: imported here\n"
            "all.net:4:1: an imported file has layers only, not `train`\n"
            "main.net:2:8: imported here\n"
            "all.net:5:1: an imported file has layers only, not `expect`\n"
            "main.net:2:8: imported here\n");
}

TEST(Import, Names) {
  Folder folder;
  folder.write("a.net", "layer Same = ReLU\nlayer Twice = ReLU");
  EXPECT_EQ(folder.errorsOf(std::string(network) +
                            "import \"a.net\"\nlayer Twice = ReLU"),
            "a.net:2:7: layer `Twice` is declared twice\n"
            "main.net:3:7: the first one is here\n");
}

TEST(Import, Deep) {
  Folder folder;
  for (int i = 0; i < 100; ++i)
    folder.write(fmt::format("{}.net", i),
                 fmt::format("import \"{}.net\"\nlayer L{} = ReLU", i + 1, i));
  EXPECT_EQ(folder.errorsOf("import \"0.net\"\n"
                            "network N(x: 4) -> 4 = Dense(4)"),
            "62.net:1:8: nested more than 64 deep\n");
}

} // namespace
} // namespace netc::dsl
