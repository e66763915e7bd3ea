// What a random transform draws for an example: words of Philox by the seed,
// the transform's path, the example and the epoch.
#pragma once

#include "compiler/net/ElementEmitter.h"

namespace netc::net {

/// `word` as an index.
mlir::Value toIndex(ElementEmitter &emitter, mlir::Value word);

/// The words drawn for one example by one transform. Scalar emission only.
class ExampleDraws {
public:
  template <typename Op>
  ExampleDraws(ElementEmitter &emitter, Op op, mlir::Value example)
      : ExampleDraws(emitter, op.getSamples(), op.getState(), op.getPath(),
                     example) {}
  /// `example` is its row in the batch, an index.
  ExampleDraws(ElementEmitter &emitter, mlir::Value samples, mlir::Value state,
               llvm::StringRef path, mlir::Value example);

  /// The four words of block `number` (i32).
  std::array<mlir::Value, 4> block(mlir::Value number);
  /// Whether a draw by this word is below `rate`.
  mlir::Value isBelow(mlir::Value word, double rate);
  /// A whole number in [0, count), i32.
  mlir::Value below(mlir::Value word, mlir::Value count);
  /// A number in [low, high), f32.
  mlir::Value between(mlir::Value word, double low, double high);

private:
  ElementEmitter &emitter;
  std::array<mlir::Value, 2> key;
  mlir::Value sample, epoch;
};

} // namespace netc::net
