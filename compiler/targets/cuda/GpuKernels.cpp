// Kernels as gpu functions, and those back as kernels for a processor.
#include "compiler/kernel/KernelDialect.h"
#include "compiler/targets/cuda/CudaTarget.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/IRMapping.h"

#include <algorithm>

using namespace mlir;
using namespace netc;

/// A multiprocessor holds no more blocks of 256 threads at once.
static constexpr int64_t blocksOfMultiprocessor = 8;

int64_t netc::cuda::blocksOf(kernel::FuncOp func, int64_t multiprocessors) {
  int64_t elements = 1;
  for (auto [index, buffer] : llvm::enumerate(func.getBuffers()))
    if (func.writesBuffer(index))
      elements = std::max(elements,
                          cast<MemRefType>(buffer.getType()).getNumElements());
  return std::clamp((elements + threadsOfBlock - 1) / threadsOfBlock,
                    int64_t(1), multiprocessors * blocksOfMultiprocessor);
}

static Value multiplyAdd(OpBuilder &b, Location loc, Value x, Value y,
                         Value z) {
  return b.create<arith::AddIOp>(loc, b.create<arith::MulIOp>(loc, x, y), z);
}

static void addGpuFunction(kernel::FuncOp func, gpu::GPUModuleOp target) {
  OpBuilder builder(target.getBody()->getTerminator());
  Location location = func.getLoc();
  SmallVector<Type> types;
  for (BlockArgument buffer : func.getBuffers())
    types.push_back(buffer.getType());
  auto made = builder.create<gpu::GPUFuncOp>(
      location, func.getSymName(), builder.getFunctionType(types, {}));
  made->setAttr(gpu::GPUDialect::getKernelFuncAttrName(),
                builder.getUnitAttr());
  made.setKnownBlockSizeAttr(
      builder.getDenseI32ArrayAttr({int32_t(cuda::threadsOfBlock), 1, 1}));
  made.getBody().getBlocks().clear();
  IRMapping mapping;
  func.getBody().cloneInto(&made.getBody(), mapping);
  Block &entry = made.getBody().front();
  builder.setInsertionPointToStart(&entry);
  auto x = gpu::Dimension::x;
  Value thread = builder.create<gpu::ThreadIdOp>(location, x);
  Value block = builder.create<gpu::BlockIdOp>(location, x);
  Value size = builder.create<gpu::BlockDimOp>(location, x);
  Value blocks = builder.create<gpu::GridDimOp>(location, x);
  unsigned count = types.size();
  entry.getArgument(count).replaceAllUsesWith(
      multiplyAdd(builder, location, block, size, thread));
  entry.getArgument(count + 1).replaceAllUsesWith(
      builder.create<arith::MulIOp>(location, blocks, size));
  entry.eraseArguments(count, 2);
  for (Block &inner : made.getBody())
    if (auto end = dyn_cast<kernel::ReturnOp>(inner.getTerminator())) {
      builder.setInsertionPoint(end);
      builder.create<gpu::ReturnOp>(end.getLoc());
      end.erase();
    }
}

OwningOpRef<ModuleOp> netc::cuda::makeGpuModule(ModuleOp module) {
  module.getContext()->loadDialect<gpu::GPUDialect, arith::ArithDialect>();
  OwningOpRef<ModuleOp> made = ModuleOp::create(module.getLoc());
  auto builder = OpBuilder::atBlockEnd(made->getBody());
  auto target = builder.create<gpu::GPUModuleOp>(module.getLoc(), "kernels");
  for (kernel::FuncOp func : module.getOps<kernel::FuncOp>())
    addGpuFunction(func, target);
  return made;
}

/// Makes the function a kernel whose part b*256 + t is thread t of block b.
static void addHostKernel(gpu::GPUFuncOp func, ModuleOp target) {
  auto builder = OpBuilder::atBlockEnd(target.getBody());
  Location location = func.getLoc();
  SmallVector<Type> types(func.getArgumentTypes());
  // What each buffer is used for is of no matter any more.
  SmallVector<StringRef> access(types.size(), "readwrite");
  auto made =
      builder.create<kernel::FuncOp>(location, func.getName(), types, access);
  made.getBody().getBlocks().clear();
  IRMapping mapping;
  func.getBody().cloneInto(&made.getBody(), mapping);
  Block &entry = made.getBody().front();
  Value part = entry.addArgument(builder.getIndexType(), location);
  Value parts = entry.addArgument(builder.getIndexType(), location);
  made.walk([&](Operation *op) {
    OpBuilder b(op);
    auto size = [&]() -> Value {
      return b.create<arith::ConstantIndexOp>(location, cuda::threadsOfBlock);
    };
    Value value;
    if (isa<gpu::ThreadIdOp>(op))
      value = b.create<arith::RemUIOp>(location, part, size());
    else if (isa<gpu::BlockIdOp>(op))
      value = b.create<arith::DivUIOp>(location, part, size());
    else if (isa<gpu::BlockDimOp>(op))
      value = size();
    else if (isa<gpu::GridDimOp>(op))
      value = b.create<arith::DivUIOp>(location, parts, size());
    else if (isa<gpu::ReturnOp>(op))
      b.create<kernel::ReturnOp>(location);
    else
      return;
    if (value)
      op->getResult(0).replaceAllUsesWith(value);
    op->erase();
  });
}

OwningOpRef<ModuleOp> netc::cuda::makeHostKernels(ModuleOp gpuModule,
                                                  Attribute target) {
  OwningOpRef<ModuleOp> made = ModuleOp::create(gpuModule.getLoc());
  (*made)->setAttr(kernel::targetAttrName, target);
  gpuModule.walk([&](gpu::GPUFuncOp func) { addHostKernel(func, *made); });
  return made;
}
