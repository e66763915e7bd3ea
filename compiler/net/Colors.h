// The colours of pixels, as torchvision adjusts those of tensors: with levels,
// whole numbers that are cut, not rounded; without, numbers from 0 to 1.
#pragma once

#include "compiler/net/ElementEmitter.h"

namespace netc::net {

/// Red, green, blue.
using Color = std::array<mlir::Value, 3>;

/// All f32; `levels` is the highest whole number, 0 of numbers from 0 to 1.
/// Every value that is given is one of the picture's.
class ColorMath {
public:
  ColorMath(LaneEmitter &emitter, int64_t levels)
      : emitter(emitter), levels(levels) {}

  /// The highest value.
  double bound() const { return levels == 0 ? 1 : static_cast<double>(levels); }
  /// x*strength + other*rest, cut to the picture's range; the rest is
  /// 1 - strength.
  mlir::Value blend(mlir::Value x, mlir::Value other, mlir::Value strength,
                    mlir::Value rest);
  mlir::Value grey(const Color &color);
  /// Channel `channel` (i32, 0 to 2) of the colour with its hue turned by
  /// `turn` of a whole.
  mlir::Value turnHue(const Color &color, mlir::Value turn,
                      mlir::Value channel);
  /// x between 0 and the bound, without what is behind the point.
  mlir::Value cut(mlir::Value x);

private:
  mlir::Value add(mlir::Value x, mlir::Value y);
  mlir::Value subtract(mlir::Value x, mlir::Value y);
  mlir::Value multiply(mlir::Value x, mlir::Value y);
  mlir::Value divide(mlir::Value x, mlir::Value y);
  mlir::Value larger(mlir::Value x, mlir::Value y);
  mlir::Value smaller(mlir::Value x, mlir::Value y);
  mlir::Value isEqual(mlir::Value x, mlir::Value y);
  mlir::Value select(mlir::Value condition, mlir::Value x, mlir::Value y);
  /// The hue, from 0 to 1, of a colour of numbers from 0 to 1.
  mlir::Value hueOf(const Color &color, mlir::Value highest,
                    mlir::Value spread);

  LaneEmitter &emitter;
  const int64_t levels;
};

} // namespace netc::net
