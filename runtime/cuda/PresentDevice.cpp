// Asks the driver for what cuDNN plans from.
#include "runtime/cuda/CudaDevice.h"

#include "runtime/cuda/Driver.h"

#include <algorithm>
#include <fmt/format.h>

namespace netc::runtime::cuda {

namespace {
struct Key {
  const char *name;
  CUdevice_attribute attribute;
  int least; // what the driver leaves out counts as this
};
} // namespace

static constexpr Key keys[] = {
    {"regsPerBlock", CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK, 1},
    {"multiProcessorCount", CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, 1},
    {"warpSize", CU_DEVICE_ATTRIBUTE_WARP_SIZE, 1},
    {"maxSharedMemoryPerBlock", CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK,
     1},
    {"maxSharedMemoryPerBlockOptin",
     CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, 1},
    {"reservedSharedMemoryPerBlock",
     CU_DEVICE_ATTRIBUTE_RESERVED_SHARED_MEMORY_PER_BLOCK, 0},
    {"maxRegistersPerSM", CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR,
     1},
    {"maxCtasPerSM", CU_DEVICE_ATTRIBUTE_MAX_BLOCKS_PER_MULTIPROCESSOR, 1},
    {"maxThreadsPerBlock", CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK, 1},
    {"maxThreadsPerSM", CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR, 1},
    {"pciDeviceId", CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID, 0},
    {"isTccDriver", CU_DEVICE_ATTRIBUTE_TCC_DRIVER, 0},
    {"supportCoopLaunch", CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH, 0},
    {"smClockRateKHz", CU_DEVICE_ATTRIBUTE_CLOCK_RATE, 1},
    {"memClockRateKHz", CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE, 1},
    {"l2CacheSize", CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE, 1},
};

/// The characters of a JSON string.
static std::string escaped(const std::string &text) {
  std::string result;
  for (char c : text)
    if (c == '"' || c == '\\')
      (result += '\\') += c;
    else if (static_cast<unsigned char>(c) >= ' ')
      result += c;
  return result;
}

std::string describePresentDevice() {
  Driver driver;
  std::vector<DeviceInfo> devices = listDevices(driver);
  if (devices.empty())
    throw Error("the NVIDIA driver finds no GPU");
  const DeviceInfo &info = devices.front();
  auto ask = [&](CUdevice_attribute attribute) {
    int value = 0;
    driver.check(driver.deviceGetAttribute(&value, attribute, info.device),
                 "cuDeviceGetAttribute");
    return value;
  };
  std::string text = fmt::format(
      "{{\"deviceName\":\"{}\",\"deviceVer\":{},\"driverVer\":{},"
      "\"cudaDeviceId\":0,\"totalGlobalMem\":{},"
      "\"maxGridSize\":[{},{},{}],\"maxBlockSize\":[{},{},{}]",
      escaped(info.name), info.computeCapability * 10, driver.version(),
      info.memoryBytes, ask(CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X),
      ask(CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y),
      ask(CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z),
      ask(CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X),
      ask(CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y),
      ask(CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z));
  for (const Key &key : keys)
    text += fmt::format(",\"{}\":{}", key.name,
                        std::max(key.least, ask(key.attribute)));
  return text + "}";
}

} // namespace netc::runtime::cuda
