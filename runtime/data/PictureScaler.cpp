// Scales row by row.
#include "runtime/data/PictureScaler.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

namespace netc::runtime::data {

PictureSize scaledSize(PictureSize picture, const PictureFormat &format) {
  if (format.fit == Fit::Stretch)
    return format.size;
  // The smallest that covers the result: one side is its, the other longer.
  auto [height, width] = format.size;
  int64_t widthAtHeight = picture.width * height / picture.height;
  if (widthAtHeight >= width)
    return {height, widthAtHeight};
  return {std::max(height, picture.height * width / picture.width), width};
}

std::vector<PictureScaler::Taps>
PictureScaler::tapsOf(int64_t from, int64_t to, int64_t origin, int64_t count) {
  double scale = static_cast<double>(from) / static_cast<double>(to);
  double support = std::max(1.0, scale);
  std::vector<Taps> all;
  for (int64_t i = origin; i < origin + count; ++i) {
    double centre = (static_cast<double>(i) + 0.5) * scale;
    auto first = std::max<int64_t>(
        0, static_cast<int64_t>(std::floor(centre - support + 0.5)));
    auto end = std::min<int64_t>(
        from, static_cast<int64_t>(std::floor(centre + support + 0.5)));
    std::vector<double> weights;
    double sum = 0;
    for (int64_t j = first; j < end; ++j) {
      double distance =
          std::abs(static_cast<double>(j) + 0.5 - centre) / support;
      weights.push_back(std::max(0.0, 1 - distance));
      sum += weights.back();
    }
    Taps taps{first, {}};
    for (double weight : weights)
      taps.weights.push_back(static_cast<float>(weight / sum));
    all.push_back(std::move(taps));
  }
  return all;
}

void PictureScaler::begin(PictureSize decoded) {
  assert(out.size() ==
         static_cast<size_t>(format.channels * format.size.height *
                             format.size.width));
  PictureSize scaled = scaledSize(decoded, format);
  auto middle = [](int64_t whole, int64_t part) { // rounded to even
    return static_cast<int64_t>(
        std::lrint(static_cast<double>(whole - part) / 2));
  };
  height = decoded.height;
  rows = tapsOf(decoded.height, scaled.height,
                middle(scaled.height, format.size.height), format.size.height);
  columns = tapsOf(decoded.width, scaled.width,
                   middle(scaled.width, format.size.width), format.size.width);
  scaledRow.assign(static_cast<size_t>(format.channels * format.size.width), 0);
  sums.assign(out.size(), 0);
}

/// A row [width, channels] to [channels, columns]. The channels' sums do not
/// wait for one another.
template <size_t channels, typename AllTaps>
static void scaleRow(const AllTaps &columns, const uint8_t *pixels,
                     std::vector<float> &out) {
  for (size_t x = 0; x < columns.size(); ++x) {
    const uint8_t *pixel =
        pixels + static_cast<size_t>(columns[x].first) * channels;
    std::array<float, channels> sums{};
    for (float weight : columns[x].weights) {
      for (size_t c = 0; c < channels; ++c)
        sums[c] += weight * static_cast<float>(pixel[c]);
      pixel += channels;
    }
    for (size_t c = 0; c < channels; ++c)
      out[c * columns.size() + x] = sums[c];
  }
}

/// The nearest whole number, to even: what lrint() gives, as arithmetic that is
/// done in vectors. \pre 0 <= value < 2^22
static float nearest(float value) {
  constexpr float whole = 0x1.8p23F; // its neighbours are whole numbers
  return (value + whole) - whole;
}

void PictureScaler::row(const uint8_t *pixels) {
  auto isDone = [&](const Taps &taps) {
    return taps.first + static_cast<int64_t>(taps.weights.size()) <= next;
  };
  while (firstOpen < rows.size() && isDone(rows[firstOpen]))
    ++firstOpen;
  auto channels = static_cast<size_t>(format.channels);
  bool isNeeded = firstOpen < rows.size() && rows[firstOpen].first <= next;
  if (isNeeded) {
    if (channels == 3)
      scaleRow<3>(columns, pixels, scaledRow);
    else
      scaleRow<1>(columns, pixels, scaledRow);
    for (size_t y = firstOpen; y < rows.size() && rows[y].first <= next; ++y) {
      auto tap = static_cast<size_t>(next - rows[y].first);
      if (tap >= rows[y].weights.size())
        continue;
      float weight = rows[y].weights[tap];
      float *sum = sums.data() + y * scaledRow.size();
      for (size_t i = 0; i < scaledRow.size(); ++i)
        sum[i] += weight * scaledRow[i];
    }
  }
  if (++next == height)
    finish();
}

void PictureScaler::finish() {
  size_t width = columns.size(), plane = rows.size() * width;
  auto channels = static_cast<size_t>(format.channels);
  for (size_t y = 0; y < rows.size(); ++y)
    for (size_t c = 0; c < channels; ++c)
      for (size_t x = 0; x < width; ++x) {
        float value = sums[(y * channels + c) * width + x];
        out[c * plane + y * width + x] =
            static_cast<uint8_t>(nearest(std::clamp(value, 0.0F, 255.0F)));
      }
}

} // namespace netc::runtime::data
