// Asks the families: an op's own kernel first, then that of its elements.
#include "compiler/generate/Generators.h"

#include "compiler/generate/ElementLayouts.h"
#include "compiler/generate/Elements.h"
#include "compiler/generate/Families.h"
#include "compiler/net/NetDialect.h"

#include "mlir/IR/DialectRegistry.h"

using namespace mlir;
using namespace netc;

#include "compiler/generate/Generators.cpp.inc"

void generate::attachModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, net::NetDialect *) {
    attachFamilies(*context);
  });
}

bool generate::canGenerate(Operation *op) {
  return isa<GeneratedOpInterface>(op) || hasElements(op);
}

unsigned generate::operandsOfLaunch(Operation *op) {
  auto generated = dyn_cast<GeneratedOpInterface>(op);
  unsigned most = generated ? generated.operandsOfLaunch() : 0;
  return most == 0 ? std::max(1U, op->getNumOperands()) : most;
}

select::Candidate
generate::candidateOf(Operation *op, const select::Situation &situation,
                      function_ref<std::string(RankedTensorType)> freeLayout) {
  select::Candidate candidate = select::rowMajor(op);
  candidate.reason = "nothing in the library does this";
  if (auto layouts = dyn_cast<LayoutOpInterface>(op)) {
    layouts.chooseLayouts(situation, candidate);
  } else if (isa<net::ParameterWriteOpInterface>(op)) {
    candidate.reason = "one pass over the parameter, as it lies";
  } else if (hasElements(op)) {
    candidate.reason = "each element by itself, in the layout that it has";
    chooseElementLayouts(op, situation, freeLayout, candidate);
  }
  return candidate;
}

FailureOr<bool> generate::emitKernel(KernelBuilder &kernel, Operation *op) {
  if (auto generated = dyn_cast<GeneratedOpInterface>(op)) {
    generated.emitKernel(kernel);
    return false;
  }
  if (hasElements(op))
    return emitElements(kernel, op);
  op->emitOpError("has no kernel");
  return failure();
}
