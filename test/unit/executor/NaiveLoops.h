// The operations as loops in double over row-major tensors, each with its
// gradients, to compare the library with.
#pragma once

#include <cstdint>
#include <vector>

namespace naive {

using Values = std::vector<double>;

/// src [N, C, H, W], filter [G, O/G, C/G, kh, kw], dst [N, O, oh, ow].
struct Convolution {
  int64_t batch, channels, height, width, outputs, groups = 1;
  int64_t kernel[2] = {1, 1}, stride[2] = {1, 1}, dilation[2] = {1, 1},
          padding[2] = {0, 0};

  int64_t outHeight() const { return out(height, 0); }
  int64_t outWidth() const { return out(width, 1); }

  Values forward(const Values &src, const Values &filter,
                 const Values &bias) const;
  Values backwardData(const Values &filter, const Values &dstGradient) const;
  Values backwardWeights(const Values &src, const Values &dstGradient) const;
  Values backwardBias(const Values &dstGradient) const;

private:
  int64_t out(int64_t size, int i) const {
    return (size + 2 * padding[i] - dilation[i] * (kernel[i] - 1) - 1) /
               stride[i] +
           1;
  }
  /// Calls f(src index, filter index, dst index) for each product.
  template <typename F> void products(F f) const;
};

/// src [N, C, H, W], dst [N, C, oh, ow].
struct Pooling {
  int64_t batch, channels, height, width;
  int64_t window[2], stride[2], dilation[2] = {1, 1}, padding[2] = {0, 0};
  bool max;

  int64_t outHeight() const { return out(height, 0); }
  int64_t outWidth() const { return out(width, 1); }

  Values forward(const Values &src) const;
  Values backward(const Values &src, const Values &dstGradient) const;

private:
  int64_t out(int64_t size, int i) const {
    return (size + 2 * padding[i] - dilation[i] * (window[i] - 1) - 1) /
               stride[i] +
           1;
  }
  /// Calls f(src index, dst index) for each element of each window.
  template <typename F> void elements(F f) const;
};

/// src [N, inputs], weights [outputs, inputs], dst [N, outputs].
struct InnerProduct {
  int64_t batch, inputs, outputs;

  Values forward(const Values &src, const Values &weights,
                 const Values &bias) const;
  Values backwardData(const Values &weights, const Values &dstGradient) const;
  Values backwardWeights(const Values &src, const Values &dstGradient) const;
  Values backwardBias(const Values &dstGradient) const;
};

} // namespace naive
