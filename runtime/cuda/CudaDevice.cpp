// Makes launches ready for a GPU, and runs programs as CUDA graphs.
#include "runtime/cuda/CudaDevice.h"

#include "runtime/cuda/BuildGraph.h"
#include "runtime/cuda/Driver.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cstring>
#include <fmt/format.h>
#include <map>

namespace netc::runtime::cuda {

static int numberOf(std::string_view isa) {
  int number = 0;
  if (isa.starts_with("sm_"))
    std::from_chars(isa.data() + 3, isa.data() + isa.size(), number);
  return number;
}

bool suits(std::string_view isa, int computeCapability, bool hasPtx) {
  int wanted = numberOf(isa);
  if (wanted == 0)
    return false;
  if (wanted / 10 == computeCapability / 10)
    return wanted <= computeCapability;
  return hasPtx && wanted < computeCapability;
}

namespace {

/// What the driver gave, given back in the reverse order by the members of
/// CudaDevice. Releases report nothing: there is nobody to tell.
class Context {
public:
  Context(const Driver &driver, CUdevice device)
      : driver(driver), device(device) {
    driver.check(driver.contextRetain(&context, device),
                 "cuDevicePrimaryCtxRetain");
    makeCurrent();
    driver.check(driver.streamCreate(&stream, CU_STREAM_NON_BLOCKING),
                 "cuStreamCreate");
    driver.check(driver.streamCreate(&copyStream, CU_STREAM_NON_BLOCKING),
                 "cuStreamCreate");
  }
  ~Context() {
    driver.contextSetCurrent(context);
    driver.streamDestroy(copyStream);
    driver.streamDestroy(stream);
    driver.contextRelease(device);
  }
  Context(const Context &) = delete;
  Context &operator=(const Context &) = delete;

  void makeCurrent() const {
    driver.check(driver.contextSetCurrent(context), "cuCtxSetCurrent");
  }

  const Driver &driver;
  CUdevice device;
  CUcontext context = nullptr;
  CUstream stream = nullptr;     // of the programs
  CUstream copyStream = nullptr; // of their inputs, ahead of them
};

class Event {
public:
  explicit Event(const Driver &driver) : driver(driver) {
    driver.check(driver.eventCreate(&event, CU_EVENT_DISABLE_TIMING),
                 "cuEventCreate");
  }
  ~Event() { driver.eventDestroy(event); }
  Event(const Event &) = delete;
  Event &operator=(const Event &) = delete;

  void record(CUstream stream) {
    driver.check(driver.eventRecord(event, stream), "cuEventRecord");
  }

  const Driver &driver;
  CUevent event = nullptr;
};

class DeviceMemory {
public:
  DeviceMemory(const Driver &driver, uint64_t bytes) : driver(driver) {
    // Never empty: an address is needed for empty slices too.
    CUresult result = driver.memAlloc(&address, std::max<uint64_t>(bytes, 64));
    if (result == CUDA_ERROR_OUT_OF_MEMORY)
      throw Error(fmt::format("the GPU has no {} MiB left for the network",
                              (bytes + (1 << 20) - 1) >> 20));
    driver.check(result, "cuMemAlloc");
  }
  ~DeviceMemory() { driver.memFree(address); }
  DeviceMemory(const DeviceMemory &) = delete;
  DeviceMemory &operator=(const DeviceMemory &) = delete;

  const Driver &driver;
  CUdeviceptr address = 0;
};

/// Memory of the host that the GPU copies from and to by itself.
class PinnedMemory {
public:
  PinnedMemory(const Driver &driver, uint64_t bytes) : driver(driver) {
    driver.check(driver.hostAlloc(&data, std::max<uint64_t>(bytes, 64), 0),
                 "cuMemHostAlloc");
    std::memset(data, 0, bytes);
  }
  ~PinnedMemory() { driver.hostFree(data); }
  PinnedMemory(const PinnedMemory &) = delete;
  PinnedMemory &operator=(const PinnedMemory &) = delete;

  const Driver &driver;
  void *data = nullptr;
};

class Module {
public:
  Module(const Driver &driver, const void *image) : driver(driver) {
    driver.check(driver.moduleLoadData(&module, image), "cuModuleLoadData");
  }
  ~Module() { driver.moduleUnload(module); }
  Module(const Module &) = delete;
  Module &operator=(const Module &) = delete;

