/* What cuDNN looks for in a driver before it compiles kernels at run time, and
   never calls while it plans. Not of their true types: nobody may call them and
   go on. */
#define ANSWERS_NOT_SUPPORTED(name)                                            \
  int name(void) { return 801; /* CUDA_ERROR_NOT_SUPPORTED */ }

ANSWERS_NOT_SUPPORTED(cuCtxGetLimit)
ANSWERS_NOT_SUPPORTED(cuCtxPopCurrent_v2)
ANSWERS_NOT_SUPPORTED(cuCtxPopCurrent)
ANSWERS_NOT_SUPPORTED(cuCtxPushCurrent_v2)
ANSWERS_NOT_SUPPORTED(cuCtxPushCurrent)
ANSWERS_NOT_SUPPORTED(cuCtxGetCurrent)
ANSWERS_NOT_SUPPORTED(cuStreamGetCtx)
ANSWERS_NOT_SUPPORTED(cuGetExportTable)
ANSWERS_NOT_SUPPORTED(cuLinkCreate)
ANSWERS_NOT_SUPPORTED(cuLinkAddData)
ANSWERS_NOT_SUPPORTED(cuLinkComplete)
ANSWERS_NOT_SUPPORTED(cuLinkDestroy)
ANSWERS_NOT_SUPPORTED(cuLaunchKernelEx)
ANSWERS_NOT_SUPPORTED(cuLaunchCooperativeKernel)
ANSWERS_NOT_SUPPORTED(cuLibraryLoadFromFile)
ANSWERS_NOT_SUPPORTED(cuKernelGetAttribute)
ANSWERS_NOT_SUPPORTED(cuOccupancyMaxPotentialClusterSize)
ANSWERS_NOT_SUPPORTED(cuTensorMapEncodeIm2col)
ANSWERS_NOT_SUPPORTED(cuTensorMapEncodeTiled)
