// Opens the driver and checks what it says.
#include "runtime/cuda/Driver.h"

#include <cstring>
#include <dlfcn.h>
#include <fmt/format.h>

namespace netc::runtime::cuda {

// The names that cuda.h's macros give: cuMemAlloc is cuMemAlloc_v2.
#define NETC_SPELLED(name) #name
#define NETC_SYMBOL(name) NETC_SPELLED(name)

Driver::Driver() {
  void *library = ::dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library)
    throw Error(
        fmt::format("this machine has no NVIDIA driver: {}", ::dlerror()));
  auto find = [&](auto &function, const char *symbol) {
    void *found = ::dlsym(library, symbol);
    if (!found)
      throw Error(
          fmt::format("the NVIDIA driver has no `{}`: it is too old", symbol));
    std::memcpy(&function, &found, sizeof found);
  };
  decltype(&::cuInit) init = nullptr;
  decltype(&::cuDriverGetVersion) getVersion = nullptr;
  find(init, "cuInit");
  find(getVersion, "cuDriverGetVersion");
  find(getErrorName, NETC_SYMBOL(cuGetErrorName));
  find(getErrorString, NETC_SYMBOL(cuGetErrorString));
  check(getVersion(&driverVersion), "cuDriverGetVersion");
  if (driverVersion < oldestDriver)
    throw Error(
        fmt::format("the NVIDIA driver is for CUDA {}.{}: too old, netc "
                    "needs one for {}.{}",
                    driverVersion / 1000, driverVersion / 10 % 100,
                    oldestDriver / 1000, oldestDriver / 10 % 100));
  find(deviceGetCount, NETC_SYMBOL(cuDeviceGetCount));
  find(deviceGet, NETC_SYMBOL(cuDeviceGet));
  find(deviceGetName, NETC_SYMBOL(cuDeviceGetName));
  find(deviceGetAttribute, NETC_SYMBOL(cuDeviceGetAttribute));
  find(deviceTotalMem, NETC_SYMBOL(cuDeviceTotalMem));
  find(contextRetain, NETC_SYMBOL(cuDevicePrimaryCtxRetain));
  find(contextRelease, NETC_SYMBOL(cuDevicePrimaryCtxRelease));
  find(contextSetCurrent, NETC_SYMBOL(cuCtxSetCurrent));
  find(memAlloc, NETC_SYMBOL(cuMemAlloc));
  find(memFree, NETC_SYMBOL(cuMemFree));
  find(hostAlloc, NETC_SYMBOL(cuMemHostAlloc));
  find(hostFree, NETC_SYMBOL(cuMemFreeHost));
  find(copyToDevice, NETC_SYMBOL(cuMemcpyHtoDAsync));
  find(copyToHost, NETC_SYMBOL(cuMemcpyDtoHAsync));
  find(copyOnDevice, NETC_SYMBOL(cuMemcpyDtoDAsync));
  find(fill, NETC_SYMBOL(cuMemsetD8Async));
  find(streamCreate, NETC_SYMBOL(cuStreamCreate));
  find(streamDestroy, NETC_SYMBOL(cuStreamDestroy));
  find(streamSynchronize, NETC_SYMBOL(cuStreamSynchronize));
  find(streamWaitEvent, NETC_SYMBOL(cuStreamWaitEvent));
  find(eventCreate, NETC_SYMBOL(cuEventCreate));
  find(eventDestroy, NETC_SYMBOL(cuEventDestroy));
  find(eventRecord, NETC_SYMBOL(cuEventRecord));
  find(eventSynchronize, NETC_SYMBOL(cuEventSynchronize));
  find(beginCapture, NETC_SYMBOL(cuStreamBeginCapture));
  find(endCapture, NETC_SYMBOL(cuStreamEndCapture));
  find(graphInstantiate, NETC_SYMBOL(cuGraphInstantiateWithFlags));
  find(graphLaunch, NETC_SYMBOL(cuGraphLaunch));
  find(graphDestroy, NETC_SYMBOL(cuGraphDestroy));
  find(graphExecDestroy, NETC_SYMBOL(cuGraphExecDestroy));
  find(moduleLoadData, NETC_SYMBOL(cuModuleLoadData));
  find(moduleUnload, NETC_SYMBOL(cuModuleUnload));
  find(moduleGetFunction, NETC_SYMBOL(cuModuleGetFunction));
  find(launchKernel, NETC_SYMBOL(cuLaunchKernel));
  check(init(0), "cuInit");
}

void Driver::check(CUresult result, std::string_view call) const {
  if (result == CUDA_SUCCESS)
    return;
  const char *name = nullptr, *text = nullptr;
  getErrorName(result, &name);
  getErrorString(result, &text);
  throw Error(fmt::format("{}: the driver says {}: {}", call,
                          name ? name : fmt::to_string(int(result)),
                          text ? text : "nothing else"));
}

std::vector<DeviceInfo> listDevices(const Driver &driver) {
  int count = 0;
  driver.check(driver.deviceGetCount(&count), "cuDeviceGetCount");
  std::vector<DeviceInfo> devices;
  for (int i = 0; i < count; ++i) {
    DeviceInfo info;
    driver.check(driver.deviceGet(&info.device, i), "cuDeviceGet");
    char name[256] = "";
    driver.check(driver.deviceGetName(name, sizeof name, info.device),
                 "cuDeviceGetName");
    info.name = name;
    int major = 0, minor = 0;
    for (auto [value, attribute] :
         {std::pair(&major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
          std::pair(&minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR)})
      driver.check(driver.deviceGetAttribute(value, attribute, info.device),
                   "cuDeviceGetAttribute");
    info.computeCapability = 10 * major + minor;
    size_t bytes = 0;
    driver.check(driver.deviceTotalMem(&bytes, info.device),
                 "cuDeviceTotalMem");
    info.memoryBytes = bytes;
    devices.push_back(std::move(info));
  }
  return devices;
}

} // namespace netc::runtime::cuda
