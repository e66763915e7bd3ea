// Runs passes and keeps what they report.
#include "compiler/DiagnosedContext.h"

#include "compiler/Dialects.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace netc;

DiagnosedContext::DiagnosedContext()
    : context(MLIRContext::Threading::DISABLED) {
  DialectRegistry registry;
  registerDialects(registry);
  context.appendDialectRegistry(registry);
  context.loadAllAvailableDialects();
  context.printOpOnDiagnostic(false);
  context.getDiagEngine().registerHandler([this](Diagnostic &diagnostic) {
    keep(diagnostic);
    for (Diagnostic &note : diagnostic.getNotes())
      keep(note);
    return success();
  });
}

/// Adds a line: the layer and its place, if known, and the message.
void DiagnosedContext::keep(Diagnostic &diagnostic) {
  llvm::raw_string_ostream stream(reported);
  if (!reported.empty())
    stream << '\n';
  Location location = diagnostic.getLocation();
  StringRef layer;
  if (auto named = dyn_cast<NameLoc>(location)) {
    layer = named.getName();
    location = named.getChildLoc();
  }
  if (auto place = dyn_cast<FileLineColLoc>(location))
    stream << place.getFilename().getValue() << ':' << place.getLine() << ':'
           << place.getColumn() << ": ";
  if (!layer.empty())
    stream << '`' << layer << "`: ";
  stream << diagnostic.str();
}

void DiagnosedContext::run(
    ModuleOp module, llvm::function_ref<void(OpPassManager &)> addPasses) {
  PassManager passes(&context);
  addPasses(passes);
  if (failed(passes.run(module)))
    fail();
}

void DiagnosedContext::fail(std::string message) {
  std::string words = std::exchange(reported, "");
  if (message.empty() && words.empty())
    throw Error("the compilation failed without a word");
  if (!message.empty() && !words.empty())
    message += '\n';
  throw Error(message + words);
}
