// What each layer's file implements beside its shape rule; Shape.cpp picks
// among them. A layer without parameters has the templates' empty answers.
#pragma once

#include "compiler/shape/Shape.h"

namespace netc::shape {

template <typename Spec> Cost cost(const Spec &, const Shape &) { return {}; }
Cost cost(const Conv2D &, const Shape &input);
Cost cost(const Dense &, const Shape &input);
Cost cost(const BatchNorm &, const Shape &input);
Cost cost(const LayerNorm &, const Shape &input);
Cost cost(const Scale &, const Shape &input);
Cost cost(const Conv2DTranspose &, const Shape &input);

template <typename Spec>
std::vector<ParameterShape> parameters(const Spec &, const Shape &) {
  return {};
}
std::vector<ParameterShape> parameters(const Conv2D &, const Shape &input);
std::vector<ParameterShape> parameters(const Dense &, const Shape &input);
std::vector<ParameterShape> parameters(const BatchNorm &, const Shape &input);
std::vector<ParameterShape> parameters(const LayerNorm &, const Shape &input);
std::vector<ParameterShape> parameters(const Scale &, const Shape &input);
std::vector<ParameterShape> parameters(const Conv2DTranspose &,
                                       const Shape &input);

std::string_view kindName(const Conv2D &);
std::string_view kindName(const MaxPool2D &);
std::string_view kindName(const AvgPool2D &);
std::string_view kindName(const GlobalAvgPool2D &);
std::string_view kindName(const Flatten &);
std::string_view kindName(const Dense &);
std::string_view kindName(const Dropout &);
std::string_view kindName(const Activation &);
std::string_view kindName(const Sum &);
std::string_view kindName(const Concat &);
std::string_view kindName(const Identity &);
std::string_view kindName(const BatchNorm &);
std::string_view kindName(const LayerNorm &);
std::string_view kindName(const Scale &);
std::string_view kindName(const Conv2DTranspose &);
std::string_view kindName(const GlobalMaxPool2D &);
std::string_view kindName(const Upsample2D &);
std::string_view kindName(const ZeroPadding2D &);
std::string_view kindName(const Crop2D &);
std::string_view kindName(const Reshape &);

} // namespace netc::shape
