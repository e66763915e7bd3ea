// What each layer's file implements beside its shape rule; Shape.cpp picks
// among them. A layer without parameters has the templates' empty answers.
#pragma once

#include "compiler/shape/Shape.h"

namespace netc::shape {

template <typename Spec> Cost cost(const Spec &, const Shape &) { return {}; }
Cost cost(const Conv2D &, const Shape &input);
Cost cost(const Dense &, const Shape &input);

template <typename Spec>
std::vector<ParameterShape> parameters(const Spec &, const Shape &) {
  return {};
}
std::vector<ParameterShape> parameters(const Conv2D &, const Shape &input);
std::vector<ParameterShape> parameters(const Dense &, const Shape &input);

std::string_view kindName(const Conv2D &);
std::string_view kindName(const MaxPool2D &);
std::string_view kindName(const AvgPool2D &);
std::string_view kindName(const GlobalAvgPool2D &);
std::string_view kindName(const Flatten &);
std::string_view kindName(const Dense &);
std::string_view kindName(const Dropout &);
std::string_view kindName(const Activation &);

} // namespace netc::shape
