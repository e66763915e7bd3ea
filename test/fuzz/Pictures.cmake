# The fuzzers of the formats of pictures, one program each: the decoders alone.
set(decoders "")
foreach(name IN ITEMS BmpDecoder JpegDecoder Orientation Picture PictureScaler PixelRows PngDecoder TiffDecoder
        WebpDecoder)
  list(APPEND decoders ${PROJECT_SOURCE_DIR}/runtime/data/${name}.cpp)
endforeach()
netc_fuzzed(decoders ${decoders} ${words})
foreach(format IN ITEMS Bmp Exif Jpeg Png Tiff Webp)
  string(TOLOWER ${format} name)
  set(harness ${CMAKE_CURRENT_SOURCE_DIR}/PictureFuzzer.cpp)
  if(format STREQUAL "Exif")
    set(harness ${CMAKE_CURRENT_SOURCE_DIR}/ExifFuzzer.cpp)
  endif()
  set(program ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/netc-${name}-fuzz)
  add_custom_command(OUTPUT ${program}
    COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} ${CLANGXX} ${flags} -DNETC_DECODER=decode${format}
            -MD -MT ${program} -MF ${program}.d ${harness} ${decoders}
            -lfmt -lpng -ljpeg -ltiff -lwebpdemux -lwebp -lexif -o ${program}
    DEPENDS ${harness} ${decoders} DEPFILE ${program}.d
    COMMENT "Building ${program}" VERBATIM)
  add_custom_target(netc-${name}-fuzz DEPENDS ${program})
  # A minute by name; some seconds among the tests.
  set(fuzz ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/fuzz_pictures.py ${PROJECT_BINARY_DIR} ${name})
  add_custom_target(fuzz-${name} COMMAND ${fuzz} --seconds 60 DEPENDS ${program} USES_TERMINAL)
  add_test(NAME fuzz.${name} COMMAND ${fuzz} --seconds 3)
  set_tests_properties(fuzz.${name} PROPERTIES TIMEOUT 120)
  list(APPEND pictureFuzzers netc-${name}-fuzz)
endforeach()
add_custom_target(netc-picture-fuzzers DEPENDS ${pictureFuzzers})
