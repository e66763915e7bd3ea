// Layers as the language's shapes have them, in the terms of the reference.
#pragma once

#include "compiler/shape/Shape.h"
#include "test/reference/Conv2D.h"
#include "test/reference/Conv2DTranspose.h"
#include "test/reference/Pool2D.h"

namespace netc::numeric {

/// One function for each kind of layer, for std::visit.
template <typename... Case> struct Overloaded : Case... {
  using Case::operator()...;
};
template <typename... Case> Overloaded(Case...) -> Overloaded<Case...>;

inline reference::Conv2D convOf(const shape::Conv2D &spec) {
  return {spec.stride, spec.padding, spec.dilation, spec.groups};
}

template <typename Pool> reference::Pool2D poolOf(const Pool &spec) {
  return {spec.window, spec.stride, spec.padding};
}

inline shape::Shape batched(int64_t batch, shape::Shape shape) {
  shape.insert(shape.begin(), batch);
  return shape;
}

inline int64_t groupsOf(const shape::LayerSpec &spec) {
  if (auto *conv = std::get_if<shape::Conv2D>(&spec))
    return conv->groups;
  if (auto *conv = std::get_if<shape::Conv2DTranspose>(&spec))
    return conv->groups;
  return 1;
}

/// The shape of a parameter in `net`: grouped filters are [G, O/G, ...], what
/// scales an example is flat.
inline shape::Shape netShape(const shape::LayerSpec &spec, shape::Shape shape) {
  if (std::holds_alternative<shape::LayerNorm>(spec)) // of rows
    return {*shape::elementCount(shape)};
  int64_t groups = groupsOf(spec);
  if (groups == 1 || shape.size() != 4)
    return shape;
  shape[0] /= groups;
  shape.insert(shape.begin(), groups);
  return shape;
}

inline reference::Conv2DTranspose convOf(const shape::Conv2DTranspose &spec) {
  return {spec.stride, spec.padding, spec.outputPadding, spec.dilation,
          spec.groups};
}

inline shape::Sides sidesOf(const shape::ZeroPadding2D &spec) {
  return spec.padding;
}
inline shape::Sides sidesOf(const shape::Crop2D &spec) {
  shape::Sides sides = spec.cropping;
  for (int64_t &side : sides)
    side = -side;
  return sides;
}

} // namespace netc::numeric
