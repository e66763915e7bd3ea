// A hand-made executable run end to end.
#include "runtime/executor/Executor.h"

#include "SmallExecutable.h"
#include "TestSettings.h"
#include "runtime/cpu/Primitive.h"
#include "runtime/cpu/Team.h"

#include <bit>
#include <cstring>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <numeric>
#include <sched.h>
#include <thread>

namespace netc::runtime {
namespace {

/// Executors set the team of the thread they run on: put back what the other
/// tests expect.
class ExecutorTest : public testing::Test {
protected:
  ~ExecutorTest() override {
    cpu::configure(testSettings().threads, testSettings().isa);
  }
};

template <typename T> std::vector<T> values(std::span<const std::byte> bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

Executor makeExecutor(const fb::ExecutableT &executable,
                      ExecutorOptions options = {}) {
  return Executor(Executable::fromTables(pack(executable)), options);
}

std::vector<float> fillInput(Executor &executor) {
  std::vector<float> x(5 * 7);
  std::iota(x.begin(), x.end(), -10);
  std::memcpy(executor.input("forward", "x").data(), x.data(),
              x.size() * sizeof(float));
  return x;
}

TEST_F(ExecutorTest, RunsKernelsAndPrimitives) {
  Executor executor = makeExecutor(smallExecutable());
  EXPECT_EQ(executor.allocatedBytes(),
            executor.executable().tables().arena_bytes());
  executor.run("initialize", {.seed = 3});
  std::vector<float> x = fillInput(executor);
  executor.run("forward", {});
  std::vector<float> y = values<float>(executor.output("forward", "y"));
  for (int n = 0; n < 5; ++n)
    for (int o = 0; o < 6; ++o) {
      float sum = static_cast<float>(o + 3);
      for (int i = 0; i < 7; ++i)
        sum += x[n * 7 + i] * static_cast<float>(o - i) / 4;
      EXPECT_FLOAT_EQ(y[n * 6 + o], 2 * sum) << n << ", " << o;
    }
}

TEST_F(ExecutorTest, SameBitsInEveryRun) {
  Executor executor = makeExecutor(smallExecutable());
  executor.run("initialize", {.seed = 3});
  fillInput(executor);
  executor.run("forward", {});
  auto first = values<uint32_t>(executor.output("forward", "y"));
  for (int i = 0; i < 10; ++i) {
    executor.run("forward", {});
    EXPECT_EQ(values<uint32_t>(executor.output("forward", "y")), first);
  }
  // The team is the process's, whatever thread asks for it.
  std::thread([&] { executor.run("forward", {}); }).join();
  EXPECT_EQ(values<uint32_t>(executor.output("forward", "y")), first);
  Executor second = makeExecutor(smallExecutable());
  second.run("initialize", {.seed = 3});
  fillInput(second);
  second.run("forward", {});
  EXPECT_EQ(values<uint32_t>(second.output("forward", "y")), first);
}

TEST_F(ExecutorTest, StateIsWritten) {
  Executor executor = makeExecutor(smallExecutable());
  executor.run("report", {.seed = 0x1'0000'0002,
                          .step = 0x3'0000'0004,
                          .epoch = 5,
                          .learningRate = 0.5f});
  EXPECT_EQ(values<uint32_t>(executor.output("report", "read")),
            (std::vector<uint32_t>{2, 1, 4, 3, 5, std::bit_cast<uint32_t>(0.5f),
                                   0, 1})); // and one part: it is serial
}

TEST_F(ExecutorTest, EveryPartOnceWhateverTheTeam) {
  for (int threads : {1, 2, 3, 16}) { // more than there are processors too
    fb::ExecutableT executable = smallExecutable();
    executable.threads = threads;
    executable.programs.erase(executable.programs.begin() + 1); // the library's
    Executor executor = makeExecutor(executable);
    executor.run("report", {});
    auto counts = values<int32_t>(executor.output("report", "counts"));
    EXPECT_EQ(counts[31], threads);
    for (int part = 0; part < 31; ++part)
      EXPECT_EQ(counts[part], part < threads) << part;

    // Within another's region a team has one thread, which does all parts.
    cpu::runInTeam(2, [&](int part) {
      if (part == 0)
        executor.run("report", {});
    });
    counts = values<int32_t>(executor.output("report", "counts"));
    for (int part = 0; part < threads; ++part)
      EXPECT_EQ(counts[part], 2) << part;
  }
}

TEST_F(ExecutorTest, OneProcessorKeepsTheBitsOfALargeTeam) {
  constexpr int threads = 7;
  auto result = [&] {
    cpu::configure(threads, testSettings().isa); // what `choose` answers for
    fb::ExecutableT executable = smallExecutable();
    executable.threads = threads;
    Executor executor = makeExecutor(executable);
    executor.run("initialize", {.seed = 3});
    fillInput(executor);
    executor.run("forward", {});
    return values<uint32_t>(executor.output("forward", "y"));
  };
  std::vector<uint32_t> wide = result(), narrow;
  // A thread that is bound to one processor hands that on to its team.
  std::thread([&] {
    cpu_set_t before, one;
    ASSERT_EQ(::sched_getaffinity(0, sizeof before, &before), 0);
    CPU_ZERO(&one);
    for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++i)
      if (CPU_ISSET(i, &before))
        CPU_SET(i, &one);
    ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
    narrow = result();
  }).join();
  EXPECT_EQ(narrow, wide);
}

TEST_F(ExecutorTest, ParametersInRowMajorOrder) {
  fb::ExecutableT executable = smallExecutable();
  fb::BufferT &weight = *executable.parameters[0]->buffer;
  weight.type->layout = "AB4b16a"; // nothing but the table says so
  weight.bytes = 2 * 4 * 16 * sizeof(float);
  weight.offset = executable.arena_bytes;
  executable.arena_bytes += weight.bytes;
  Executor executor = makeExecutor(executable);
  std::vector<float> in(6 * 7), out(6 * 7);
  std::iota(in.begin(), in.end(), 1);
  executor.writeParameter(0, std::as_bytes(std::span(in)));
  executor.readParameter(0, std::as_writable_bytes(std::span(out)));
  EXPECT_EQ(in, out);
}

TEST_F(ExecutorTest, PartsOfAParameterAreWritten) {
  Executor executor = makeExecutor(smallExecutable());
  std::vector<float> all{1, 2, 3, 4, 5, 6}, out(6);
  executor.writeParameter(1, std::as_bytes(std::span(all)));
  std::vector<float> part{7, 8};
  executor.writeParameterBytes(1, 3 * sizeof(float),
                               std::as_bytes(std::span(part)));
  executor.readParameter(1, std::as_writable_bytes(std::span(out)));
  EXPECT_EQ(out, (std::vector<float>{1, 2, 3, 7, 8, 6}));
}

TEST_F(ExecutorTest, ParametersAreThoseThatProgramsUse) {
  Executor executor = makeExecutor(smallExecutable());
  std::vector<float> weight(6 * 7, 0), bias{1, 2, 3, 4, 5, 6};
  executor.writeParameter(0, std::as_bytes(std::span(weight)));
  executor.writeParameter(1, std::as_bytes(std::span(bias)));
  fillInput(executor);
  executor.run("forward", {});
  auto y = values<float>(executor.output("forward", "y"));
  for (size_t i = 0; i < y.size(); ++i)
    EXPECT_EQ(y[i], 2 * bias[i % 6]);
}

TEST_F(ExecutorTest, SavedAndLoadedIsTheSame) {
  std::string path = testing::TempDir() + "netc-executor-test.netx";
  Executable::fromTables(pack(smallExecutable())).save(path);
  Executor executor(Executable::load(path));
  std::remove(path.c_str());
  executor.run("initialize", {.seed = 8});
  std::vector<float> bias(6);
  executor.readParameter(1, std::as_writable_bytes(std::span(bias)));
  EXPECT_EQ(bias, (std::vector<float>{8, 9, 10, 11, 12, 13}));
}

TEST_F(ExecutorTest, SeveralAtOnceKeepTheirCode) {
  // The loader must not take the second's code for the first's.
  Executor first = makeExecutor(smallExecutable());
  {
    Executor second = makeExecutor(smallExecutable());
    second.run("initialize", {.seed = 1});
  }
  Executor third = makeExecutor(smallExecutable());
  first.run("initialize", {.seed = 2});
  third.run("initialize", {.seed = 3});
  std::vector<float> bias(6);
  first.readParameter(1, std::as_writable_bytes(std::span(bias)));
  EXPECT_EQ(bias[0], 2);
}

TEST_F(ExecutorTest, ProfileOfEachLaunch) {
  Executor executor = makeExecutor(smallExecutable(), {.profile = true});
  executor.run("forward", {});
  executor.run("forward", {});
  std::vector<LaunchTime> times = executor.profile();
  ASSERT_EQ(times.size(), 5u);
  EXPECT_EQ(times[0].runs, 0u);
  EXPECT_EQ(times[1].program, "forward");
  EXPECT_EQ(times[1].layer, "dense_1");
  EXPECT_EQ(times[1].line, 3u);
  EXPECT_EQ(times[1].runs, 2u);
  EXPECT_GT(times[1].seconds, 0);
  EXPECT_EQ(times[2].work, "twice");
  EXPECT_TRUE(makeExecutor(smallExecutable()).profile().empty());
}

TEST_F(ExecutorTest, AnUnknownProgramIsAnError) {
  Executor executor = makeExecutor(smallExecutable());
  for (const auto &ask :
       {std::function<void()>([&] { executor.run("backward", {}); }),
        {[&] { executor.input("backward", "x"); }},
        {[&] { executor.output("backward", "y"); }}})
    try {
      ask();
      FAIL() << "it is found";
    } catch (const Error &error) {
      EXPECT_STREQ(error.what(), "the executable of network `Small` has no "
                                 "program `backward`");
    }
}

/// What making the executor says.
std::string refusal(const fb::ExecutableT &executable) {
  try {
    makeExecutor(executable);
  } catch (const Error &error) {
    return error.what();
  }
  return "";
}

TEST_F(ExecutorTest, RefusalsSayWhere) {
  fb::ExecutableT another = smallExecutable();
  another.programs[1]->launches[0]->work.AsPrimitive()->implementation =
      "other";
  std::string message = refusal(another);
  EXPECT_NE(message.find("program `forward`, layer `dense_1` (small.net:3:5): "
                         "inner product forward"),
            std::string::npos)
      << message;
  EXPECT_NE(message.find("`other` was recorded"), std::string::npos) << message;

  fb::ExecutableT symbol = smallExecutable();
  symbol.programs[0]->launches[0]->work.AsKernel()->symbol = "absent";
  EXPECT_NE(refusal(symbol).find("program `initialize`, layer `dense_1` "
                                 "(small.net:3:5): the code has no kernel "
                                 "`absent`"),
            std::string::npos)
      << refusal(symbol);

  fb::ExecutableT code = smallExecutable();
  code.code.assign(100, 7);
  EXPECT_NE(refusal(code).find("the code does not load"), std::string::npos);

  fb::ExecutableT target = smallExecutable();
  target.target = "abacus";
  EXPECT_NE(refusal(target).find("abacus"), std::string::npos);

  fb::ExecutableT isa = smallExecutable();
  isa.isa = "avx1024";
  EXPECT_NE(refusal(isa).find("avx1024"), std::string::npos);

  fb::ExecutableT memory = smallExecutable();
  memory.arena_bytes = uint64_t(1) << 46;
  EXPECT_NE(refusal(memory).find("needs 65536.0 GiB"), std::string::npos)
      << refusal(memory);
}

} // namespace
} // namespace netc::runtime
