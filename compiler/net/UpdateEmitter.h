// How updates say their arithmetic, once for scalars and vectors: the emitter
// knows the element, the op asks for what it needs of it.
#pragma once

#include "compiler/net/ElementEmitter.h"

namespace netc::net {

/// Emits, before the elements of a parameter, scalars that they share.
class RunEmitter {
public:
  /// `state`: the run state, memref<8xi32>. `rateScale` multiplies the
  /// parameter's learning rate.
  RunEmitter(mlir::OpBuilder &builder, mlir::Location location,
             mlir::Value state, double rateScale)
      : builder(builder), location(location), state(state),
        rateScale(rateScale) {}

  /// A word of the run state, i32.
  mlir::Value word(runtime::StateWord word);
  /// f32.
  mlir::Value learningRate();

  mlir::OpBuilder &builder;
  mlir::Location location;

private:
  mlir::Value state;
  double rateScale;
};

/// One element of a parameter, or a vector of `width`; all values are f32.
class UpdateEmitter : public LaneEmitter {
public:
  using LaneEmitter::LaneEmitter;
  virtual ~UpdateEmitter() = default;

  virtual mlir::Value weight() = 0;
  virtual mlir::Value gradient() = 0;
  /// What is kept under this number, in the order of the op's `states`.
  virtual mlir::Value state(unsigned number) = 0;
  /// Replaces it.
  virtual void keep(unsigned number, mlir::Value value) = 0;
  /// What emitScalars gave under this number, in every lane.
  virtual mlir::Value scalar(unsigned number) = 0;
};

} // namespace netc::net