  const Driver &driver;
  CUmodule module = nullptr;
};

/// A program that has been captured.
class CapturedProgram {
public:
  CapturedProgram(const Driver &driver, CUgraph graph) : driver(driver) {
    CUresult result = driver.graphInstantiate(&exec, graph, 0);
    driver.graphDestroy(graph);
    driver.check(result, "cuGraphInstantiate");
  }
  ~CapturedProgram() { driver.graphExecDestroy(exec); }
  CapturedProgram(const CapturedProgram &) = delete;
  CapturedProgram &operator=(const CapturedProgram &) = delete;

  const Driver &driver;
  CUgraphExec exec = nullptr;
};

/// What one of the runs under way has for itself: the host's copy of the inputs
/// and outputs, the inputs on the device until the run takes them, and its
/// programs, which copy between these and the arena.
struct Slot {
  Slot(const Driver &driver, uint64_t bytes)
      : host(driver, bytes), staged(driver, bytes), copied(driver),
        done(driver) {}

  PinnedMemory host;
  DeviceMemory staged;
  Event copied, done;
  std::map<const fb::Program *, std::unique_ptr<CapturedProgram>> captured;
};

class CudnnHandle {
public:
  CudnnHandle(const Cudnn &cudnn, CUstream stream) : cudnn(cudnn) {
    cudnn.check(cudnn.create(&handle), "cudnnCreate");
    cudnn.check(cudnn.setStream(handle, stream), "cudnnSetStream");
  }
  ~CudnnHandle() { cudnn.destroy(handle); }
  CudnnHandle(const CudnnHandle &) = delete;
  CudnnHandle &operator=(const CudnnHandle &) = delete;

  const Cudnn &cudnn;
  cudnnHandle_t handle = nullptr;
};

class KernelLaunch final : public ReadyLaunch {
public:
  KernelLaunch(const Context &context, CUfunction function,
               const fb::Kernel &kernel, std::vector<CUdeviceptr> arguments)
      : context(context), function(function), kernel(kernel),
        arguments(std::move(arguments)) {}

  // Gives the arguments as one buffer with its size, so that the driver can
  // compare it with what the kernel takes.
  void run() const override {
    size_t bytes = arguments.size() * sizeof(CUdeviceptr);
    void *extra[] = {CU_LAUNCH_PARAM_BUFFER_POINTER,
                     const_cast<CUdeviceptr *>(arguments.data()),
                     CU_LAUNCH_PARAM_BUFFER_SIZE, &bytes, CU_LAUNCH_PARAM_END};
    context.driver.check(context.driver.launchKernel(
                             function, kernel.blocks(), 1, 1, kernel.threads(),
                             1, 1, 0, context.stream, nullptr, extra),
                         "cuLaunchKernel");
  }
  std::string name() const override { return kernel.symbol()->str(); }

private:
  const Context &context;
  CUfunction function;
  const fb::Kernel &kernel;
  std::vector<CUdeviceptr> arguments;
};

class GraphLaunch final : public ReadyLaunch {
public:
  /// `scalars` are what the pack points to on the host.
  GraphLaunch(const CudnnHandle &handle, const Plan &plan, std::string name,
              std::vector<float> scalars, Descriptor pack)
      : handle(handle), plan(plan), label(std::move(name)),
        scalars(std::move(scalars)), pack(std::move(pack)) {}

  void run() const override {
    handle.cudnn.check(
        handle.cudnn.execute(handle.handle, plan.plan.get(), pack.get()),
        "cudnnBackendExecute");
  }
  std::string name() const override { return label; }

private:
  const CudnnHandle &handle;
  const Plan &plan;
  std::string label;
  std::vector<float> scalars;
  Descriptor pack;
};

class CudaDevice final : public Device {
public:
  explicit CudaDevice(const fb::Executable &tables);
  ~CudaDevice() override;

