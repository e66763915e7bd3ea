# Where the libraries are: all of them Debian packages (tools/bootstrap).
find_package(MLIR REQUIRED CONFIG HINTS /usr/lib/llvm-19/lib/cmake/mlir)
list(APPEND CMAKE_MODULE_PATH ${MLIR_CMAKE_DIR} ${LLVM_CMAKE_DIR})
include(TableGen)
include(AddLLVM)
include(AddMLIR)
find_package(LLD REQUIRED CONFIG HINTS ${LLVM_CMAKE_DIR}/../lld)

find_package(Threads REQUIRED)
# Debian's dnnl-config.cmake asks for OpenCL, which the CPU library does not use.
find_path(DNNL_INCLUDE oneapi/dnnl/dnnl.hpp REQUIRED)
find_library(DNNL_LIBRARY dnnl REQUIRED)
add_library(DNNL::dnnl SHARED IMPORTED)
set_target_properties(DNNL::dnnl PROPERTIES IMPORTED_LOCATION ${DNNL_LIBRARY}
                      INTERFACE_INCLUDE_DIRECTORIES ${DNNL_INCLUDE})
find_package(fmt REQUIRED CONFIG)
find_package(nlohmann_json REQUIRED CONFIG)
find_package(CLI11 REQUIRED CONFIG)
find_package(ZLIB REQUIRED)
find_package(LibArchive REQUIRED)
find_package(PNG REQUIRED)
find_package(JPEG REQUIRED) # libjpeg-turbo
find_package(TIFF REQUIRED)
# Debian's packages of these two have no CMake files.
find_path(WEBP_INCLUDE webp/decode.h REQUIRED)
find_library(WEBP_LIBRARY webp REQUIRED)
find_library(WEBP_DEMUX_LIBRARY webpdemux REQUIRED)
find_path(EXIF_INCLUDE libexif/exif-data.h REQUIRED)
find_library(EXIF_LIBRARY exif REQUIRED)
add_library(netcWebp INTERFACE)
target_include_directories(netcWebp SYSTEM INTERFACE ${WEBP_INCLUDE})
target_link_libraries(netcWebp INTERFACE ${WEBP_DEMUX_LIBRARY} ${WEBP_LIBRARY})
add_library(netcExif INTERFACE)
target_include_directories(netcExif SYSTEM INTERFACE ${EXIF_INCLUDE})
target_link_libraries(netcExif INTERFACE ${EXIF_LIBRARY})
find_package(GTest REQUIRED)
find_program(FLATC flatc REQUIRED)
find_path(FLATBUFFERS_INCLUDE flatbuffers/flatbuffers.h REQUIRED)

# netc_mlir_library(NAME [sources...] [DEPENDS tablegen targets] [LINK libraries]):
# a static library that includes MLIR, of the folder's files unless some are
# named; what includes MLIR is kept to compiler/.
function(netc_mlir_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LINK" ${ARGN})
  set(sources ${ARG_UNPARSED_ARGUMENTS})
  if(NOT sources)
    file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  endif()
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} SYSTEM PUBLIC ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
  if(NOT name STREQUAL netcMlirHeaders)
    target_precompile_headers(${name} REUSE_FROM netcMlirHeaders)
  endif()
  separate_arguments(definitions UNIX_COMMAND "${LLVM_DEFINITIONS}")
  target_compile_options(${name} PUBLIC ${definitions})
  target_link_libraries(${name} PUBLIC ${ARG_LINK} MLIR LLVM)
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
endfunction()

# netc_attach_families(FOLDER RESULT [file...]): the files of this folder that are named
# as a family of compiler/net is (and those given) each attach what they know of the
# family to its ops by a function `attachFAMILY`. Writes Families.h, which declares
# them, and Families.cpp, the RESULT, whose `attachFamilies` calls them all. FOLDER
# is this folder below compiler/.
function(netc_attach_families folder result)
  cmake_path(GET folder FILENAME namespace)
  file(GLOB families CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/compiler/net/*.td)
  set(declarations "")
  set(calls "")
  foreach(family IN LISTS families ARGN)
    cmake_path(GET family STEM family)
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${family}.cpp)
      string(APPEND declarations "void attach${family}(mlir::MLIRContext &context);\n")
      string(APPEND calls "  attach${family}(context);\n")
    endif()
  endforeach()
  file(CONFIGURE OUTPUT Families.h @ONLY CONTENT
"// What this folder knows of each family of ops, attached in the family's file.
#pragma once

namespace mlir {
class MLIRContext;
}

namespace netc::@namespace@ {
@declarations@
/// Attaches them all.
void attachFamilies(mlir::MLIRContext &context);
} // namespace netc::@namespace@
")
  file(CONFIGURE OUTPUT Families.cpp @ONLY CONTENT
"#include \"compiler/@folder@/Families.h\"

void netc::@namespace@::attachFamilies(mlir::MLIRContext &context) {
@calls@}
")
  set(${result} ${CMAKE_CURRENT_BINARY_DIR}/Families.cpp PARENT_SCOPE)
endfunction()

# What most of those files include is read once: half of their compilation.
function(netc_precompile_mlir)
  file(CONFIGURE OUTPUT MlirHeaders.cpp CONTENT "")
  netc_mlir_library(netcMlirHeaders ${CMAKE_CURRENT_BINARY_DIR}/MlirHeaders.cpp)
  target_precompile_headers(netcMlirHeaders PRIVATE
    <mlir/Dialect/Arith/IR/Arith.h> <mlir/Dialect/Func/IR/FuncOps.h> <mlir/Dialect/Math/IR/Math.h>
    <mlir/Dialect/MemRef/IR/MemRef.h> <mlir/Dialect/SCF/IR/SCF.h> <mlir/Dialect/Vector/IR/VectorOps.h>
    <mlir/IR/Builders.h> <mlir/IR/BuiltinOps.h> <mlir/IR/Dialect.h> <mlir/IR/OpDefinition.h>
    <mlir/IR/OpImplementation.h> <mlir/IR/SymbolTable.h> <mlir/Interfaces/InferTypeOpInterface.h>
    <mlir/Interfaces/SideEffectInterfaces.h> <mlir/Pass/Pass.h>)
endfunction()
