// The parts of the analysis, each in its file: parameters and signature
// (Sema.cpp), the layers (Expand.cpp), the transforms (SemaData.cpp), the
// training (SemaTrain.cpp).
#pragma once

#include "dsl/Ast.h"
#include "dsl/Evaluate.h"
#include "dsl/Network.h"

namespace netc::dsl {

/// Expands the network's body and infers every shape; compares the last one
/// with `network.output`. `isShapeKnown` is false if the input's shape is not
/// known because of an error.
void expandLayers(const NetworkDecl &decl, bool isShapeKnown,
                  Evaluator &evaluator, Diagnostics &diagnostics,
                  Network &network);

/// \pre the network's input is known.
void resolveData(const DataDecl &decl, Evaluator &evaluator,
                 Diagnostics &diagnostics, Network &network);

void resolveTrain(const TrainDecl &decl, Evaluator &evaluator,
                  Diagnostics &diagnostics, Network &network);

/// Reports what a shape rule refused: at the argument at fault, or at the
/// layer.
Diagnostic &reportShapeError(const shape::ShapeError &error,
                             SourceRange layerRange, SourceRange argumentRange,
                             Diagnostics &diagnostics);

} // namespace netc::dsl
