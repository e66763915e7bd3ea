// A planned module as an executable: its tables, and a run of it.
#include "test/unit/kernel/Loaded.h"

#include "compiler/kernel/KernelPasses.h"
#include "compiler/targets/cpu/CpuTarget.h"
#include "runtime/executor/Executor.h"

#include "mlir/Pass/PassManager.h"

#include <gtest/gtest.h>

#include <cstring>

using namespace netc;
using namespace netc::kernel;

namespace {

// y = 2*(w + x) and w += x, where w is 2x3 with the 3 in blocks of 4. The view
// of %sum shows that views have their source's place.
const char *const program = R"(
  kernel.global @"dense_1.weight" : memref<2x1x4xf32>
      {tensor = #kernel.tensor<2x3xf32, "aB4b">, kind = "parameter", file_shape = array<i64: 6>}
  kernel.global @velocity : memref<8xf32> {tensor = #kernel.tensor<8xf32>, kind = "state"}
  kernel.program @run(%x: memref<2x1x4xf32> {kernel.name = "x", kernel.role = "input", kernel.tensor = #kernel.tensor<2x3xf32, "aB4b">},
                      %y: memref<8xf32> {kernel.name = "y", kernel.role = "output"}) attributes {batch = 2 : i64} {
    %w = kernel.get_global @"dense_1.weight" : memref<2x1x4xf32>
    %wFlat = kernel.reshape %w : memref<2x1x4xf32> to memref<8xf32>
    %xFlat = kernel.reshape %x : memref<2x1x4xf32> to memref<8xf32>
    %sum = kernel.alloc : memref<2x1x4xf32>
    %sumFlat = kernel.reshape %sum : memref<2x1x4xf32> to memref<8xf32>
    kernel.launch @add(%sumFlat, %wFlat, %xFlat) : memref<8xf32>, memref<8xf32>, memref<8xf32>
    kernel.launch @add(%y, %sumFlat, %sumFlat) : memref<8xf32>, memref<8xf32>, memref<8xf32> loc("dense_1"("mlp.net":7:3))
    kernel.primitive forward reorder "simple:any" (src %sum : <2x3xf32, "aB4b">, dst %w : <2x3xf32, "aB4b">)
    kernel.return
  }
  kernel.func @add(%z: memref<8xf32>, %x: memref<8xf32>, %y: memref<8xf32>, %part: index, %parts: index)
      attributes {access = ["write", "read", "read"], serial} {
    %c0 = arith.constant 0 : index
    %a = vector.load %x[%c0] : memref<8xf32>, vector<8xf32>
    %b = vector.load %y[%c0] : memref<8xf32>, vector<8xf32>
    %c = arith.addf %a, %b : vector<8xf32>
    vector.store %c, %z[%c0] : memref<8xf32>, vector<8xf32>
    kernel.return
  })";

runtime::Executable build(const std::string &text) {
  auto context = makeContext();
  mlir::OwningOpRef<mlir::ModuleOp> module = parse(*context, text);
  mlir::PassManager passes(context.get());
  passes.addPass(createPlanMemory());
  EXPECT_TRUE(mlir::succeeded(passes.run(*module)));
  ExecutableInfo info;
  info.network = "Mlp";
  info.source = "mlp.net";
  info.inputShape = {1, 28, 28};
  info.classes = 10;
  info.batch = 2;
  info.learningRate = 0.5f;
  return llvm::cantFail(buildExecutable(*module, info));
}

// The executor compares the library's choice with the recorded one.
std::string withLibraryChoice(std::string text) {
  runtime::cpu::configure(2, runtime::cpu::hostIsa());
  runtime::cpu::PrimitiveSpec spec;
  spec.kind = runtime::cpu::PrimitiveKind::Reorder;
  runtime::TensorType type{runtime::ElementType::F32, {2, 3}, "aB4b"};
  spec.tensors = {{runtime::cpu::Role::Src, type},
                  {runtime::cpu::Role::Dst, type}};
  runtime::cpu::PrimitiveChoice choice = runtime::cpu::choose(spec);
  EXPECT_EQ(choice.scratchpadBytes, 0);
  text.replace(text.find("simple:any"), 10, choice.implementation);
  return text;
}

} // namespace

TEST(BuildExecutable, RecordsTheModule) {
  runtime::Executable executable = build(program);
  const runtime::fb::Executable &tables = executable.tables();
  EXPECT_EQ(tables.network()->str(), "Mlp");
  EXPECT_EQ(tables.target()->str(), "cpu");
  EXPECT_EQ(tables.isa()->str(), runtime::cpu::hostIsa());
  EXPECT_EQ(tables.threads(), 2);
  EXPECT_EQ(tables.arena_bytes(), 64u * 5);
  EXPECT_EQ(tables.classes(), 10);

  ASSERT_EQ(tables.parameters()->size(), 2u);
  const runtime::fb::Parameter *weight = tables.parameters()->Get(0);
  EXPECT_EQ(weight->buffer()->name()->str(), "dense_1.weight");
  EXPECT_EQ(weight->buffer()->type()->layout()->str(), "aB4b");
  EXPECT_EQ(weight->buffer()->bytes(), 32u);
  EXPECT_EQ(weight->shape()->Get(0), 6);
  EXPECT_TRUE(weight->trainable());
  EXPECT_FALSE(tables.parameters()->Get(1)->trainable());

  const runtime::fb::Program *run = executable.program("run");
  ASSERT_NE(run, nullptr);
  EXPECT_EQ(run->inputs()->Get(0)->offset(), 128u);
  EXPECT_EQ(run->outputs()->Get(0)->offset(), 192u);
  ASSERT_EQ(run->launches()->size(), 3u);
  const runtime::fb::Launch *launch = run->launches()->Get(1);
  EXPECT_EQ(launch->layer()->str(), "dense_1");
  EXPECT_EQ(launch->line(), 7u);
  EXPECT_EQ(launch->column(), 3u);
  EXPECT_EQ(launch->work_as_Kernel()->symbol()->str(), "add");
  EXPECT_TRUE(launch->work_as_Kernel()->serial());
  EXPECT_EQ(launch->arguments()->Get(0)->offset(), 192u);
  EXPECT_EQ(launch->arguments()->Get(1)->offset(), 256u);
  const runtime::fb::Primitive *reorder =
      run->launches()->Get(2)->work_as_Primitive();
  ASSERT_NE(reorder, nullptr);
  EXPECT_EQ(reorder->kind(), runtime::fb::PrimitiveKind::Reorder);
  EXPECT_EQ(reorder->roles()->size(), 2u);
}

TEST(BuildExecutable, Runs) {
  runtime::Executor executor(build(withLibraryChoice(program)));
  std::vector<float> weight{1, 2, 3, 4, 5, 6};
  executor.writeParameter(0, std::as_bytes(std::span(weight)));
  const float x[8] = {10, 10, 10, 0, 20, 20, 20, 0};
  std::memcpy(executor.input("run", "x").data(), x, sizeof x);
  executor.run("run", {});
  float y[8];
  std::memcpy(y, executor.output("run", "y").data(), sizeof y);
  const float expected[8] = {22, 24, 26, 0, 48, 50, 52, 0};
  for (int i = 0; i < 8; ++i)
    EXPECT_EQ(y[i], expected[i]) << i;
  executor.readParameter(0, std::as_writable_bytes(std::span(weight)));
  EXPECT_EQ(weight, (std::vector<float>{11, 12, 13, 24, 25, 26}));
}

TEST(BuildExecutable, RefusesAModuleWithoutAPlan) {
  auto context = makeContext();
  mlir::OwningOpRef<mlir::ModuleOp> module = parse(*context, program);
  auto executable = buildExecutable(*module, {});
  ASSERT_FALSE(executable);
  EXPECT_EQ(llvm::toString(executable.takeError()),
            "the module has no valid memory plan");
}
