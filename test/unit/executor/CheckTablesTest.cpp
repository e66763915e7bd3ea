// Each thing that well-formed tables may still have wrong.
#include "runtime/executor/CheckTables.h"

#include "SmallExecutable.h"

#include <functional>
#include <gtest/gtest.h>
#include <limits>

namespace netc::runtime {
namespace {

struct Hostile {
  const char *name;
  std::function<void(fb::ExecutableT &)> alter;
  const char *message; // some of it
};

class CheckTablesTest : public testing::TestWithParam<Hostile> {};

TEST_P(CheckTablesTest, IsRefused) {
  fb::ExecutableT executable = smallExecutable();
  GetParam().alter(executable);
  try {
    Executable::fromTables(pack(executable));
    FAIL() << "it is accepted";
  } catch (const Error &error) {
    EXPECT_NE(std::string(error.what()).find(GetParam().message),
              std::string::npos)
        << error.what();
  }
}

fb::LaunchT &dense(fb::ExecutableT &executable) {
  return *executable.programs[1]->launches[0];
}
fb::PrimitiveT &primitive(fb::ExecutableT &executable) {
  return *dense(executable).work.AsPrimitive();
}
fb::KernelT &kernel(fb::ExecutableT &executable) {
  return *executable.programs[0]->launches[0]->work.AsKernel();
}
fb::BufferT &weight(fb::ExecutableT &executable) {
  return *executable.parameters[0]->buffer;
}
fb::BufferT &state(fb::ExecutableT &executable) {
  return *executable.programs[0]->inputs[0];
}

/// The second of two; both are whole.
fb::ExpectationT &expectation(fb::ExecutableT &executable) {
  for (int i = 0; i < 2; ++i) {
    auto made = std::make_unique<fb::ExpectationT>();
    made->dataset = "mnist";
    made->value = 0.5;
    executable.expectations.push_back(std::move(made));
  }
  return *executable.expectations[1];
}

/// A schedule that is whole: a tenth of the rate every two epochs.
fb::ScheduleT &schedule(fb::ExecutableT &executable) {
  executable.schedule = std::make_unique<fb::ScheduleT>();
  executable.schedule->kind = fb::ScheduleKind::Step;
  executable.schedule->every = 2;
  executable.schedule->factor = 0.1;
  return *executable.schedule;
}

using E = fb::ExecutableT;

/// For a GPU: kernels have grids, and what were primitives is one graph.
fb::PlannedGraphT &onGpu(E &executable) {
  executable.target = "cuda";
  executable.isa = "sm_90";
  for (auto &program : executable.programs)
    for (auto &launch : program->launches) {
      if (fb::KernelT *kernel = launch->work.AsKernel()) {
        kernel->blocks = kernel->threads = 1;
        continue;
      }
      launch->work.Set(fb::GraphT{});
      fb::Slice x(launch->arguments.front().offset(), 24),
          y(launch->arguments.back().offset(), 24);
      launch->arguments = {x, y};
    }
  auto plan = std::make_unique<fb::PlannedGraphT>();
  plan->description = "precision f32; tensor x f32 2x3 3x1; "
                      "tensor y f32 2x3 3x1; node relu x -> y";
  plan->engine = "eng1";
  plan->plan = "{}";
  executable.graphs.push_back(std::move(plan));
  return *executable.graphs.back();
}

TEST(CheckTables, AGpusAreAccepted) {
  fb::ExecutableT executable = smallExecutable();
  onGpu(executable);
  EXPECT_NO_THROW(Executable::fromTables(pack(executable)));
}

TEST(CheckTables, SchedulesAreAccepted) {
  fb::ExecutableT executable = smallExecutable();
  schedule(executable);
  EXPECT_NO_THROW(Executable::fromTables(pack(executable)));
  schedule(executable).factor = 0;
  EXPECT_NO_THROW(Executable::fromTables(pack(executable)));
  executable.schedule = std::make_unique<fb::ScheduleT>(); // constant
  EXPECT_NO_THROW(Executable::fromTables(pack(executable)));
}

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr uint64_t hugeOffset = std::numeric_limits<uint64_t>::max() - 63;

const Hostile hostile[] = {
    {"noTarget", [](E &e) { e.target.clear(); }, "no target"},
    {"noIsa", [](E &e) { e.isa.clear(); }, "no instruction set"},
    {"noThreads", [](E &e) { e.threads = 0; }, "threads"},
    {"manyThreads", [](E &e) { e.threads = 1 << 20; }, "threads"},
    {"hugeArena", [](E &e) { e.arena_bytes = uint64_t(1) << 60; }, "arena"},
    {"rate",
     [](E &e) { e.learning_rate = std::numeric_limits<float>::infinity(); },
     "learning rate"},
    {"inputShape", [](E &e) { e.input_shape = {28, 28}; }, "input's shape"},
    {"inputElement", [](E &e) { e.input_element = fb::ElementType::I32; },
     "the input's elements"},
    {"inputElementRange",
     [](E &e) { e.input_element = static_cast<fb::ElementType>(99); },
     "the input's elements"},
    {"inputSize", [](E &e) { e.input_shape = {1, -28, 28}; }, "input's shape"},
    {"negativeBatch", [](E &e) { e.batch = -1; }, "batch"},
    {"parameterOutside", [](E &e) { weight(e).offset = e.arena_bytes; },
     "parameter 0 `dense_1.weight`: bytes"},
    {"parameterOverflow", [](E &e) { weight(e).offset = hugeOffset; },
     "outside the arena"},
    {"parameterUnaligned", [](E &e) { weight(e).offset += 4; }, "multiple of"},
    {"parameterBytes", [](E &e) { weight(e).bytes += 4; }, "its type 168"},
    {"parameterShape", [](E &e) { weight(e).type->shape[0] = -6; }, "size"},
    {"parameterHuge",
     [](E &e) { weight(e).type->shape.assign(6, int64_t(1) << 40); },
     "too large"},
    {"parameterLayout", [](E &e) { weight(e).type->layout = "Ab"; },
     "no block"},
    {"parameterElement",
     [](E &e) { weight(e).type->element = static_cast<fb::ElementType>(9); },
     "element type"},
    {"parameterNameless", [](E &e) { weight(e).name.clear(); }, "no name"},
    {"parameterTwice",
     [](E &e) { e.parameters[1]->buffer->name = weight(e).name; },
     "another has this name"},
    {"parameterTypeless", [](E &e) { weight(e).type.reset(); }, "no type"},
    {"parameterBufferless", [](E &e) { e.parameters[0]->buffer.reset(); },
     "no buffer"},
    {"parametersOverlap",
     [](E &e) { e.parameters[1]->buffer->offset = weight(e).offset; },
     "overlap"},
    {"shapeForFiles", [](E &e) { e.parameters[0]->shape = {6, 8}; },
     "another number"},
    {"programNameless", [](E &e) { e.programs[0]->name.clear(); }, "no name"},
    {"programTwice", [](E &e) { e.programs[1]->name = "initialize"; },
     "another has this name"},
    {"inputOutside",
     [](E &e) { e.programs[1]->inputs[0]->offset = hugeOffset; },
     "input `x`: "},
    {"outputNamedAsInput", [](E &e) { e.programs[1]->outputs[0]->name = "x"; },
     "another has this name"},
    {"stateType",
     [](E &e) {
       state(e).type->shape = {4};
       state(e).bytes = 16;
     },
     "8xi32"},
    {"argumentOutside",
     [](E &e) { dense(e).arguments[1] = fb::Slice(hugeOffset, 64); },
     "program 1 `forward`: launch 0 of layer `dense_1`: argument 1"},
    {"argumentLong",
     [](E &e) {
       dense(e).arguments[1] =
           fb::Slice(0, std::numeric_limits<uint64_t>::max());
     },
     "outside the arena"},
    {"argumentShort", [](E &e) { dense(e).arguments[3] = fb::Slice(0, 64); },
     "its argument has 64 bytes"},
    {"argumentMissing", [](E &e) { dense(e).arguments.pop_back(); },
     "5 roles for 4 arguments"},
    {"roleTwice", [](E &e) { primitive(e).roles[1] = fb::Role::Src; },
     "two arguments"},
    {"roleOutOfRange",
     [](E &e) { primitive(e).roles[1] = static_cast<fb::Role>(200); },
     "role out of range"},
    {"tensorWithoutArgument",
     [](E &e) { primitive(e).roles[0] = fb::Role::Workspace; },
     "it has no argument"},
    {"argumentWithoutTensor", [](E &e) { primitive(e).tensors.pop_back(); },
     "an argument has no tensor"},
    {"tensorTwice", [](E &e) { primitive(e).tensors[1]->role = fb::Role::Src; },
     "another has its role"},
    {"tensorScratchpad",
     [](E &e) { primitive(e).tensors[0]->role = fb::Role::Scratchpad; },
     "none of a tensor"},
    {"kindOutOfRange",
     [](E &e) { primitive(e).kind = static_cast<fb::PrimitiveKind>(77); },
     "kind of primitive"},
    {"propagationOutOfRange",
     [](E &e) { primitive(e).propagation = static_cast<fb::Propagation>(3); },
     "kind of primitive"},
    {"noSuchGradient",
     [](E &e) {
       primitive(e).kind = fb::PrimitiveKind::Reorder;
       primitive(e).propagation = fb::Propagation::BackwardData;
     },
     "there is no backward data of reorder"},
    {"roleNeeded",
     [](E &e) { primitive(e).kind = fb::PrimitiveKind::BatchNormalization; },
     "it has no argument mean"},
    {"roleNotTaken",
     [](E &e) { primitive(e).kind = fb::PrimitiveKind::AveragePooling; },
     "it takes no argument weights"},
    {"reluOfAGradient",
     [](E &e) {
       primitive(e).propagation = fb::Propagation::BackwardWeights;
       primitive(e).relu = true;
     },
     "it cannot fuse a relu"},
    {"noImplementation", [](E &e) { primitive(e).implementation.clear(); },
     "no implementation"},
    {"windowSizes", [](E &e) { primitive(e).stride = {1, 1, 1}; }, "two sizes"},
    {"windowNumber", [](E &e) { primitive(e).stride = {1, 0}; },
     "window's number is 0"},
    {"epsilon", [](E &e) { primitive(e).epsilon = -1; }, "epsilon"},
    {"noWork", [](E &e) { dense(e).work.Reset(); }, "neither"},
    {"graphOnCpu", [](E &e) { dense(e).work.Set(fb::GraphT{}); },
     "no plan for its graph"},
    {"plansOnCpu",
     [](E &e) {
       onGpu(e);
       e.target = "cpu";
     },
     "plans of cuDNN's, but no GPU"},
    {"primitiveOnGpu",
     [](E &e) {
       onGpu(e);
       dense(e).work.Set(fb::PrimitiveT{});
     },
     "neither a kernel nor a graph"},
    {"graphWithoutPlan",
     [](E &e) {
       onGpu(e);
       dense(e).work.AsGraph()->planned = 1;
     },
     "no plan for its graph"},
    {"emptyPlan", [](E &e) { onGpu(e).plan.clear(); }, "plan 0: it is none"},
    {"planOfNothing", [](E &e) { onGpu(e).description = "graph"; },
     "plan 0: a graph's text: expected precision, tensor or node"},
    {"planWorkspace",
     [](E &e) { onGpu(e).workspace_bytes = uint64_t(1) << 60; },
     "its workspace is too large"},
    {"graphArguments",
     [](E &e) {
       onGpu(e);
       dense(e).arguments.pop_back();
     },
     "its graph takes 2 arguments, it has 1"},
    {"graphWorkspace", [](E &e) { onGpu(e).workspace_bytes = 64; },
     "its graph takes 3 arguments, it has 2"},
    {"graphBytes",
     [](E &e) {
       onGpu(e);
       fb::Slice &y = dense(e).arguments[1];
       y = fb::Slice(y.offset(), 28);
     },
     "argument 1 has 28 bytes, its graph wants 24"},
    {"noGrid",
     [](E &e) {
       onGpu(e);
       kernel(e).blocks = 0;
     },
     "its kernel has no grid"},
    {"noSymbol", [](E &e) { kernel(e).symbol.clear(); }, "no symbol"},
    {"noCode", [](E &e) { e.code.clear(); }, "no code"},
    {"kernelArguments",
     [](E &e) { e.programs[0]->launches[0]->arguments.pop_back(); },
     "2 arguments, its kernel takes 3"},
    {"kernelBytes", [](E &e) { kernel(e).bytes[1] += 64; },
     "argument 1 has 24 bytes, its kernel takes 88"},
    {"kernelWords",
     [](E &e) {
       kernel(e).symbol = "twice";
       kernel(e).words = {7};
     },
     "kernel `twice` takes something else in another launch"},
    {"kernelOfAnother", [](E &e) { kernel(e).symbol = "twice"; },
     "kernel `twice` takes something else in another launch"},
    {"loss", [](E &e) { e.loss = static_cast<fb::Loss>(3); },
     "a loss out of range"},
    {"scheduleKind",
     [](E &e) { schedule(e).kind = static_cast<fb::ScheduleKind>(3); },
     "a kind of schedule out of range"},
    {"scheduleNever", [](E &e) { schedule(e).every = 0; },
     "its schedule steps every 0 epochs"},
    {"scheduleBackwards", [](E &e) { schedule(e).every = -1; },
     "`every` of its schedule is -1"},
    {"scheduleFactor", [](E &e) { schedule(e).factor = -0.5; },
     "`factor` of its schedule is -0.5"},
    {"scheduleFactorInfinite", [](E &e) { schedule(e).factor = infinity; },
     "`factor` of its schedule is inf"},
    {"scheduleLeast", [](E &e) { schedule(e).least = -0.1; },
     "`least` of its schedule is -0.1"},
    {"scheduleWarmup",
     [](E &e) {
       schedule(e).warmup = std::numeric_limits<double>::quiet_NaN();
     },
     "`warmup` of its schedule is nan"},
    {"metric", [](E &e) { expectation(e).metric = static_cast<fb::Metric>(4); },
     "expectation 1: a metric out of range"},
    {"comparison",
     [](E &e) { expectation(e).comparison = static_cast<fb::Comparison>(6); },
     "expectation 1: a comparison out of range"},
    {"expectedValue",
     [](E &e) {
       expectation(e).value = std::numeric_limits<double>::quiet_NaN();
     },
     "its value is not a number"},
    {"expectedNowhere", [](E &e) { expectation(e).dataset.clear(); },
     "it names no data set"},
    {"expectedBefore", [](E &e) { expectation(e).epochs = -1; },
     "its epochs are -1"},
    {"expectedNever", [](E &e) { expectation(e).epochs = int64_t(1) << 60; },
     "its epochs are 1152921504606846976"},
    // Each text is UTF-8, without a zero.
    {"networkNoUtf8", [](E &e) { e.network = "a\xff"; },
     "the network's name is not UTF-8"},
    {"networkZero", [](E &e) { e.network = std::string("a\0b", 3); },
     "the network's name has a zero in it"},
    {"networkOverlong", [](E &e) { e.network = "\xc0\x80"; },
     "the network's name is not UTF-8"},
    {"sourceNoUtf8", [](E &e) { e.source = "\xe9.net"; },
     "the name of its text is not UTF-8"},
    {"targetNoUtf8", [](E &e) { e.target = "cpu\x80"; },
     "the target is not UTF-8"},
    {"isaNoUtf8", [](E &e) { e.isa = "avx\xfe"; },
     "the instruction set is not UTF-8"},
    {"deviceNoUtf8", [](E &e) { e.device = "\xed\xa0\x80"; },
     "the device's name is not UTF-8"},
    {"precisionNoUtf8", [](E &e) { e.precision = "\xff"; },
     "the precision is not UTF-8"},
    {"ptxNoUtf8", [](E &e) { e.ptx = "\xff"; },
     "the code for newer devices is not UTF-8"},
    {"parameterNoUtf8", [](E &e) { weight(e).name = "w\xf8"; },
     "its name is not UTF-8"},
    {"parameterZero", [](E &e) { weight(e).name = std::string("w\0", 2); },
     "its name has a zero in it"},
    {"inputNoUtf8", [](E &e) { e.programs[1]->inputs[0]->name = "\xff"; },
     "its name is not UTF-8"},
    {"outputNoUtf8", [](E &e) { e.programs[1]->outputs[0]->name = "\xff"; },
     "its name is not UTF-8"},
    {"programNoUtf8", [](E &e) { e.programs[1]->name = "\xff"; },
     "its name is not UTF-8"},
    {"layerNoUtf8", [](E &e) { dense(e).layer = "\xff"; },
     "its layer's name is not UTF-8"},
    {"layoutNoUtf8", [](E &e) { weight(e).type->layout = "\xff"; },
     "its layout is not UTF-8"},
    {"symbolNoUtf8", [](E &e) { kernel(e).symbol = "\xff"; },
     "its kernel's symbol is not UTF-8"},
    {"implementationNoUtf8", [](E &e) { primitive(e).implementation = "\xff"; },
     "its implementation is not UTF-8"},
    {"planNoUtf8", [](E &e) { onGpu(e).plan = "\xff"; },
     "plan 0: its plan is not UTF-8"},
    {"engineNoUtf8", [](E &e) { onGpu(e).engine = "\xff"; },
     "plan 0: its engine is not UTF-8"},
    {"descriptionNoUtf8", [](E &e) { onGpu(e).description = "\xff"; },
     "plan 0: its description is not UTF-8"},
    {"expectedNoUtf8", [](E &e) { expectation(e).dataset = "\xff"; },
     "expectation 1: its data set is not UTF-8"},
    {"controlsAreShown",
     [](E &e) {
       weight(e).name = "\x1b[2J";
       weight(e).bytes = 1;
     },
     "`\\x1b[2J`"},
    {"scalarForFiles",
     [](E &e) {
       weight(e).type->shape.clear();
       weight(e).bytes = 4;
       e.parameters[0]->shape = {6, 7};
     },
     "another number"},
};

INSTANTIATE_TEST_SUITE_P(Hostile, CheckTablesTest, testing::ValuesIn(hostile),
                         [](const auto &info) { return info.param.name; });

} // namespace
} // namespace netc::runtime