  std::span<std::byte> hostInput(uint64_t offset, uint64_t bytes) override;
  std::span<const std::byte> hostOutput(uint64_t offset,
                                        uint64_t bytes) override;
  void read(uint64_t offset, std::span<std::byte> into) override;
  void write(uint64_t offset, std::span<const std::byte> from) override;
  std::unique_ptr<ReadyLaunch> prepare(const fb::Launch &launch) override;
  int64_t depth() const override { return slotCount; }
  void start(const fb::Program &program,
             const std::function<void()> &launches) override;
  void finish() override;
  std::vector<std::string> notes() const override { return said; }

private:
  static CUdevice choose(const Driver &driver, const fb::Executable &tables);
  void loadCode();
  void loadPlans();
  Plan makePlan(const fb::PlannedGraph &recorded);
  std::unique_ptr<CapturedProgram>
  capture(const fb::Program &program, Slot &slot,
          const std::function<void()> &launches);
  std::span<std::byte> bytesOf(Slot &slot, uint64_t offset, uint64_t bytes) {
    return {static_cast<std::byte *>(slot.host.data) + (offset - transferBegin),
            bytes};
  }
  CUdeviceptr stagedAddress(const Slot &slot, uint64_t offset) const {
    return slot.staged.address + (offset - transferBegin);
  }
  CUdeviceptr address(uint64_t offset) const { return arena.address + offset; }
  void synchronize() {
    driver.check(driver.streamSynchronize(context.stream),
                 "cuStreamSynchronize");
  }

