// The CUDA driver, opened at run time: one netx serves machines with and
// without a GPU.
#pragma once

#include "runtime/Error.h"

#include <cuda.h>
#include <string>
#include <string_view>
#include <vector>

namespace netc::runtime::cuda {

/// The oldest driver whose CUDA loads what netc's ptxas and cuDNN make.
inline constexpr int oldestDriver = 13000;

class Driver {
public:
  /// Opens libcuda.so.1 and initialises it. Throws Error when there is none, or
  /// when it is too old.
  Driver();

  decltype(&::cuDeviceGetCount) deviceGetCount = nullptr;
  decltype(&::cuDeviceGet) deviceGet = nullptr;
  decltype(&::cuDeviceGetName) deviceGetName = nullptr;
  decltype(&::cuDeviceGetAttribute) deviceGetAttribute = nullptr;
  decltype(&::cuDeviceTotalMem) deviceTotalMem = nullptr;
  decltype(&::cuDevicePrimaryCtxRetain) contextRetain = nullptr;
  decltype(&::cuDevicePrimaryCtxRelease) contextRelease = nullptr;
  decltype(&::cuCtxSetCurrent) contextSetCurrent = nullptr;
  decltype(&::cuMemAlloc) memAlloc = nullptr;
  decltype(&::cuMemFree) memFree = nullptr;
  decltype(&::cuMemHostAlloc) hostAlloc = nullptr;
  decltype(&::cuMemFreeHost) hostFree = nullptr;
  decltype(&::cuMemcpyHtoDAsync) copyToDevice = nullptr;
  decltype(&::cuMemcpyDtoHAsync) copyToHost = nullptr;
  decltype(&::cuMemcpyDtoDAsync) copyOnDevice = nullptr;
  decltype(&::cuMemsetD8Async) fill = nullptr;
  decltype(&::cuStreamCreate) streamCreate = nullptr;
  decltype(&::cuStreamDestroy) streamDestroy = nullptr;
  decltype(&::cuStreamSynchronize) streamSynchronize = nullptr;
  decltype(&::cuStreamWaitEvent) streamWaitEvent = nullptr;
  decltype(&::cuEventCreate) eventCreate = nullptr;
  decltype(&::cuEventDestroy) eventDestroy = nullptr;
  decltype(&::cuEventRecord) eventRecord = nullptr;
  decltype(&::cuEventSynchronize) eventSynchronize = nullptr;
  decltype(&::cuStreamBeginCapture) beginCapture = nullptr;
  decltype(&::cuStreamEndCapture) endCapture = nullptr;
  decltype(&::cuGraphInstantiateWithFlags) graphInstantiate = nullptr;
  decltype(&::cuGraphLaunch) graphLaunch = nullptr;
  decltype(&::cuGraphDestroy) graphDestroy = nullptr;
  decltype(&::cuGraphExecDestroy) graphExecDestroy = nullptr;
  decltype(&::cuModuleLoadData) moduleLoadData = nullptr;
  decltype(&::cuModuleUnload) moduleUnload = nullptr;
  decltype(&::cuModuleGetFunction) moduleGetFunction = nullptr;
  decltype(&::cuLaunchKernel) launchKernel = nullptr;
  decltype(&::cuGetErrorName) getErrorName = nullptr;
  decltype(&::cuGetErrorString) getErrorString = nullptr;

  /// Throws Error unless `result` is success: `CALL: the driver says NAME:
  /// TEXT`.
  void check(CUresult result, std::string_view call) const;
  int version() const { return driverVersion; }

private:
  int driverVersion = 0;
};

/// One GPU, as `netx --devices` lists it.
struct DeviceInfo {
  CUdevice device = 0;
  std::string name;
  int computeCapability = 0; // 90
  uint64_t memoryBytes = 0;
};

std::vector<DeviceInfo> listDevices(const Driver &driver);

} // namespace netc::runtime::cuda
