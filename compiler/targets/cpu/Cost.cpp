// A roofline with one efficiency for each kind of implementation.
#include "compiler/targets/cpu/Cost.h"

#include "compiler/targets/cpu/PrimitiveRequest.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

using namespace netc;
using namespace netc::cpu;

namespace {
/// A processor of the instruction set, as one thread of it goes.
struct Rates {
  double flopsPerNanosecond; // two for each multiply-add in f32
  double bytesPerNanosecond;
};
} // namespace

static Rates ratesOf(kernel::CpuAttr target) {
  // Two units of a vector's lanes at about 3.5 GHz, which a processor of each
  // set has.
  double lanes = target.getIsa() == "avx512" ? 16 : 8;
  return {lanes * 2 * 2 * 3.5, 12};
}

/// How many threads share memory before it is what limits them.
static constexpr int64_t threadsOfMemory = 4;

double cpu::nanosecondsOfBytes(int64_t bytes, kernel::CpuAttr target) {
  int64_t threads = std::min<int64_t>(target.getThreads(), threadsOfMemory);
  return static_cast<double>(bytes) /
         (ratesOf(target).bytesPerNanosecond * static_cast<double>(threads));
}

static const runtime::TensorType *find(const runtime::cpu::PrimitiveSpec &spec,
                                       Role role) {
  for (const auto &[each, type] : spec.tensors)
    if (each == role)
      return &type;
  return nullptr;
}

static double elementsOf(const runtime::TensorType &type) {
  double count = 1;
  for (int64_t size : type.shape)
    count *= static_cast<double>(size);
  return count;
}

/// Floating point operations that the definition of the primitive has: two for
/// each multiply-add of a product, one for each place of a window, a few for
/// each element of what has neither.
static double flopsOf(const runtime::cpu::PrimitiveSpec &spec) {
  const runtime::TensorType *weights = find(spec, Role::Weights);
  // What takes as many multiply-adds as the filter of its channel has: the
  // outputs, or the inputs where that is transposed.
  const runtime::TensorType &counted = *find(
      spec, spec.kind == PrimitiveKind::Deconvolution ? Role::Src : Role::Dst);
  double elements = elementsOf(counted);
  if (weights)
    return 2 * elements * elementsOf(*weights) /
           static_cast<double>(counted.shape[1]);
  double places = 1;
  for (int64_t size : spec.window)
    places *= static_cast<double>(size);
  return elements * std::max(places, 4.0);
}

/// The share of the processor's rate that an implementation reaches, in terms
/// of the definition's operations: Winograd's products of 3x3 filters do four
/// ninths of them.
static double efficiencyOf(const runtime::cpu::PrimitiveChoice &choice) {
  llvm::StringRef name = choice.implementation;
  if (isNaive(choice))
    return 0.01;
  if (name.starts_with("jit_wino"))
    return 0.7 * 9 / 4;
  if (name.starts_with("gemm") || name.contains("gemm:"))
    return 0.6;
  return 0.8;
}

double cpu::nanosecondsOf(const runtime::cpu::PrimitiveSpec &spec,
                          const runtime::cpu::PrimitiveChoice &choice,
                          kernel::CpuAttr target) {
  int64_t bytes = 0;
  for (const auto &[role, type] : spec.tensors)
    bytes += runtime::byteSize(type);
  double rate = ratesOf(target).flopsPerNanosecond *
                static_cast<double>(target.getThreads()) * efficiencyOf(choice);
  return std::max(flopsOf(spec) / rate, nanosecondsOfBytes(bytes, target));
}
