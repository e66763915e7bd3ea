// Situations as they are written in types, and what is recorded.
#include "compiler/select/Candidate.h"

#include "mlir/IR/SymbolTable.h"

using namespace mlir;
using namespace netc;
using namespace netc::select;

StringRef Situation::layoutOf(Value value) const {
  return net::layoutOf(value.getType());
}

StringRef Situation::layoutOf(net::ParameterOp parameter) const {
  return net::layoutOf(parameter.getType());
}

net::ParameterOp netc::select::parameterOf(Value value) {
  auto read = value.getDefiningOp<net::ReadParameterOp>();
  return read ? SymbolTable::lookupNearestSymbolFrom<net::ParameterOp>(
                    read, read.getParameterAttr())
              : net::ParameterOp();
}

Candidate netc::select::rowMajor(Operation *op) {
  Candidate candidate;
  candidate.engine = generatedEngine;
  candidate.operands.resize(op->getNumOperands());
  candidate.results.resize(op->getNumResults());
  return candidate;
}

kernel::ChoiceAttr netc::select::getChoice(Operation *op) {
  return op->getAttrOfType<kernel::ChoiceAttr>(kernel::choiceAttrName);
}