  const fb::Executable &tables;
  Driver driver;
  Context context;
  DeviceMemory arena;
  // Where programs have their inputs and outputs in the arena; the runs under
  // way take the slots in turn.
  static constexpr size_t slotCount = 2;
  uint64_t transferBegin = 0, transferEnd = 0;
  std::array<std::unique_ptr<Slot>, slotCount> slots;
  size_t started = 0, finished = 0; // runs
  std::unique_ptr<Module> code;
  std::unique_ptr<Cudnn> cudnn;
  std::unique_ptr<CudnnHandle> handle;
  std::vector<Plan> plans;
  std::vector<std::string> said;
};

} // namespace

static const flatbuffers::Vector<flatbuffers::Offset<fb::Buffer>> *
buffersOf(const fb::Program &program, bool inputs) {
  return inputs ? program.inputs() : program.outputs();
}

CUdevice CudaDevice::choose(const Driver &driver,
                            const fb::Executable &tables) {
  std::string isa = tables.isa()->str();
  bool hasPtx = tables.ptx() && tables.ptx()->size() > 0;
  std::string seen;
  for (const DeviceInfo &info : listDevices(driver)) {
    if (suits(isa, info.computeCapability, hasPtx))
      return info.device;
    seen += fmt::format("{}{} (sm_{})", seen.empty() ? "" : ", ", info.name,
                        info.computeCapability);
  }
  if (seen.empty())
    throw Error("the NVIDIA driver finds no GPU");
  throw Error(
      fmt::format("the executable is for {}; this machine has {}", isa, seen));
}

CudaDevice::CudaDevice(const fb::Executable &tables)
    : tables(tables), context(driver, choose(driver, tables)),
      arena(driver, tables.arena_bytes()) {
  driver.check(driver.fill(arena.address, 0,
                           std::max<uint64_t>(tables.arena_bytes(), 64),
                           context.stream),
               "cuMemsetD8Async");
  synchronize();
  transferBegin = tables.arena_bytes();
  if (tables.programs())
    for (const fb::Program *program : *tables.programs())
      for (bool inputs : {true, false})
        if (const auto *buffers = buffersOf(*program, inputs))
          for (const fb::Buffer *buffer : *buffers) {
            transferBegin = std::min(transferBegin, buffer->offset());
            transferEnd =
                std::max(transferEnd, buffer->offset() + buffer->bytes());
          }
  transferBegin = std::min(transferBegin, transferEnd);
  for (std::unique_ptr<Slot> &slot : slots)
    slot = std::make_unique<Slot>(driver, transferEnd - transferBegin);
  loadCode();
  loadPlans();
}

// What is still under way uses what is freed next.
CudaDevice::~CudaDevice() {
  driver.contextSetCurrent(context.context);
  driver.streamSynchronize(context.copyStream);
  driver.streamSynchronize(context.stream);
}

void CudaDevice::loadCode() {
  if (!tables.code() || tables.code()->size() == 0)
    return;
  int capability = 0;
  for (const DeviceInfo &info : listDevices(driver))
    if (info.device == context.device)
      capability = info.computeCapability;
  bool isLater = numberOf(tables.isa()->string_view()) / 10 != capability / 10;
  const void *image = isLater ? static_cast<const void *>(tables.ptx()->c_str())
                              : tables.code()->data();
  code = std::make_unique<Module>(driver, image);
}

void CudaDevice::loadPlans() {
  if (!tables.graphs() || tables.graphs()->size() == 0)
    return;
  cudnn = std::make_unique<Cudnn>(cudnnNames());
  handle = std::make_unique<CudnnHandle>(*cudnn, context.stream);
  size_t again = 0;
  for (const fb::PlannedGraph *recorded : *tables.graphs()) {
    try {
      plans.push_back(loadPlan(*cudnn, recorded->plan()->str(),
                               {handle->handle, std::nullopt}));
      if (static_cast<uint64_t>(plans.back().workspaceBytes) <=
          recorded->workspace_bytes())
        continue;
      plans.pop_back();
    } catch (const Error &) {
      // Another cuDNN's: it is planned here.
    }
    plans.push_back(makePlan(*recorded));
    ++again;
  }
  if (again > 0)
    said.push_back(fmt::format(
        "{} of {} plans were made again by this machine's cuDNN {}.{}: results "
        "may differ in their last bits from those of another machine",
        again, tables.graphs()->size(), cudnn->getVersion() / 10000,
        cudnn->getVersion() / 100 % 100));
}

Plan CudaDevice::makePlan(const fb::PlannedGraph &recorded) {
  Plan plan = planGraph(*cudnn, parseGraph(recorded.description()->str()),
                        {handle->handle, std::nullopt});
  if (static_cast<uint64_t>(plan.workspaceBytes) > recorded.workspace_bytes())
    throw Error(
        fmt::format("this machine's cuDNN wants a workspace of {} bytes "
                    "for `{}`, the executable has {}: compile it here",
                    plan.workspaceBytes, recorded.description()->str(),
                    recorded.workspace_bytes()));
  return plan;
}

std::span<std::byte> CudaDevice::hostInput(uint64_t offset, uint64_t bytes) {
  return bytesOf(*slots[started % slotCount], offset, bytes);
}

std::span<const std::byte> CudaDevice::hostOutput(uint64_t offset,
                                                  uint64_t bytes) {
  return bytesOf(*slots[(finished + slotCount - 1) % slotCount], offset, bytes);
}

void CudaDevice::read(uint64_t offset, std::span<std::byte> into) {
  context.makeCurrent();
  driver.check(driver.copyToHost(into.data(), address(offset), into.size(),
                                 context.stream),
               "cuMemcpyDtoHAsync");
  synchronize();
}

void CudaDevice::write(uint64_t offset, std::span<const std::byte> from) {
  context.makeCurrent();
  driver.check(driver.copyToDevice(address(offset), from.data(), from.size(),
                                   context.stream),
               "cuMemcpyHtoDAsync");
  synchronize();
}

std::unique_ptr<ReadyLaunch> CudaDevice::prepare(const fb::Launch &launch) {
  context.makeCurrent();
  std::vector<CUdeviceptr> arguments;
  if (launch.arguments())
    for (const fb::Slice *slice : *launch.arguments())
      arguments.push_back(address(slice->offset()));
  if (const fb::Kernel *kernel = launch.work_as_Kernel()) {
    CUfunction function = nullptr;
    driver.check(driver.moduleGetFunction(&function, code->module,
                                          kernel->symbol()->c_str()),
                 "cuModuleGetFunction");
    return std::make_unique<KernelLaunch>(context, function, *kernel,
                                          std::move(arguments));
  }
  uint32_t number = launch.work_as_Graph()->planned();
  const fb::PlannedGraph &recorded = *tables.graphs()->Get(number);
  GraphSpec spec = parseGraph(recorded.description()->str());
  std::vector<int64_t> ids;
  std::vector<void *> pointers;
  for (size_t i = 0; i < spec.tensors.size(); ++i)
    if (!spec.tensors[i].isVirtual) {
      pointers.push_back(reinterpret_cast<void *>(arguments[ids.size()]));
      ids.push_back(static_cast<int64_t>(i) + firstTensorId);
    }
  bool hasWorkspace = ids.size() < arguments.size();
  std::vector<float> scalars(spec.nodes.size());
  for (size_t i = 0; i < spec.nodes.size(); ++i)
    if (spec.nodes[i].epsilon > 0) {
      scalars[i] = static_cast<float>(spec.nodes[i].epsilon);
      ids.push_back(epsilonId(spec, i));
      pointers.push_back(&scalars[i]);
    }
  Descriptor pack(*cudnn, CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR,
                  "a graph's arguments");
  pack.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, CUDNN_TYPE_INT64, ids)
      .set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR,
           pointers);
  void *workspace =
      hasWorkspace ? reinterpret_cast<void *>(arguments.back()) : nullptr;
  pack.set(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, workspace);
  pack.finalize();
  return std::make_unique<GraphLaunch>(*handle, plans[number],
                                       recorded.engine()->str(),
                                       std::move(scalars), std::move(pack));
}

