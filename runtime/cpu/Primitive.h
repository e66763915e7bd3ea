// A oneDNN primitive as plain data: asked for by the compiler, recorded in the
// executable, made again by the runtime. The only place that calls oneDNN.
#pragma once

#include "runtime/TensorType.h"
#include "runtime/cpu/PrimitiveRoles.h"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace netc::runtime::cpu {

/// Everything that decides a primitive. The layouts of `tensors` are binding;
/// the tag `any` lets the library choose (compile time only).
struct PrimitiveSpec {
  PrimitiveKind kind{};
  Propagation propagation{};
  std::vector<std::pair<Role, TensorType>>
      tensors; // without Workspace, Scratchpad
  std::vector<int64_t> window, stride, dilation,
      padding;       // (h, w); dilation 1 = dense
  bool relu = false; // fused after a forward convolution, inner product or
                     // normalisation, or before the latter's gradient
  // What only a normalisation has:
  double epsilon = 0;
  bool givenStatistics = false; // mean and variance are read, and constants

  bool operator==(const PrimitiveSpec &) const = default;
};

/// What the library answered.
struct PrimitiveChoice {
  std::string implementation; // `jit_wino_4x3:avx512_core`
  std::vector<std::pair<Role, TensorType>> tensors; // with the layouts chosen
  int64_t scratchpadBytes = 0, workspaceBytes = 0;
};

/// Settles the library for this process, before its first use: the size of
/// the team of threads and the instruction set ("avx2", "avx512"; never above
/// the host's). Throws netc::Error if it comes too late or the host lacks
/// `isa`.
void configure(int threads, const std::string &isa);

/// "avx512" or "avx2": the best that this machine has; throws netc::Error on
/// a lesser one.
std::string hostIsa();

/// Asks the library; nothing is compiled yet (well under a millisecond, except
/// the first). Throws netc::Error when the library cannot do it, with its
/// status. Where a chosen layout cannot be written as a tag, asks again with
/// row-major for that tensor.
PrimitiveChoice choose(const PrimitiveSpec &spec);

/// A primitive ready to run. `execute` takes one pointer for each entry of
/// `roles()`.
class Primitive {
public:
  /// Throws netc::Error when the library now picks another implementation or
  /// needs another scratchpad than recorded.
  Primitive(const PrimitiveSpec &spec, const std::string &implementation,
            int64_t scratchpadBytes, int64_t workspaceBytes,
            std::vector<std::pair<Role, void *>> arguments);
  ~Primitive();
  Primitive(Primitive &&) noexcept;
  void execute() const; // throws netc::Error on a failed status

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

} // namespace netc::runtime::cpu
