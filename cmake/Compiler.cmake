# How everything is compiled.
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
# Assertions are kept: no NDEBUG.
set(CMAKE_CXX_FLAGS_RELEASE "-O2")

find_program(CCACHE ccache)
if(CCACHE)
  # Precompiled headers are files like others to it.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

# A file that includes MLIR takes up to 1 GiB to compile: many processors with
# little memory compile fewer at a time.
cmake_host_system_information(RESULT memory QUERY TOTAL_PHYSICAL_MEMORY) # MiB
math(EXPR compilations "${memory} / 1200 + 1")
set_property(GLOBAL PROPERTY JOB_POOLS compile=${compilations})
set(CMAKE_JOB_POOL_COMPILE compile)

option(NETC_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
if(NETC_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

option(NETC_TIDY "Run clang-tidy beside the compiler" OFF)
if(NETC_TIDY)
  find_program(CLANG_TIDY clang-tidy-19 REQUIRED)
  # clang-tidy knows clang's headers; omp.h is g++'s.
  execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=include
                  OUTPUT_VARIABLE compilerHeaders OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(CMAKE_CXX_CLANG_TIDY ${CLANG_TIDY} --quiet --warnings-as-errors=*
      --extra-arg=-idirafter${compilerHeaders})
endif()

add_compile_options(-Wall -Wextra -Wno-unused-parameter)
include_directories(${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
