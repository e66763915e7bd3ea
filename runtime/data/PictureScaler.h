// Scales a picture while its rows arrive: memory for one row and for the
// result, whatever the picture's size.
#pragma once

#include "runtime/data/PictureDecoder.h"

#include <vector>

namespace netc::runtime::data {

/// Scales bilinearly with half-pixel centres, the triangle widened by the
/// reduction where it makes smaller (what Pillow calls BILINEAR), rounded to 8
/// bits.
class PictureScaler final : public RowSink {
public:
  /// Writes [channels, height, width] to `out` when the last row has come.
  PictureScaler(const PictureFormat &format, std::span<uint8_t> out)
      : format(format), out(out) {}

  void begin(PictureSize decoded) override;
  void row(const uint8_t *pixels) override;

private:
  /// What one pixel of the result takes along one dimension.
  struct Taps {
    int64_t first = 0;
    std::vector<float> weights; // their sum is 1
  };
  /// The taps of `count` pixels from `origin` on, of `from` scaled to `to`.
  static std::vector<Taps> tapsOf(int64_t from, int64_t to, int64_t origin,
                                  int64_t count);
  void finish();

  const PictureFormat format;
  std::span<uint8_t> out;
  std::vector<Taps> columns, rows;
  std::vector<float> scaledRow; // [channels, width]
  std::vector<float> sums;      // [height, channels, width]
  int64_t next = 0, height = 0; // rows that came, rows in all
  size_t firstOpen = 0;         // result rows before it are complete
};

/// The size to which a picture is scaled before its middle is taken.
PictureSize scaledSize(PictureSize picture, const PictureFormat &format);

} // namespace netc::runtime::data
