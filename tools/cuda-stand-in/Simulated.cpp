// The driver's functions on the simulated device. Without one they answer that
// they are not supported, as the planner wants it.
#include "tools/cuda-stand-in/Simulated.h"
#include "tools/cuda-stand-in/Simulation.h"

#include <cstring>
#include <cuda.h>
#include <map>

using namespace netc::standin;

static uintptr_t addressOf(const void *pointer) {
  return reinterpret_cast<uintptr_t>(pointer);
}
static Stream *streamOf(CUstream stream, const char *call) {
  return Simulation::get()->known(reinterpret_cast<Stream *>(stream), call);
}

void netcStandInEnqueue(CUstream_st *stream, const char *what,
                        const std::vector<Access> &accesses,
                        std::function<void()> run) {
  Simulation *simulation = Simulation::get();
  Stream *known = streamOf(stream, what);
  for (const Access &access : accesses)
    simulation->checkRange(access.begin, access.bytes, /*onDevice=*/true, what);
  simulation->enqueue(known, {what, accesses, std::move(run)});
}

// Nobody calls them without a device but cuDNN, which asks whether there is
// one.
#define NEEDS_DEVICE()                                                         \
  if (!Simulation::get())                                                      \
  return CUDA_ERROR_NOT_SUPPORTED

