// Any bytes as EXIF data, and as a JPEG that may have some: a turn, or none.
#include "runtime/data/PictureDecoder.h"

using namespace netc::runtime::data;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  exifOrientation({bytes, size});
  try {
    InputFile file(std::span(bytes, size));
    exifOrientationOfJpeg(file.get());
  } catch (const netc::Error &) { // an empty file
  }
  return 0;
}
