// Scales a picture while its rows arrive: memory for one row and for the
// result, whatever the picture's size.
#pragma once

#include "runtime/data/PictureDecoder.h"

#include <vector>

namespace netc::runtime::data {

enum class Sampling {
  Bilinear, // half-pixel centres, the triangle widened by the reduction where
            // it makes smaller (what Pillow calls BILINEAR), rounded
  Nearest,  // the pixel in which a result's centre lies
};

/// Turns and scales.
class PictureScaler final : public RowSink {
public:
  /// Writes [channels, height, width] to `out`, elements of format.bits, when
  /// the last row has come.
  PictureScaler(const PictureFormat &format, std::span<uint8_t> out,
                Sampling sampling = Sampling::Bilinear)
      : format(format), sampling(sampling), out(out) {}

  void begin(PictureSize decoded, Orientation orientation = {}) override;
  void row(const uint8_t *pixels) override;
  void row(const uint16_t *pixels) override;

private:
  /// What one pixel of the result takes along one dimension.
  struct Taps {
    int64_t first = 0;
    std::vector<float> weights; // their sum is 1
  };
  /// The taps of `count` pixels from `origin` on, of `from` scaled to `to`.
  std::vector<Taps> tapsOf(int64_t from, int64_t to, int64_t origin,
                           int64_t count) const;
  template <typename T> void take(const T *pixels);
  static int64_t end(const Taps &taps) {
    return taps.first + static_cast<int64_t>(taps.weights.size());
  }
  void beginOpenRows(size_t width);
  /// Scales the row that came and adds it to the results that take of it; or
  /// the other way round, where rows are scaled first.
  template <typename T> void addRow(const T *pixels);
  /// Adds `line` to the row of the result that is open; complete, its columns
  /// are scaled to `out`.
  void addToOpenRow(size_t y, size_t tap, float *out);
  void finish(float factor);
  template <typename T> void write(float factor, float most);

  const PictureFormat format;
  const Sampling sampling;
  std::span<uint8_t> out;
  Orientation turn;
  std::vector<Taps> columns, rows; // of the picture as it is decoded
  std::vector<float> scaledRow;    // [channels, columns]
  std::vector<float> sums;         // [rows, channels, columns]
  int64_t next = 0, height = 0;    // rows that came, rows in all
  size_t firstOpen = 0;            // result rows before it are complete
  // Where rows are scaled before columns: those that are open at once, in
  // turns, [openCount, openLength], each [width, channels] and zeros behind.
  bool rowsFirst = false;
  size_t openCount = 0, openLength = 0;
  std::vector<float> open, line;    // `line`: the row that came
  size_t columnTaps = 0;            // of each column, filled up with zeros
  std::vector<size_t> starts;       // of each column's taps in a row
  std::vector<float> columnWeights; // [columns, columnTaps]
};

/// The size to which a picture is scaled before its middle is taken.
PictureSize scaledSize(PictureSize picture, const PictureFormat &format);

} // namespace netc::runtime::data
