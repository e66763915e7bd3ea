// Scales row by row.
#include "runtime/data/PictureScaler.h"

#include "runtime/data/PixelRows.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstring>

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

std::vector<PictureScaler::Taps> PictureScaler::tapsOf(int64_t from, int64_t to,
                                                       int64_t origin,
                                                       int64_t count) const {
  double scale = static_cast<double>(from) / static_cast<double>(to);
  double support = std::max(1.0, scale);
  std::vector<Taps> all;
  for (int64_t i = origin; i < origin + count; ++i) {
    double centre = (static_cast<double>(i) + 0.5) * scale;
    if (sampling == Sampling::Nearest) {
      all.push_back({std::min(from - 1, static_cast<int64_t>(centre)), {1}});
      continue;
    }
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

void PictureScaler::begin(PictureSize decoded, Orientation orientation) {
  assert(out.size() == static_cast<size_t>(format.bytes()));
  turn = orientation;
  PictureSize shown = turn.shown(decoded);
  PictureSize scaled = scaledSize(shown, format);
  auto middle = [](int64_t whole, int64_t part) { // rounded to even
    return static_cast<int64_t>(
        std::lrint(static_cast<double>(whole - part) / 2));
  };
  height = decoded.height;
  rows = tapsOf(shown.height, scaled.height,
                middle(scaled.height, format.size.height), format.size.height);
  columns = tapsOf(shown.width, scaled.width,
                   middle(scaled.width, format.size.width), format.size.width);
  if (turn.transposes)
    std::swap(rows, columns);
  // What is shown last comes first.
  auto mirror = [](std::vector<Taps> &all, int64_t size) {
    for (Taps &taps : all) {
      taps.first =
          size - taps.first - static_cast<int64_t>(taps.weights.size());
      std::reverse(taps.weights.begin(), taps.weights.end());
    }
    std::reverse(all.begin(), all.end());
  };
  if (turn.flipsRows)
    mirror(rows, decoded.height);
  if (turn.flipsColumns)
    mirror(columns, decoded.width);
  scaledRow.assign(static_cast<size_t>(format.channels) * columns.size(), 0);
  sums.assign(rows.size() * scaledRow.size(), 0);
  // Where rows become fewer, what is done to each is cheaper after that.
  rowsFirst = static_cast<int64_t>(rows.size()) < decoded.height;
  if (rowsFirst)
    beginOpenRows(static_cast<size_t>(decoded.width));
}

void PictureScaler::beginOpenRows(size_t width) {
  auto channels = static_cast<size_t>(format.channels);
  columnTaps = 0;
  for (const Taps &taps : columns)
    columnTaps = std::max(columnTaps, taps.weights.size());
  starts.clear();
  columnWeights.assign(columns.size() * columnTaps, 0);
  for (size_t x = 0; x < columns.size(); ++x) {
    starts.push_back(static_cast<size_t>(columns[x].first) * channels);
    std::ranges::copy(columns[x].weights,
                      columnWeights.begin() +
                          static_cast<ptrdiff_t>(x * columnTaps));
  }
  line.assign(width * channels, 0);
  // Taps of weight 0, and a vector of a last pixel, read beyond the end.
  openLength = line.size() + columnTaps * channels + 1;
  openCount = 1;
  for (size_t first = 0, y = 0; y < rows.size(); ++y) {
    while (end(rows[first]) <= rows[y].first)
      ++first;
    openCount = std::max(openCount, y - first + 1);
  }
  open.assign(openCount * openLength, 0);
}

/// A row [width, channels] to [channels, columns]. The channels' sums do not
/// wait for one another.
template <size_t channels, typename AllTaps, typename T>
static void scaleRow(const AllTaps &columns, const T *pixels, float *out) {
  for (size_t x = 0; x < columns.size(); ++x) {
    const T *pixel = pixels + static_cast<size_t>(columns[x].first) * channels;
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

/// The same of a row of sums. That each column has as many taps, some of them
/// 0, spares the processor its guesses; three channels are a vector of four.
template <size_t channels>
static void scaleSums(std::span<const size_t> starts, const float *weights,
                      size_t taps, const float *row, float *out) {
  using Vector [[gnu::vector_size(4 * sizeof(float))]] = float;
  for (size_t x = 0; x < starts.size(); ++x, weights += taps) {
    const float *pixel = row + starts[x];
    Vector sum{};
    for (size_t tap = 0; tap < taps; ++tap, pixel += channels) {
      Vector values{};
      if constexpr (channels == 3)
        std::memcpy(&values, pixel, sizeof values);
      else
        values[0] = *pixel;
      sum += weights[tap] * values;
    }
    for (size_t c = 0; c < channels; ++c)
      out[c * starts.size() + x] = sum[c];
  }
}

template <typename T> void PictureScaler::take(const T *pixels) {
  while (firstOpen < rows.size() && end(rows[firstOpen]) <= next)
    ++firstOpen;
  if (firstOpen < rows.size() && rows[firstOpen].first <= next)
    addRow(pixels);
  // 255 of 8 bits are 65535 of 16; but labels are labels.
  bool widens = sizeof(T) == 1 && format.bits == 16;
  if (++next == height)
    finish(widens && sampling != Sampling::Nearest ? 257 : 1);
}

template <typename T> void PictureScaler::addRow(const T *pixels) {
  if (rowsFirst)
    toFloats(pixels, line.size(), line.data());
  else if (format.channels == 3)
    scaleRow<3>(columns, pixels, scaledRow.data());
  else
    scaleRow<1>(columns, pixels, scaledRow.data());
  for (size_t y = firstOpen; y < rows.size() && rows[y].first <= next; ++y) {
    auto tap = static_cast<size_t>(next - rows[y].first);
    if (tap >= rows[y].weights.size())
      continue;
    float *out = sums.data() + y * scaledRow.size();
    if (rowsFirst)
      addToOpenRow(y, tap, out);
    else
      addWeighted(scaledRow.data(), rows[y].weights[tap], scaledRow.size(),
                  out);
  }
}

void PictureScaler::addToOpenRow(size_t y, size_t tap, float *out) {
  const std::vector<float> &weights = rows[y].weights;
  float *sum = open.data() + y % openCount * openLength;
  (tap == 0 ? weigh : addWeighted)(line.data(), weights[tap], line.size(), sum);
  if (tap + 1 < weights.size())
    return;
  (format.channels == 3 ? scaleSums<3> : scaleSums<1>)(starts,
                                                       columnWeights.data(),
                                                       columnTaps, sum, out);
}

void PictureScaler::row(const uint8_t *pixels) { take(pixels); }
void PictureScaler::row(const uint16_t *pixels) { take(pixels); }

void PictureScaler::finish(float factor) {
  if (format.bits == 16)
    write<uint16_t>(factor, 65535);
  else
    write<uint8_t>(factor, 255);
}

template <typename T> void PictureScaler::write(float factor, float most) {
  auto channels = static_cast<size_t>(format.channels);
  auto shownHeight = static_cast<size_t>(format.size.height);
  auto shownWidth = static_cast<size_t>(format.size.width);
  std::vector<T> line(columns.size());
  for (size_t i = 0; i < rows.size(); ++i)
    for (size_t c = 0; c < channels; ++c) {
      const float *sum = sums.data() + (i * channels + c) * line.size();
      toWhole(sum, factor, most, line.size(), line.data());
      if (turn.flipsColumns)
        std::reverse(line.begin(), line.end());
      size_t place = turn.flipsRows ? rows.size() - 1 - i : i;
      std::span<uint8_t> plane =
          out.subspan(c * shownHeight * shownWidth * sizeof(T));
      if (!turn.transposes) {
        std::memcpy(plane.data() + place * shownWidth * sizeof(T), line.data(),
                    line.size() * sizeof(T));
        continue;
      }
      for (size_t j = 0; j < line.size(); ++j)
        std::memcpy(plane.data() + (j * shownWidth + place) * sizeof(T),
                    &line[j], sizeof(T));
    }
}

} // namespace netc::runtime::data
