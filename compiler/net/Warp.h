// Affine maps of pictures as torchvision's `affine` and `rotate` have them: the
// map's inverse says from where each pixel comes.
#pragma once

#include "compiler/net/Pixels.h"

namespace netc::net {

/// From a place (x, y) of the result, from the picture's centre, to that of the
/// picture: (m[0]*x + m[1]*y + m[2], m[3]*x + m[4]*y + m[5]); f64.
using InverseMap = std::array<mlir::Value, 6>;

/// A rotation by `degrees` clockwise, then a shift in pixels; all f64. Angles
/// of the shears that are null are 0.
struct PictureMap {
  mlir::Value degrees;
  ValuePair shift;                    // along x, along y
  mlir::Value scale;                  // of lengths
  ValuePair shear;                    // degrees along x, along y
  std::array<double, 2> centre{0, 0}; // x, y, from the picture's own
};

/// The inverse of the map, torchvision's `_get_inverse_affine_matrix`.
InverseMap emitInverse(LaneEmitter &emitter, const PictureMap &map);

/// The map as f32 in halves of `picture`, as emitWarpedPixel reads it.
llvm::SmallVector<mlir::Value>
emitGrid(LaneEmitter &emitter, const InverseMap &map, shape::Pair picture);

/// How pixels are read between the pixels of a picture, and beyond it.
struct Sampling {
  bool isBilinear = false;
  /// For each channel, or for all. Where there is none, pixels outside are 0,
  /// and those between the inside and the outside have their weight only once.
  llvm::ArrayRef<double> fill;
  int64_t levels = 0; // as emitLevel's
};

/// The pixel at the current place of the picture that `grid` (emitGrid) makes
/// of `input`; of labels the nearest, `fill` where there is none.
mlir::Value emitWarpedPixel(ElementEmitter &emitter, mlir::Value input,
                            llvm::ArrayRef<mlir::Value> grid,
                            const Sampling &sampling);

} // namespace netc::net
