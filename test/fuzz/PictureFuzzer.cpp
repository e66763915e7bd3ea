// Any bytes to the decoder of one format, NETC_DECODER: an Error, or as many
// rows as the header says. Pictures above 2^20 pixels are only inspected, so
// that a run has time for many.
#include "runtime/data/PictureDecoder.h"

#include <cstdlib>

using namespace netc::runtime::data;

namespace {

class CountRows final : public RowSink {
public:
  explicit CountRows(int64_t channels) : channels(channels) {}

  void begin(PictureSize decoded, Orientation) override { size = decoded; }
  void row(const uint8_t *pixels) override { take(pixels); }
  void row(const uint16_t *pixels) override { take(pixels); }
  void requireAll() const {
    if (rows != size.height)
      abort();
  }

private:
  /// Reads all of the row: the sanitizer sees what is not there.
  template <typename T> void take(const T *pixels) {
    for (int64_t i = 0; i < size.width * channels; ++i)
      sum = sum + pixels[i];
    ++rows;
  }

  const int64_t channels;
  PictureSize size;
  int64_t rows = 0;
  volatile uint64_t sum = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  constexpr int64_t most = 1 << 20;
  try {
    InputFile file(std::span(bytes, size));
    PixelRequest request;
    PictureHeader header = NETC_DECODER(file.get(), request, nullptr);
    if (header.size.height * header.size.width > most)
      return 0;
    for (bool isWide : {false, true}) {
      request.channels = isWide ? 1 : 3;
      request.isWide = request.orients = isWide;
      std::rewind(file.get());
      CountRows sink(request.channels);
      NETC_DECODER(file.get(), request, &sink);
      sink.requireAll();
    }
  } catch (const netc::Error &) { // what is wrong is said
  }
  return 0;
}
