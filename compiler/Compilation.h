// What compiling for one kind of device is: the steps between the stages that
// Compiler.h names. Compiler.cpp knows no device but through this class.
#pragma once

#include "compiler/Compiler.h"
#include "compiler/DiagnosedContext.h"
#include "compiler/executable/RecordExecutable.h"

#include "mlir/IR/OwningOpRef.h"

namespace netc {

/// A step takes more memory than its device has for it.
class DoesNotFit : public Error {
public:
  DoesNotFit(std::string device, int64_t neededBytes, int64_t deviceBytes)
      : Error("a step does not fit " + device), device(std::move(device)),
        neededBytes(neededBytes), deviceBytes(deviceBytes) {}

  std::string device;
  int64_t neededBytes, deviceBytes;
};

class Compilation {
public:
  explicit Compilation(DiagnosedContext &context) : context(context) {}
  virtual ~Compilation() = default;

  /// Another compilation for the same device, in a context of its own: the two
  /// share what they learn of the device.
  virtual std::unique_ptr<Compilation>
  forSameDevice(DiagnosedContext &context) const = 0;

  /// What the modules are for: their `kernel.target`.
  virtual mlir::Attribute targetAttribute() = 0;

  // The steps, in this order. Each throws Error with what was reported, and
  // DoesNotFit as soon as it is known.

  /// Makes differentiated, fused programs of the network as emitted.
  virtual void makePrograms(mlir::OwningOpRef<mlir::ModuleOp> &module) = 0;
  /// Lowers the programs to launches on buffers.
  virtual void makeLaunches(mlir::OwningOpRef<mlir::ModuleOp> &module) = 0;
  /// Throws DoesNotFit unless the device has the memory that is planned.
  virtual void checkMemory(mlir::ModuleOp planned) = 0;
  virtual runtime::Executable
  buildExecutable(mlir::ModuleOp planned,
                  const kernel::ExecutableInfo &info) = 0;

  /// Prints the generated kernels as optimised LLVM IR. \pre there are launches
  virtual std::string printLlvm(mlir::ModuleOp module) = 0;

  /// Says what the device is and what memory it has: `avx512, 2 threads`.
  virtual std::string machineText() const = 0;

protected:
  DiagnosedContext &context;
};

/// Compiles for a processor; `valueBytes` as CompileRequest has them.
std::unique_ptr<Compilation> compileForCpu(DiagnosedContext &context,
                                           const Target &target,
                                           int64_t valueBytes);

/// Compiles for a GPU, with the training set in its memory where it has room.
/// Throws Error for a device that is unknown or wrongly described.
std::unique_ptr<Compilation> compileForCuda(DiagnosedContext &context,
                                            const CompileRequest &request);

} // namespace netc
