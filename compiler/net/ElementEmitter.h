// How element ops say their arithmetic, once for scalars and vectors: the
// emitter knows the place in the result, the op asks for operands there.
#pragma once

#include "runtime/Contract.h"

#include "mlir/IR/Builders.h"

namespace netc::net {

/// Emits for one element, or for a vector of `width` of them.
class LaneEmitter {
public:
  LaneEmitter(mlir::OpBuilder &builder, mlir::Location location, int64_t width)
      : builder(builder), location(location), width(width) {}

  /// The scalar in every lane.
  mlir::Value splat(mlir::Value scalar);
  mlir::Value constant(double value); // f32
  mlir::Value constantInt(int64_t value, unsigned bits = 32);
  /// `type`, or the vector of `width` of it.
  mlir::Type widen(mlir::Type type) const;

  mlir::OpBuilder &builder;
  mlir::Location location;
  const int64_t width;
};

class ElementEmitter : public LaneEmitter {
public:
  using LaneEmitter::LaneEmitter;
  virtual ~ElementEmitter() = default;

  /// The operand's element at the current place, as f32, i32, or i8 (pixels);
  /// a vector of `width` of them when width > 1.
  virtual mlir::Value element(mlir::Value tensor) = 0;
  /// The element of an operand that is gathered, at logical coordinates (index)
  /// in it. Scalar emission only.
  virtual mlir::Value elementAt(mlir::Value tensor,
                                llvm::ArrayRef<mlir::Value> coordinates) = 0;
  /// Values that `op` needs and that are the same in a whole example, emitted
  /// before its elements where the loops allow. `emit` gets the example's
  /// index in the batch. Scalar emission only.
  virtual llvm::SmallVector<mlir::Value> perExample(
      mlir::Operation *op,
      llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value)> emit) = 0;
  /// The memref of an operand that is gathered. Scalar emission only.
  virtual mlir::Value buffer(mlir::Value tensor) = 0;
  /// The place's row and column in the result [N, C, H, W], as index, the same
  /// in every lane.
  virtual std::pair<mlir::Value, mlir::Value> place() = 0;
  /// The element of a spatial operand in the place's example and channel, at
  /// this row and column (index), which lie inside.
  virtual mlir::Value elementAt(mlir::Value tensor, mlir::Value row,
                                mlir::Value column) = 0;
  /// Logical coordinates in the result, as index. Scalar emission only.
  virtual llvm::ArrayRef<mlir::Value> coordinates() = 0;
  /// The row-major logical index of the place as its low and high 32 bits
  /// (i32).
  virtual std::pair<mlir::Value, mlir::Value> logicalIndex() = 0;
  /// The channel (second dimension) of the place, as i32.
  virtual mlir::Value channel() = 0;
  /// A word of the run state, as i32, the same in every lane.
  virtual mlir::Value stateWord(mlir::Value state, runtime::StateWord word) = 0;
};

/// The words of Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011) with the given
/// counter and key words, all i32 of the emitter's width.
std::array<mlir::Value, 4> emitPhilox(ElementEmitter &emitter,
                                      std::array<mlir::Value, 4> counter,
                                      std::array<mlir::Value, 2> key);

/// A scalar f32 as f64, and an f64.
mlir::Value toDouble(LaneEmitter &emitter, mlir::Value x);
mlir::Value constantDouble(LaneEmitter &emitter, double x);

/// A random word as a uniform f32 in [0, 1) with 24 bits.
mlir::Value emitUniform(ElementEmitter &emitter, mlir::Value word);

/// The first of Philox's words as a uniform f32.
mlir::Value emitPhiloxUniform(ElementEmitter &emitter,
                              std::array<mlir::Value, 4> counter,
                              std::array<mlir::Value, 2> key);

/// The two key words of a stream: seed xor the FNV-1a hash of its path.
std::array<mlir::Value, 2>
emitStreamKey(ElementEmitter &emitter, mlir::Value state, llvm::StringRef path);

} // namespace netc::net
