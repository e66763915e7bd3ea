// Builds the body of a kernel: numbers and vectors of them, loads and stores,
// loops, and the share that one part of a parallel region takes of the work.
// Every function emits at the insertion point of `builder`.
#pragma once

#include "compiler/net/Lanes.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace netc::generate {

/// Which part of a kernel's work is done here: parts are threads of a processor
/// or of a GPU.
struct Share {
  mlir::Value part, parts; // index; part < parts
  /// Whether parts are threads of a GPU, which should touch neighbouring
  /// elements at once: part p then takes elements p, p + parts ... one by one.
  bool interleaved = false;
};

class KernelBuilder {
public:
  /// `buffers` are memrefs in the order of the launch, `width` the lanes of
  /// f32 of the target, 1 where it has no vectors; `firstOperand` is which
  /// operand of the op the first buffer is, where launches share them.
  KernelBuilder(mlir::OpBuilder &builder, mlir::Location location,
                mlir::ValueRange buffers, Share share, int64_t width,
                unsigned firstOperand = 0)
      : builder(builder), location(location), buffers(buffers), share(share),
        width(width), firstOperand(firstOperand) {}

  /// The builder of a piece of the kernel that has no vectors, or that each
  /// part does alone and whole.
  KernelBuilder withoutVectors() const;
  KernelBuilder alone();

  template <typename Op, typename... Args> Op create(Args &&...args) {
    return builder.create<Op>(location, std::forward<Args>(args)...);
  }

  // Numbers; one lane is a scalar, several are a vector.

  mlir::Type f32() const { return builder.getF32Type(); }
  mlir::Type i32() const { return builder.getI32Type(); }

  mlir::Value index(int64_t value);
  /// `value` rounded to a float or an integer of type `element`.
  mlir::Value constant(mlir::Type element, double value, int64_t lanes = 1);
  /// An f32.
  mlir::Value number(double value, int64_t lanes = 1) {
    return constant(f32(), value, lanes);
  }
  /// The scalar in every lane.
  mlir::Value splat(mlir::Value scalar, int64_t lanes) {
    return net::splat(builder, location, scalar, lanes);
  }

  // Arithmetic of two floats, integers or indices of one type.

  mlir::Value add(mlir::Value x, mlir::Value y);
  mlir::Value subtract(mlir::Value x, mlir::Value y);
  mlir::Value multiply(mlir::Value x, mlir::Value y);
  /// x/y of floats.
  mlir::Value divide(mlir::Value x, mlir::Value y);
  /// The sum of a vector's lanes, added to `initial` if there is one.
  mlir::Value sumLanes(mlir::Value vector, mlir::Value initial = {});

  // Memory. The place of a vector is that of its first lane; the lanes lie
  // along the innermost dimension.

  /// The buffer with its dimensions [first, last] as one.
  mlir::Value collapse(mlir::Value buffer, int64_t first, int64_t last);
  /// The buffer as one dimension.
  mlir::Value flatten(mlir::Value buffer);
  static int64_t sizeOf(mlir::Value buffer, unsigned dimension);
  static int64_t elementsOf(mlir::Value buffer);

  /// What is there, in the buffer's own type.
  mlir::Value load(mlir::Value buffer, mlir::ValueRange place,
                   int64_t lanes = 1);
  /// The same, as f32 where it is bf16: what is computed is f32.
  mlir::Value loadFloat(mlir::Value buffer, mlir::ValueRange place,
                        int64_t lanes = 1);
  /// Stores as many lanes as `value` has; an f32 is rounded to bf16 where the
  /// buffer holds that.
  void store(mlir::Value value, mlir::Value buffer, mlir::ValueRange place);

  // Loops.

  /// Calls `emit` with the index, which begins at `begin` and stays below
  /// `end`.
  void loop(mlir::Value begin, mlir::Value end, int64_t step,
            llvm::function_ref<void(mlir::Value)> emit);
  void loop(int64_t begin, int64_t end, int64_t step,
            llvm::function_ref<void(mlir::Value)> emit) {
    loop(index(begin), index(end), step, emit);
  }
  /// A loop that carries values, at first `initial`: `emit` gets the index and
  /// the values so far and returns the next ones. Returns the last ones.
  llvm::SmallVector<mlir::Value>
  loop(int64_t begin, int64_t end, int64_t step, mlir::ValueRange initial,
       llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value,
                                                         mlir::ValueRange)>
           emit);
  /// Calls `emit(begin, end, lanes)` for the part of [0, count) that whole
  /// vectors make and for the rest, where there are any.
  void splitVectors(
      int64_t count,
      llvm::function_ref<void(int64_t begin, int64_t end, int64_t lanes)> emit)
      const;

  // Shares of the work.

  /// [begin, end) of this part of `count` units, as index.
  std::pair<mlir::Value, mlir::Value> partition(int64_t count);
  /// A loop over this part of `count` units, one after another.
  void shareUnits(int64_t count, llvm::function_ref<void(mlir::Value)> emit);
  /// Calls `emit(index, lanes)` in loops over this part of `count` elements:
  /// vectors first, then the rest one by one.
  void shareElements(
      int64_t count,
      llvm::function_ref<void(mlir::Value index, int64_t lanes)> emit);

  mlir::OpBuilder &builder;
  const mlir::Location location;
  const llvm::SmallVector<mlir::Value> buffers;
  const Share share;
  const int64_t width;
  const unsigned firstOperand;
};

} // namespace netc::generate
