# CUDA and cuDNN, where they are: netc compiles for NVIDIA GPUs with their
# headers, cuDNN's planner and ptxas, and needs no GPU for it. Nothing of them is
# linked: libraries are opened at run time.
set(NETC_CUDA AUTO CACHE STRING "Compile for NVIDIA GPUs: ON, OFF, or AUTO where the toolkit is")
set_property(CACHE NETC_CUDA PROPERTY STRINGS AUTO ON OFF)

# tools/bootstrap --cuda puts what PyPI has into build/cuda-packages.
file(GLOB cudaPlaces $ENV{CUDA_HOME} $ENV{CUDA_PATH} /usr/local/cuda
     ${CMAKE_BINARY_DIR}/cuda-packages/nvidia/*)
find_path(CUDA_INCLUDE cuda.h HINTS ${cudaPlaces} PATH_SUFFIXES include)
find_path(CUDNN_INCLUDE cudnn_graph.h HINTS ${cudaPlaces} PATH_SUFFIXES include)
find_library(CUDNN_LIBRARY NAMES libcudnn.so.9 HINTS ${cudaPlaces} PATH_SUFFIXES lib64 lib)
find_program(PTXAS ptxas HINTS ${cudaPlaces} PATH_SUFFIXES bin)

set(NETC_CUDA_MISSING "")
foreach(part CUDA_INCLUDE CUDNN_INCLUDE CUDNN_LIBRARY PTXAS)
  if(NOT ${part})
    string(APPEND NETC_CUDA_MISSING " ${part}")
  endif()
endforeach()
string(STRIP "${NETC_CUDA_MISSING}" NETC_CUDA_MISSING)

if(NETC_CUDA STREQUAL "AUTO")
  if(NETC_CUDA_MISSING)
    set(NETC_HAS_CUDA OFF)
  else()
    set(NETC_HAS_CUDA ON)
  endif()
else()
  set(NETC_HAS_CUDA ${NETC_CUDA})
  if(NETC_HAS_CUDA AND NETC_CUDA_MISSING)
    message(FATAL_ERROR "NETC_CUDA is ON and these are not found: ${NETC_CUDA_MISSING}; "
                        "`tools/bootstrap --cuda` gets them")
  endif()
endif()
if(NETC_HAS_CUDA)
  cmake_path(GET CUDNN_LIBRARY PARENT_PATH cudnnFolder)
  add_library(netcCudaHeaders INTERFACE)
  target_include_directories(netcCudaHeaders SYSTEM INTERFACE ${CUDA_INCLUDE} ${CUDNN_INCLUDE})
  message(STATUS "CUDA: ${CUDA_INCLUDE}, cuDNN: ${CUDNN_LIBRARY}")
elseif(NETC_CUDA_MISSING)
  message(STATUS "CUDA: off, not found: ${NETC_CUDA_MISSING}")
else()
  message(STATUS "CUDA: off")
endif()
