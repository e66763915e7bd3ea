// The planner: its process, its cache, and, where cuDNN is, true plans.
#include "compiler/targets/cuda/Planner.h"
#include "compiler/targets/cuda/DeviceDescription.h"
#include "runtime/Error.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace netc;
using namespace netc::cuda;
namespace filesystem = std::filesystem;

namespace {

class PlannerTest : public testing::Test {
protected:
  void SetUp() override {
    std::string pattern =
        (filesystem::temp_directory_path() / "netc-planner-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder = pattern;
  }
  void TearDown() override { filesystem::remove_all(folder); }

  /// A planner's process as a shell script.
  std::string script(const std::string &body) {
    filesystem::path path = folder / "planner";
    std::ofstream(path) << "#!/bin/sh\n" << body;
    filesystem::permissions(path, filesystem::perms::owner_all);
    return path.string();
  }

  /// One that counts its questions in the file `asked` and names its engines by
  /// them.
  PlannerOptions counting() {
    return {script("read device\n"
                   "echo '{\"cudnn\": 91900}'\n"
                   "while read -r graph; do\n"
                   "  echo x >> " +
                   (folder / "asked").string() +
                   "\n"
                   "  echo '{\"engine\": \"eng7\", \"workspace\": 64, "
                   "\"plan\": \"p\"}'\n"
                   "done\n"),
            (folder / "cache").string()};
  }
  int asked() const {
    std::ifstream in(folder / "asked");
    return static_cast<int>(std::count(std::istreambuf_iterator<char>(in),
                                       std::istreambuf_iterator<char>(), 'x'));
  }

  filesystem::path folder;
};

std::string errorOf(Planner &planner, const std::string &graph) {
  try {
    planner.plan(graph);
  } catch (const Error &error) {
    return error.what();
  }
  return "no error";
}

} // namespace

TEST_F(PlannerTest, AsksForEachGraphOnce) {
  Planner planner("{}", counting());
  EXPECT_EQ(planner.plan("one").engine, "eng7");
  EXPECT_EQ(planner.plan("one").workspaceBytes, 64);
  EXPECT_EQ(planner.plan("two").plan, "p");
  EXPECT_EQ(planner.asked(), 2);
  EXPECT_EQ(asked(), 2);
}

TEST_F(PlannerTest, KeepsPlans) {
  Planner("{}", counting()).plan("one");
  Planner again("{}", counting());
  EXPECT_EQ(again.plan("one").engine, "eng7");
  EXPECT_EQ(again.cached(), 1);
  EXPECT_EQ(asked(), 1);
  // Another device has its own.
  Planner other("{\"deviceVer\":800}", counting());
  other.plan("one");
  EXPECT_EQ(asked(), 2);
}

// That there is no engine is an answer as any other, and kept; that the
// question failed is none.
TEST_F(PlannerTest, WhatHasNoEngine) {
  auto refusing = [&](const std::string &answer) {
    return PlannerOptions{script("read device\n"
                                 "echo '{\"cudnn\": 91900}'\n"
                                 "while read -r graph; do\n"
                                 "  echo x >> " +
                                 (folder / "asked").string() + "\n  echo '" +
                                 answer + "'\ndone\n"),
                          (folder / "cache").string()};
  };
  std::string none = R"({"error": "no engine", "no_engine": true})";
  Planner planner("{}", refusing(none));
  EXPECT_FALSE(planner.hasEngine("one"));
  EXPECT_EQ(errorOf(planner, "one"), "no engine");
  EXPECT_EQ(asked(), 1);
  Planner again("{}", refusing(none));
  EXPECT_FALSE(again.hasEngine("one"));
  EXPECT_EQ(again.cached(), 1);
  EXPECT_EQ(asked(), 1);
  std::string failed = R"({"error": "out of memory"})";
  EXPECT_THROW(Planner("{}", refusing(failed)).hasEngine("two"), Error);
  EXPECT_THROW(Planner("{}", refusing(failed)).hasEngine("two"), Error);
  EXPECT_EQ(asked(), 3);
  EXPECT_TRUE(Planner("{}", counting()).hasEngine("two"));
}

TEST_F(PlannerTest, DamagedCacheIsAskedAgain) {
  Planner("{}", counting()).plan("one");
  for (const char *content :
       {"", "{", "[]", "{\"cudnn\": 91900}",
        "{\"cudnn\": 91900, \"device\": \"{}\", \"graph\": \"other\", "
        "\"engine\": \"e\", \"workspace\": 1, \"plan\": \"p\"}",
        "{\"cudnn\": 91900, \"device\": \"{}\", \"graph\": \"one\", "
        "\"engine\": \"e\", \"workspace\": -1, \"plan\": \"p\"}"}) {
    for (const auto &entry : filesystem::directory_iterator(folder / "cache"))
      std::ofstream(entry.path()) << content;
    int before = asked();
    EXPECT_EQ(Planner("{}", counting()).plan("one").engine, "eng7");
    EXPECT_EQ(asked(), before + 1) << content;
  }
}

TEST_F(PlannerTest, NoCache) {
  PlannerOptions options = counting();
  options.cacheFolder = "";
  Planner("{}", options).plan("one");
  Planner("{}", options).plan("one");
  EXPECT_EQ(asked(), 2);
}

TEST_F(PlannerTest, CacheThatCannotBeWritten) {
  PlannerOptions options = counting();
  std::ofstream(folder / "file") << "no folder";
  options.cacheFolder = (folder / "file" / "cache").string();
  EXPECT_EQ(Planner("{}", options).plan("one").engine, "eng7");
}

TEST_F(PlannerTest, NoProgram) {
  Planner planner("{}", {(folder / "nothing").string(), ""});
  EXPECT_NE(errorOf(planner, "one").find("built without CUDA"),
            std::string::npos);
}

TEST_F(PlannerTest, RefusedDevice) {
  Planner planner("{}",
                  {script("read device\necho '{\"error\": \"no\"}'\n"), ""});
  EXPECT_EQ(errorOf(planner, "one"), "no");
}

TEST_F(PlannerTest, RefusedGraph) {
  Planner planner("{}",
                  {script("read device\necho '{\"cudnn\": 1}'\nread graph\n"
                          "echo '{\"error\": \"no engine\"}'\n"),
                   ""});
  EXPECT_EQ(errorOf(planner, "one"), "no engine");
}

TEST_F(PlannerTest, EndsEarly) {
  Planner status("{}", {script("exit 3\n"), ""});
  EXPECT_EQ(errorOf(status, "one"),
            "the planner ended without an answer (status 3)");
  Planner killed("{}", {script("read device\necho '{\"cudnn\": 1}'\n"
                               "read graph\nkill -9 $$\n"),
                        ""});
  EXPECT_EQ(errorOf(killed, "one"),
            "the planner ended without an answer (signal 9)");
  EXPECT_EQ(errorOf(killed, "two"), "the planner has ended");
}

TEST_F(PlannerTest, SpeaksNonsense) {
  Planner planner("{}", {script("read device\necho hello\nread graph\n"), ""});
  EXPECT_NE(errorOf(planner, "one").find("the planner ended"),
            std::string::npos);
}

// With cuDNN.

#ifdef NETC_HAS_CUDA
#define SKIP_WITHOUT_CUDA()
#else
#define SKIP_WITHOUT_CUDA()                                                    \
  GTEST_SKIP() << "netc was built without CUDA; not found: "                   \
               << NETC_CUDA_MISSING
#endif

TEST_F(PlannerTest, PlansForDevicesThatAreNotHere) {
  SKIP_WITHOUT_CUDA();
  PlannerOptions options = plannerOptions();
  options.cacheFolder = "";
  for (const char *device : {"h100", "a100"}) {
    Planner planner(describeDevice(device).json, options);
    // An engine of the library's, then one that cuDNN compiles.
    const PlannedGraph &convolution = planner.plan(
        "precision f32; tensor x f32 4x8x8x8 512x1x64x8; "
        "tensor w f32 16x8x3x3 72x1x24x8; tensor y f32 4x16x6x6 576x1x96x16; "
        "node convolution x w -> y stride 1x1 padding 0x0 dilation 1x1");
    EXPECT_EQ(convolution.engine.find(":tc"), std::string::npos);
    const PlannedGraph &pool = planner.plan(
        "precision f32; tensor x f32 4x16x6x6 576x1x96x16; "
        "tensor y f32 4x16x3x3 144x1x48x16; tensor i i8 4x16x3x3 144x1x48x16; "
        "node max_pool x -> y i window 2x2 stride 2x2 padding 0x0");
    auto plan = nlohmann::json::parse(pool.plan);
    EXPECT_EQ(plan["GPUProfile"]["deviceVer"],
              describeDevice(device).computeCapability);
    EXPECT_GT(pool.plan.size(), 10000u) << "the compiled kernel is in it";
  }
}

TEST_F(PlannerTest, StrictF32HasNoTensorCores) {
  SKIP_WITHOUT_CUDA();
  PlannerOptions options = plannerOptions();
  options.cacheFolder = "";
  Planner planner(describeDevice("h100").json, options);
  std::string graph =
      "tensor a f32 1x64x64 4096x64x1; tensor b f32 1x64x64 4096x64x1; "
      "tensor c f32 1x64x64 4096x64x1; node matmul a b -> c";
  EXPECT_NE(planner.plan("precision tf32; " + graph).engine.find(":tc"),
            std::string::npos);
  EXPECT_NE(errorOf(planner, "precision f32; " + graph)
                .find("no deterministic engine in f32"),
            std::string::npos);
}

TEST_F(PlannerTest, ANonsenseGraphIsAnError) {
  SKIP_WITHOUT_CUDA();
  PlannerOptions options = plannerOptions();
  options.cacheFolder = "";
  Planner planner(describeDevice("h100").json, options);
  EXPECT_EQ(errorOf(planner, "nonsense"),
            "a graph's text: expected precision, tensor or node, got "
            "`nonsense`");
  // And it goes on: sizes that do not fit have no engine.
  EXPECT_NE(errorOf(planner, "tensor x f32 2x2x2 4x2x1; "
                             "tensor y f32 2x2x3 6x3x1; node relu x -> y"),
            "no error");
}
