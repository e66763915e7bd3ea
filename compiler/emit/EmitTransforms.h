// From the transforms of `data` to functions of the `net` dialect.
#pragma once

#include "compiler/emit/EmitNet.h"

#include "mlir/IR/Builders.h"

namespace netc::dsl {

/// The functions' names.
constexpr llvm::StringLiteral trainTransforms = "train_transforms";
constexpr llvm::StringLiteral testTransforms = "test_transforms";

/// A layer's or a transform's name, and its place in the text if it has one.
mlir::Location locate(mlir::Builder &builder, const std::string &name,
                      const SourceRange &range);

/// A function for each phase, (pixels, samples, state) -> input, at the
/// builder's place; where they move labels, (pixels, samples, state, labels) ->
/// (input, labels).
void emitTransforms(mlir::OpBuilder &builder, const Network &network,
                    const EmitOptions &options);

} // namespace netc::dsl
