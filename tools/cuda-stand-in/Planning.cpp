// A driver with no device, for planning: cuDNN builds plans for a described
// device when a libcuda.so.1 is there that lets kernels be loaded and none be
// launched. Only a planner's process ever meets it.
#include <cstdlib>
#include <cstring>
#include <cuda.h>
#include <dlfcn.h>

extern "C" {

// What cuDNN's runtime asks for and netc does not provide.
static CUresult answerNotSupported() { return CUDA_ERROR_NOT_SUPPORTED; }

CUresult cuInit(unsigned) { return CUDA_SUCCESS; }

// $NETC_SIMULATED_DRIVER is another version, for tests.
CUresult cuDriverGetVersion(int *version) {
  const char *given = std::getenv("NETC_SIMULATED_DRIVER");
  *version = given ? std::atoi(given) : 13000;
  return CUDA_SUCCESS;
}

// Handles are any address that is not null: nobody looks behind them.
static char loaded;

CUresult cuLibraryLoadData(CUlibrary *library, const void *, CUjit_option *,
                           void **, unsigned, CUlibraryOption *, void **,
                           unsigned) {
  *library = reinterpret_cast<CUlibrary>(&loaded);
  return CUDA_SUCCESS;
}

CUresult cuLibraryUnload(CUlibrary) { return CUDA_SUCCESS; }

CUresult cuLibraryGetKernel(CUkernel *kernel, CUlibrary, const char *) {
  *kernel = reinterpret_cast<CUkernel>(&loaded);
  return CUDA_SUCCESS;
}

CUresult cuLibraryGetModule(CUmodule *module, CUlibrary) {
  *module = reinterpret_cast<CUmodule>(&loaded);
  return CUDA_SUCCESS;
}

CUresult cuKernelGetFunction(CUfunction *function, CUkernel) {
  *function = reinterpret_cast<CUfunction>(&loaded);
  return CUDA_SUCCESS;
}

CUresult cuKernelSetAttribute(CUfunction_attribute, int, CUkernel, CUdevice) {
  return CUDA_SUCCESS;
}

CUresult cuFuncSetAttribute(CUfunction, CUfunction_attribute, int) {
  return CUDA_SUCCESS;
}

CUresult cuGetErrorString(CUresult, const char **text) {
  *text = "the stand-in driver has no device";
  return CUDA_SUCCESS;
}

CUresult cuGetErrorName(CUresult, const char **text) {
  *text = "CUDA_ERROR_NOT_SUPPORTED";
  return CUDA_SUCCESS;
}

CUresult cuGetProcAddress_v2(const char *symbol, void **function, int,
                             cuuint64_t,
                             CUdriverProcAddressQueryResult *status);

// Our own functions by their names, with the suffixes that cuda.h gives them.
static void *find(const char *symbol) {
  static const char *const names[] = {
      "cuInit",
      "cuDriverGetVersion",
      "cuDeviceGetCount",
      "cuLibraryLoadData",
      "cuLibraryUnload",
      "cuLibraryGetKernel",
      "cuLibraryGetModule",
      "cuKernelGetFunction",
      "cuKernelSetAttribute",
      "cuFuncSetAttribute",
      "cuGetErrorString",
      "cuGetErrorName",
  };
  if (std::strcmp(symbol, "cuGetProcAddress") == 0)
    return reinterpret_cast<void *>(&cuGetProcAddress_v2);
  for (const char *name : names)
    if (std::strcmp(symbol, name) == 0) {
      Dl_info self;
      if (!dladdr(&loaded, &self))
        return nullptr;
      void *library = dlopen(self.dli_fname, RTLD_NOW | RTLD_NOLOAD);
      return library ? dlsym(library, name) : nullptr;
    }
  return reinterpret_cast<void *>(&answerNotSupported);
}

CUresult cuGetProcAddress_v2(const char *symbol, void **function, int,
                             cuuint64_t,
                             CUdriverProcAddressQueryResult *status) {
  *function = find(symbol);
  if (status)
    *status = *function ? CU_GET_PROC_ADDRESS_SUCCESS
                        : CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
  return *function ? CUDA_SUCCESS : CUDA_ERROR_NOT_FOUND;
}

#undef cuGetProcAddress
CUresult cuGetProcAddress(const char *symbol, void **function, int version,
                          cuuint64_t flags) {
  return cuGetProcAddress_v2(symbol, function, version, flags, nullptr);
}

} // extern "C"
