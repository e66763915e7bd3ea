// Written to be evident, not fast.
#include "NaiveLoops.h"

#include <cstddef>
#include <limits>

namespace naive {

template <typename F> void Convolution::products(F f) const {
  const int64_t oh = outHeight(), ow = outWidth();
  const int64_t perGroup = channels / groups, outPerGroup = outputs / groups;
  for (int64_t n = 0; n < batch; ++n)
    for (int64_t o = 0; o < outputs; ++o)
      for (int64_t y = 0; y < oh; ++y)
        for (int64_t x = 0; x < ow; ++x)
          for (int64_t c = 0; c < perGroup; ++c)
            for (int64_t i = 0; i < kernel[0]; ++i)
              for (int64_t j = 0; j < kernel[1]; ++j) {
                int64_t sy = y * stride[0] - padding[0] + i * dilation[0];
                int64_t sx = x * stride[1] - padding[1] + j * dilation[1];
                if (sy < 0 || sy >= height || sx < 0 || sx >= width)
                  continue;
                int64_t channel = o / outPerGroup * perGroup + c;
                f(((n * channels + channel) * height + sy) * width + sx,
                  ((o * perGroup + c) * kernel[0] + i) * kernel[1] + j,
                  ((n * outputs + o) * oh + y) * ow + x);
              }
}

Values Convolution::forward(const Values &src, const Values &filter,
                            const Values &bias) const {
  const int64_t area = outHeight() * outWidth();
  Values dst(batch * outputs * area);
  for (std::size_t i = 0; i < dst.size(); ++i)
    dst[i] = bias[i / area % outputs];
  products(
      [&](int64_t s, int64_t w, int64_t d) { dst[d] += src[s] * filter[w]; });
  return dst;
}

Values Convolution::backwardData(const Values &filter,
                                 const Values &dstGradient) const {
  Values gradient(batch * channels * height * width);
  products([&](int64_t s, int64_t w, int64_t d) {
    gradient[s] += filter[w] * dstGradient[d];
  });
  return gradient;
}

Values Convolution::backwardWeights(const Values &src,
                                    const Values &dstGradient) const {
  Values gradient(outputs * (channels / groups) * kernel[0] * kernel[1]);
  products([&](int64_t s, int64_t w, int64_t d) {
    gradient[w] += src[s] * dstGradient[d];
  });
  return gradient;
}

Values Convolution::backwardBias(const Values &dstGradient) const {
  Values gradient(outputs);
  const int64_t area = outHeight() * outWidth();
  for (std::size_t i = 0; i < dstGradient.size(); ++i)
    gradient[i / area % outputs] += dstGradient[i];
  return gradient;
}

template <typename F> void Pooling::elements(F f) const {
  const int64_t oh = outHeight(), ow = outWidth();
  for (int64_t plane = 0; plane < batch * channels; ++plane)
    for (int64_t y = 0; y < oh; ++y)
      for (int64_t x = 0; x < ow; ++x)
        for (int64_t i = 0; i < window[0]; ++i)
          for (int64_t j = 0; j < window[1]; ++j) {
            int64_t sy = y * stride[0] - padding[0] + i * dilation[0];
            int64_t sx = x * stride[1] - padding[1] + j * dilation[1];
            if (sy >= 0 && sy < height && sx >= 0 && sx < width)
              f((plane * height + sy) * width + sx, (plane * oh + y) * ow + x);
          }
}

Values Pooling::forward(const Values &src) const {
  Values dst(batch * channels * outHeight() * outWidth(),
             max ? -std::numeric_limits<double>::infinity() : 0);
  const double area = static_cast<double>(window[0] * window[1]);
  elements([&](int64_t s, int64_t d) {
    if (!max)
      dst[d] += src[s] / area;
    else if (src[s] > dst[d])
      dst[d] = src[s];
  });
  return dst;
}

Values Pooling::backward(const Values &src, const Values &dstGradient) const {
  Values gradient(src.size());
  const Values dst = forward(src);
  const double area = static_cast<double>(window[0] * window[1]);
  elements([&](int64_t s, int64_t d) { // values are distinct: one maximum
    if (!max)
      gradient[s] += dstGradient[d] / area;
    else if (src[s] == dst[d])
      gradient[s] += dstGradient[d];
  });
  return gradient;
}

Values InnerProduct::forward(const Values &src, const Values &weights,
                             const Values &bias) const {
  Values dst(batch * outputs);
  for (int64_t n = 0; n < batch; ++n)
    for (int64_t o = 0; o < outputs; ++o) {
      dst[n * outputs + o] = bias[o];
      for (int64_t i = 0; i < inputs; ++i)
        dst[n * outputs + o] += src[n * inputs + i] * weights[o * inputs + i];
    }
  return dst;
}

Values InnerProduct::backwardData(const Values &weights,
                                  const Values &dstGradient) const {
  Values gradient(batch * inputs);
  for (int64_t n = 0; n < batch; ++n)
    for (int64_t o = 0; o < outputs; ++o)
      for (int64_t i = 0; i < inputs; ++i)
        gradient[n * inputs + i] +=
            dstGradient[n * outputs + o] * weights[o * inputs + i];
  return gradient;
}

Values InnerProduct::backwardWeights(const Values &src,
                                     const Values &dstGradient) const {
  Values gradient(outputs * inputs);
  for (int64_t n = 0; n < batch; ++n)
    for (int64_t o = 0; o < outputs; ++o)
      for (int64_t i = 0; i < inputs; ++i)
        gradient[o * inputs + i] +=
            dstGradient[n * outputs + o] * src[n * inputs + i];
  return gradient;
}

Values InnerProduct::backwardBias(const Values &dstGradient) const {
  Values gradient(outputs);
  for (std::size_t i = 0; i < dstGradient.size(); ++i)
    gradient[i % outputs] += dstGradient[i];
  return gradient;
}

} // namespace naive