std::unique_ptr<CapturedProgram>
CudaDevice::capture(const fb::Program &program, Slot &slot,
                    const std::function<void()> &launches) {
  driver.check(
      driver.beginCapture(context.stream, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
      "cuStreamBeginCapture");
  CUgraph graph = nullptr;
  try {
    if (const auto *inputs = buffersOf(program, true))
      for (const fb::Buffer *buffer : *inputs)
        driver.check(driver.copyOnDevice(address(buffer->offset()),
                                         stagedAddress(slot, buffer->offset()),
                                         buffer->bytes(), context.stream),
                     "cuMemcpyDtoDAsync");
    launches();
    if (const auto *outputs = buffersOf(program, false))
      for (const fb::Buffer *buffer : *outputs)
        driver.check(
            driver.copyToHost(
                bytesOf(slot, buffer->offset(), buffer->bytes()).data(),
                address(buffer->offset()), buffer->bytes(), context.stream),
            "cuMemcpyDtoHAsync");
  } catch (...) {
    if (driver.endCapture(context.stream, &graph) == CUDA_SUCCESS && graph)
      driver.graphDestroy(graph);
    throw;
  }
  driver.check(driver.endCapture(context.stream, &graph), "cuStreamEndCapture");
  return std::make_unique<CapturedProgram>(driver, graph);
}

// The inputs travel while the run before still computes. That the slot is free
// is known: its last run has finished.
void CudaDevice::start(const fb::Program &program,
                       const std::function<void()> &launches) {
  assert(started - finished < slotCount && "too many runs are under way");
  context.makeCurrent();
  Slot &slot = *slots[started % slotCount];
  std::unique_ptr<CapturedProgram> &ready = slot.captured[&program];
  if (!ready)
    ready = capture(program, slot, launches);
  if (const auto *inputs = buffersOf(program, true))
    for (const fb::Buffer *buffer : *inputs)
      driver.check(driver.copyToDevice(
                       stagedAddress(slot, buffer->offset()),
                       bytesOf(slot, buffer->offset(), buffer->bytes()).data(),
                       buffer->bytes(), context.copyStream),
                   "cuMemcpyHtoDAsync");
  slot.copied.record(context.copyStream);
  driver.check(driver.streamWaitEvent(context.stream, slot.copied.event, 0),
               "cuStreamWaitEvent");
  driver.check(driver.graphLaunch(ready->exec, context.stream),
               "cuGraphLaunch");
  slot.done.record(context.stream);
  ++started;
}

void CudaDevice::finish() {
  assert(finished < started && "no run is under way");
  driver.check(driver.eventSynchronize(slots[finished % slotCount]->done.event),
               "cuEventSynchronize");
  ++finished;
}

std::unique_ptr<Device> makeCudaDevice(const fb::Executable &tables) {
  return std::make_unique<CudaDevice>(tables);
}

std::string describeDevices(const fb::Executable *tables) {
  Driver driver;
  std::vector<DeviceInfo> devices = listDevices(driver);
  std::string text;
  for (const DeviceInfo &info : devices) {
    text +=
        fmt::format("{}, sm_{}, {:.1f} GiB", info.name, info.computeCapability,
                    static_cast<double>(info.memoryBytes) / (1 << 30));
    if (tables) {
      bool right = tables->target()->string_view() == "cuda" &&
                   suits(tables->isa()->string_view(), info.computeCapability,
                         tables->ptx() && tables->ptx()->size() > 0);
      text += !right ? ": does not suit the executable"
              : tables->arena_bytes() > info.memoryBytes
                  ? ": has too little memory for the executable"
                  : ": suits the executable";
    }
    text += '\n';
  }
  return devices.empty() ? "the NVIDIA driver finds no GPU\n" : text;
}

} // namespace netc::runtime::cuda
