// The parts of the analysis, each in its file: parameters and signature
// (Sema.cpp), the layers (Expand.cpp), the transforms (SemaData.cpp), the
// training (SemaTrain.cpp).
#pragma once

#include "dsl/Ast.h"
#include "dsl/Evaluate.h"
#include "dsl/Network.h"
#include "dsl/Signature.h"

namespace netc::dsl {

/// A layer of the text's own. Its arguments are of any kind.
struct UserLayer {
  const LayerDecl *decl;
  Signature signature;
  bool seesNetwork; // the network's parameters, being in its file
  bool isBroken;    // a parameter of it cannot have its name, which is told
};
struct LayerTable : std::map<std::string, UserLayer, std::less<>> {
  bool isComplete = true; // false where an error hides some layers
};

/// Expands the network's body and infers every shape; compares the last one
/// with `network.output`. `isShapeKnown` is false if the input's shape is not
/// known because of an error.
void expandLayers(const NetworkDecl &decl, const LayerTable &table,
                  bool isShapeKnown, Evaluator &evaluator,
                  Diagnostics &diagnostics, Network &network);

/// Checks what expansion does not reach: untaken branches of the network (null
/// if there is none), layers that nothing uses. Errors that expansion has
/// reported are not reported again.
void checkLayers(const NetworkDecl *decl, const LayerTable &table,
                 const Evaluator &evaluator, Diagnostics &diagnostics);

/// Whether the name of the network's input is its shape: unless it is that of a
/// value, which it would hide.
bool namesInput(std::string_view inputName);

/// False, with an error, if a parameter or a loop cannot have this name.
bool checkParameterName(const Name &name, Diagnostics &diagnostics);

/// \pre the network's input is known.
void resolveData(const DataDecl &decl, Evaluator &evaluator,
                 Diagnostics &diagnostics, Network &network);

/// Refuses transforms that move pixels by chance where each pixel has a label.
void checkLabelMaps(const Network &network, Diagnostics &diagnostics);

void resolveTrain(const TrainDecl &decl, Evaluator &evaluator,
                  Diagnostics &diagnostics, Network &network);

/// Proves that the loss can be taken of what the network gives.
bool checkLoss(const Network &network, Diagnostics &diagnostics);

/// `isProving`: compares `parameters` and `macs` with the network's.
void resolveExpects(const std::vector<ExpectDecl> &decls, bool isProving,
                    Evaluator &evaluator, Diagnostics &diagnostics,
                    Network &network);

/// What is expected of a number that single precision does not hold.
inline std::string_view singleExpectation(double value) {
  return value > 1 ? "below 3.4e38, a number of single precision"
                   : "0 or above 1e-45, a number of single precision";
}

/// Warns of what is allowed and hardly meant. \pre the network is proved
void lint(const Network &network, Diagnostics &diagnostics);

/// Reports what a shape rule refused: at the argument at fault, or at the
/// layer.
Diagnostic &reportShapeError(const shape::ShapeError &error,
                             SourceRange layerRange, SourceRange argumentRange,
                             Diagnostics &diagnostics);

} // namespace netc::dsl
