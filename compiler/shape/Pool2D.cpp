// Pooling: the largest or the mean of each window, and the mean of all.
#include "compiler/shape/Window.h"

#include <fmt/format.h>

namespace netc::shape {

/// Past half its window a pool's padding would fill whole windows.
static std::optional<ShapeError>
checkPadding(std::string_view layer, const Pair &window, const Pair &padding) {
  for (int i : {0, 1})
    if (padding[i] > window[i] / 2)
      return ShapeError{
          fmt::format("`padding` of `{}` must be at most half its window {}, "
                      "got {}",
                      layer, toString(window), toString(padding)),
          "", "padding"};
  return std::nullopt;
}

template <typename Pool>
static InferResult inferPool(const Pool &pool, const Shape &input) {
  std::string_view layer = Pool::kindName;
  if (auto error = checkArgument("window", pool.window, 1))
    return *error;
  if (auto error = checkArgument("stride", pool.stride, 1))
    return *error;
  if (auto error = checkArgument("padding", pool.padding, 0))
    return *error;
  if (auto error = checkPadding(layer, pool.window, pool.padding))
    return *error;
  if (auto error = checkImage(layer, input))
    return *error;
  return slide({layer, "window", pool.window, pool.stride, pool.padding},
               input[0], input);
}

InferResult infer(const MaxPool2D &pool, const Shape &input) {
  return inferPool(pool, input);
}

InferResult infer(const AvgPool2D &pool, const Shape &input) {
  return inferPool(pool, input);
}

SlidingWindow slidingWindow(const MaxPool2D &pool) {
  return {pool.window, pool.stride, pool.window};
}

SlidingWindow slidingWindow(const AvgPool2D &pool) {
  return {pool.window, pool.stride, pool.window};
}

template <typename Pool>
static InferResult inferGlobal(const Pool &pool, const Shape &input) {
  if (auto error = checkImage(Pool::kindName, input))
    return *error;
  return Inferred{{input[0], 1, 1}, ""};
}

InferResult infer(const GlobalAvgPool2D &pool, const Shape &input) {
  return inferGlobal(pool, input);
}

InferResult infer(const GlobalMaxPool2D &pool, const Shape &input) {
  return inferGlobal(pool, input);
}

} // namespace netc::shape