extern "C" {

CUresult cuDeviceGetCount(int *count) {
  *count = Simulation::get() ? 1 : 0;
  return CUDA_SUCCESS;
}

CUresult cuDeviceGet(CUdevice *device, int ordinal) {
  NEEDS_DEVICE();
  *device = 0;
  return ordinal == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}

CUresult cuDeviceGetName(char *name, int size, CUdevice) {
  NEEDS_DEVICE();
  std::strncpy(name, "simulated GPU", static_cast<size_t>(size));
  return CUDA_SUCCESS;
}

/// What an H100 would say.
static const std::map<CUdevice_attribute, int> attributes = {
    {CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X, 2147483647},
    {CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y, 65535},
    {CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z, 65535},
    {CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X, 1024},
    {CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y, 1024},
    {CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z, 64},
    {CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK, 65536},
    {CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, 132},
    {CU_DEVICE_ATTRIBUTE_WARP_SIZE, 32},
    {CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK, 49152},
    {CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, 232448},
    {CU_DEVICE_ATTRIBUTE_RESERVED_SHARED_MEMORY_PER_BLOCK, 1024},
    {CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR, 65536},
    {CU_DEVICE_ATTRIBUTE_MAX_BLOCKS_PER_MULTIPROCESSOR, 32},
    {CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK, 1024},
    {CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR, 2048},
    {CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID, 0},
    {CU_DEVICE_ATTRIBUTE_TCC_DRIVER, 0},
    {CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH, 1},
    {CU_DEVICE_ATTRIBUTE_CLOCK_RATE, 1980000},
    {CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE, 2619000},
    {CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE, 52428800},
};

CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute attribute,
                              CUdevice) {
  NEEDS_DEVICE();
  int capability = Simulation::get()->capability();
  if (attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
    *value = capability / 10;
  else if (attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR)
    *value = capability % 10;
  else if (auto found = attributes.find(attribute); found != attributes.end())
    *value = found->second;
  else
    return CUDA_ERROR_NOT_SUPPORTED;
  return CUDA_SUCCESS;
}

CUresult cuDeviceTotalMem(size_t *bytes, CUdevice) {
  NEEDS_DEVICE();
  *bytes = size_t(64) << 30;
  return CUDA_SUCCESS;
}

static char context;

CUresult cuDevicePrimaryCtxRetain(CUcontext *made, CUdevice) {
  NEEDS_DEVICE();
  Simulation::get()->retainContext();
  *made = reinterpret_cast<CUcontext>(&context);
  return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxRelease(CUdevice) {
  NEEDS_DEVICE();
  Simulation::get()->releaseContext();
  return CUDA_SUCCESS;
}

CUresult cuCtxSetCurrent(CUcontext given) {
  NEEDS_DEVICE();
  if (given && given != reinterpret_cast<CUcontext>(&context))
    fault("cuCtxSetCurrent of no context");
  return CUDA_SUCCESS;
}

CUresult cuMemAlloc(CUdeviceptr *address, size_t bytes) {
  NEEDS_DEVICE();
  *address = reinterpret_cast<CUdeviceptr>(
      Simulation::get()->allocate(bytes, /*onDevice=*/true));
  return CUDA_SUCCESS;
}

CUresult cuMemFree(CUdeviceptr address) {
  NEEDS_DEVICE();
  Simulation::get()->free(reinterpret_cast<void *>(address), true);
  return CUDA_SUCCESS;
}

CUresult cuMemHostAlloc(void **address, size_t bytes, unsigned) {
  NEEDS_DEVICE();
  *address = Simulation::get()->allocate(bytes, /*onDevice=*/false);
  return CUDA_SUCCESS;
}

CUresult cuMemFreeHost(void *address) {
  NEEDS_DEVICE();
  Simulation::get()->free(address, false);
  return CUDA_SUCCESS;
}

/// A copy; `toDevice` says on which side the device is.
static CUresult copy(void *to, const void *from, size_t bytes, bool toDevice,
                     CUstream stream, const char *call) {
  Simulation *simulation = Simulation::get();
  Stream *known = streamOf(stream, call);
  simulation->checkRange(addressOf(to), bytes, toDevice, call);
  simulation->checkRange(addressOf(from), bytes, !toDevice, call);
  simulation->enqueue(
      known, {call,
              {{addressOf(from), bytes, false}, {addressOf(to), bytes, true}},
              [=] { std::memcpy(to, from, bytes); }});
  return CUDA_SUCCESS;
}

CUresult cuMemcpyHtoDAsync(CUdeviceptr to, const void *from, size_t bytes,
                           CUstream stream) {
  NEEDS_DEVICE();
  return copy(reinterpret_cast<void *>(to), from, bytes, true, stream,
              "cuMemcpyHtoDAsync");
}

CUresult cuMemcpyDtoHAsync(void *to, CUdeviceptr from, size_t bytes,
                           CUstream stream) {
  NEEDS_DEVICE();
  return copy(to, reinterpret_cast<const void *>(from), bytes, false, stream,
              "cuMemcpyDtoHAsync");
}

CUresult cuMemcpyDtoDAsync(CUdeviceptr to, CUdeviceptr from, size_t bytes,
                           CUstream stream) {
  NEEDS_DEVICE();
  if (to < from + bytes && from < to + bytes)
    fault("cuMemcpyDtoDAsync between bytes that overlap");
  netcStandInEnqueue(stream, "cuMemcpyDtoDAsync",
                     {{from, bytes, false}, {to, bytes, true}}, [=] {
                       std::memcpy(reinterpret_cast<void *>(to),
                                   reinterpret_cast<const void *>(from), bytes);
                     });
  return CUDA_SUCCESS;
}

CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t bytes,
                         CUstream stream) {
  NEEDS_DEVICE();
  netcStandInEnqueue(stream, "cuMemsetD8Async", {{to, bytes, true}}, [=] {
    std::memset(reinterpret_cast<void *>(to), value, bytes);
  });
  return CUDA_SUCCESS;
}

CUresult cuStreamCreate(CUstream *stream, unsigned) {
  NEEDS_DEVICE();
  *stream = reinterpret_cast<CUstream>(Simulation::get()->createStream());
  return CUDA_SUCCESS;
}

CUresult cuStreamDestroy(CUstream stream) {
  NEEDS_DEVICE();
  Simulation::get()->destroyStream(reinterpret_cast<Stream *>(stream));
  return CUDA_SUCCESS;
}

CUresult cuStreamSynchronize(CUstream stream) {
  NEEDS_DEVICE();
  Simulation::get()->synchronize(streamOf(stream, "cuStreamSynchronize"));
  return CUDA_SUCCESS;
}

CUresult cuEventCreate(CUevent *event, unsigned) {
  NEEDS_DEVICE();
  *event = reinterpret_cast<CUevent>(Simulation::get()->createEvent());
  return CUDA_SUCCESS;
}

CUresult cuEventDestroy(CUevent event) {
  NEEDS_DEVICE();
  Simulation::get()->destroyEvent(reinterpret_cast<Event *>(event));
  return CUDA_SUCCESS;
}

CUresult cuEventRecord(CUevent event, CUstream stream) {
  NEEDS_DEVICE();
  Simulation::get()->record(reinterpret_cast<Event *>(event),
                            streamOf(stream, "cuEventRecord"));
  return CUDA_SUCCESS;
}

CUresult cuEventSynchronize(CUevent event) {
  NEEDS_DEVICE();
  Simulation::get()->synchronize(reinterpret_cast<Event *>(event));
  return CUDA_SUCCESS;
}

CUresult cuStreamWaitEvent(CUstream stream, CUevent event, unsigned) {
  NEEDS_DEVICE();
  Simulation::get()->wait(streamOf(stream, "cuStreamWaitEvent"),
                          reinterpret_cast<Event *>(event));
  return CUDA_SUCCESS;
}

CUresult cuStreamBeginCapture(CUstream stream, CUstreamCaptureMode) {
  NEEDS_DEVICE();
  Stream *known = streamOf(stream, "cuStreamBeginCapture");
  if (known->capturing)
    fault("cuStreamBeginCapture of a stream that is captured");
  known->capturing = std::make_unique<Graph>();
  return CUDA_SUCCESS;
}

CUresult cuStreamEndCapture(CUstream stream, CUgraph *graph) {
  NEEDS_DEVICE();
  *graph = reinterpret_cast<CUgraph>(
      Simulation::get()->takeCapture(streamOf(stream, "cuStreamEndCapture")));
  return CUDA_SUCCESS;
}

CUresult cuGraphInstantiateWithFlags(CUgraphExec *exec, CUgraph graph,
                                     unsigned long long) {
  NEEDS_DEVICE();
  *exec = reinterpret_cast<CUgraphExec>(
      Simulation::get()->instantiate(reinterpret_cast<Graph *>(graph)));
  return CUDA_SUCCESS;
}

CUresult cuGraphLaunch(CUgraphExec exec, CUstream stream) {
  NEEDS_DEVICE();
  Simulation::get()->launch(streamOf(stream, "cuGraphLaunch"),
                            reinterpret_cast<Graph *>(exec));
  return CUDA_SUCCESS;
}

CUresult cuGraphDestroy(CUgraph graph) {
  NEEDS_DEVICE();
  Simulation::get()->destroyGraph(reinterpret_cast<Graph *>(graph));
  return CUDA_SUCCESS;
}

CUresult cuGraphExecDestroy(CUgraphExec exec) {
  NEEDS_DEVICE();
  Simulation::get()->destroyGraph(reinterpret_cast<Graph *>(exec));
  return CUDA_SUCCESS;
}

// Newer versions of cuDNN load their kernels this way when they plan: as in
// Planning.cpp, any handle will do.
CUresult cuModuleLoadData(CUmodule *module, const void *image) {
  if (!Simulation::get()) {
    *module = reinterpret_cast<CUmodule>(&context);
    return CUDA_SUCCESS;
  }
  *module = reinterpret_cast<CUmodule>(Simulation::get()->loadModule(image));
  return CUDA_SUCCESS;
}

CUresult cuModuleUnload(CUmodule module) {
  if (!Simulation::get())
    return CUDA_SUCCESS;
  Simulation::get()->unloadModule(reinterpret_cast<Module *>(module));
  return CUDA_SUCCESS;
}

CUresult cuModuleGetFunction(CUfunction *function, CUmodule module,
                             const char *name) {
  if (!Simulation::get()) {
    *function = reinterpret_cast<CUfunction>(&context);
    return CUDA_SUCCESS;
  }
  auto &kernels = reinterpret_cast<Module *>(module)->kernels;
  auto found = kernels.find(name);
  if (found == kernels.end())
    return CUDA_ERROR_NOT_FOUND;
  *function = reinterpret_cast<CUfunction>(&found->second);
  return CUDA_SUCCESS;
}

CUresult cuLaunchKernel(CUfunction function, unsigned gridX, unsigned gridY,
                        unsigned gridZ, unsigned blockX, unsigned blockY,
                        unsigned blockZ, unsigned, CUstream stream,
                        void **parameters, void **extra) {
  NEEDS_DEVICE();
  auto *kernel = reinterpret_cast<Kernel *>(function);
  std::string what = "cuLaunchKernel `" + kernel->name + "`";
  if (parameters || !extra || extra[0] != CU_LAUNCH_PARAM_BUFFER_POINTER ||
      extra[2] != CU_LAUNCH_PARAM_BUFFER_SIZE)
    fault(what + " gives no buffer of arguments with its size");
  size_t bytes = *static_cast<size_t *>(extra[3]);
  if (bytes != kernel->parameters * sizeof(CUdeviceptr))
    fault(what + " has " + std::to_string(bytes) +
          " bytes of arguments, the kernel takes " +
          std::to_string(kernel->parameters * sizeof(CUdeviceptr)));
  if (gridX == 0 || gridY != 1 || gridZ != 1 || blockX == 0 || blockX > 1024 ||
      blockY != 1 || blockZ != 1)
    fault(what + " has a grid that no kernel of netc's is for");
  std::vector<void *> arguments(kernel->parameters);
  std::memcpy(arguments.data(), extra[1], bytes);
  std::vector<Access> accesses = kernel->buffers;
  for (size_t i = 0; i < accesses.size(); ++i)
    accesses[i].begin = addressOf(arguments[i]);
  auto parts = static_cast<int64_t>(gridX) * blockX;
  auto run = kernel->function;
  netcStandInEnqueue(stream, what.c_str(), accesses, [=]() mutable {
    for (int64_t part = 0; run && part < parts; ++part)
      run(arguments.data(), part, parts);
  });
  return CUDA_SUCCESS;
}

} // extern "C"
