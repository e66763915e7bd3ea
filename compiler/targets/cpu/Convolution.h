// What convolutions and transposed ones share as primitives. For the files of
// the two families.
#pragma once

#include "compiler/targets/cpu/Primitives.h"

namespace netc::cpu {

template <typename Op> void setGeometry(PrimitiveRequest &request, Op op) {
  request.spec.stride = op.getStride().vec();
  request.spec.padding = op.getPadding().vec();
  request.spec.dilation = op.getDilation().vec();
}

/// Every layout is the library's to choose but the bias's.
inline std::string askConvolutionLayouts(PrimitiveRequest &request) {
  request.open({Role::Bias});
  return "free to choose every layout";
}

} // namespace netc::cpu
