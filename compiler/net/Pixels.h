// How transforms read the pixels of an example: as numbers, with zeros around
// the picture, and between pixels.
#pragma once

#include "compiler/net/ElementEmitter.h"
#include "compiler/shape/Transforms.h"

namespace netc::net {

/// Rows then columns.
using ValuePair = std::array<mlir::Value, 2>;

/// The height and width of pictures [N, C, H, W] or of labels [N, H, W].
shape::Pair pictureOf(mlir::Type type);

/// The current place's row and column, as index.
ValuePair placeOf(ElementEmitter &emitter);

/// A pixel as f32; a label stays an i32.
mlir::Value pixelToFloat(LaneEmitter &emitter, mlir::Value pixel);

/// What a picture in `levels` whole steps has for x: the nearest, halves to
/// even. With 0 levels, of numbers from 0 to 1, x.
mlir::Value emitLevel(LaneEmitter &emitter, mlir::Value x, int64_t levels);

/// The operand's element at the current place, as f32.
mlir::Value emitPixel(ElementEmitter &emitter, mlir::Value input);

/// The element [n, c, y, x] of `input` as f32, where n and c are those of the
/// current place; `place` is index. Of labels [n, y, x], as i32.
mlir::Value emitPixelAt(ElementEmitter &emitter, mlir::Value input,
                        ValuePair place);

/// The value of the place's channel; one serves all.
mlir::Value emitPerChannel(ElementEmitter &emitter,
                           llvm::ArrayRef<double> values);

/// Emits what `emitPixelAt` does, with zeros where `place` lies outside the
/// picture; of labels, shape::outsideLabel.
mlir::Value emitPaddedPixel(ElementEmitter &emitter, mlir::Value input,
                            ValuePair place);

/// The pixel at the current place of a window of `input` that is resized to
/// `size`: bilinear, with half-pixel centres, clamped at the window's edges.
/// The window begins at `origin` (index) and has `extent` pixels (i32). Labels
/// are those at i*extent/size, rounded down.
mlir::Value emitResizedPixel(ElementEmitter &emitter, mlir::Value input,
                             ValuePair origin, ValuePair extent,
                             shape::Pair size);

} // namespace netc::net
