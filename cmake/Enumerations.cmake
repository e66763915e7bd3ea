# Writes the C++ header OUT of the enumerations of the schema IN: those that flatc
# would write, with their names, but without flatbuffers.h, which takes a third of
# a second in every file that includes it.
file(READ "${IN}" schema)
string(REGEX REPLACE "//[^\n]*" "" schema "${schema}")
string(REGEX MATCH "namespace ([a-z.]+);" found "${schema}")
string(REPLACE "." "::" namespace "${CMAKE_MATCH_1}")
set(text "// Written from Enumerations.fbs.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ${namespace} {
")
string(REGEX MATCHALL "enum [^}]*}" enumerations "${schema}")
foreach(enumeration IN LISTS enumerations)
  string(REGEX REPLACE "[ \n]+" " " enumeration "${enumeration}")
  if(NOT enumeration MATCHES "^enum ([A-Za-z]+) : ubyte { ([A-Za-z0-9, ]+) }$")
    message(FATAL_ERROR "${IN}: expected `enum NAME : ubyte { NAME, ... }`, got `${enumeration}`")
  endif()
  set(name ${CMAKE_MATCH_1})
  string(REPLACE ", " ";" values "${CMAKE_MATCH_2}")
  list(LENGTH values count)
  list(GET values 0 first)
  list(GET values -1 last)
  list(JOIN values ", " enumerators)
  list(JOIN values "\", \"" names)
  string(APPEND text "
enum class ${name} : uint8_t { ${enumerators}, MIN = ${first}, MAX = ${last} };
constexpr std::array<std::string_view, ${count}> namesOf(${name}) { return {\"${names}\"}; }
")
endforeach()
string(APPEND text "
} // namespace ${namespace}
")
file(WRITE "${OUT}" "${text}")
