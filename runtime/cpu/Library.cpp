// Settles oneDNN and the team of threads for the process.
#include "runtime/cpu/Library.h"

#include "runtime/Error.h"
#include "runtime/Headroom.h"
#include "runtime/cpu/Primitive.h"
#include "runtime/cpu/Team.h"

#include <fmt/format.h>
#include <mutex>
#include <oneapi/dnnl/dnnl_debug.h>

namespace netc::runtime::cpu {

void checkStatus(dnnl_status_t status, std::string_view what) {
  if (status != dnnl_success)
    throw Error(
        fmt::format("{}: oneDNN says {}", what, dnnl_status2str(status)));
}

void requireLibraryHeadroom() {
  // Each kernel is generated into 256 KiB; a primitive has at most a dozen.
  requireHeadroom(size_t{4} << 20);
}

dnnl_engine_t engine() {
  // Never destroyed: primitives may outlive whatever is destroyed at exit.
  static const dnnl_engine_t engine = [] {
    dnnl_engine_t made;
    checkStatus(dnnl_engine_create(&made, dnnl_cpu, 0), "an engine");
    return made;
  }();
  return engine;
}

dnnl_stream_t stream() {
  static const dnnl_stream_t stream = [] {
    dnnl_stream_t made;
    checkStatus(dnnl_stream_create(&made, engine(), dnnl_stream_in_order),
                "a stream");
    return made;
  }();
  return stream;
}

std::string hostIsa() {
  // The library is not asked: asking would settle its choice.
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return "avx512";
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return "avx2";
  throw Error("this processor has no AVX2");
}

/// Leaves the newer extensions out: nothing asks for what needs them, and one
/// level makes the same choices on every machine that has it.
static dnnl_cpu_isa_t libraryIsa(const std::string &isa) {
  if (isa == "avx512") {
    if (hostIsa() != "avx512")
      throw Error("`avx512` is asked for and this processor has no AVX-512");
    return dnnl_cpu_isa_avx512_core;
  }
  if (isa == "avx2") {
    hostIsa();
    return dnnl_cpu_isa_avx2;
  }
  throw Error(fmt::format("unknown instruction set `{}`; expected `avx2` or "
                          "`avx512`",
                          isa));
}

static void settleIsa(const std::string &isa) {
  static std::mutex mutex;
  static std::string settled;
  std::scoped_lock lock(mutex);
  dnnl_cpu_isa_t wanted = libraryIsa(isa);
  if (settled == isa)
    return;
  if (!settled.empty() || dnnl_set_max_cpu_isa(wanted) != dnnl_success)
    throw Error(fmt::format("`{}` comes too late: this process already uses "
                            "{}",
                            isa,
                            settled.empty() ? "oneDNN" : "`" + settled + "`"));
  settled = isa;
}

void configure(int threads, const std::string &isa) {
  if (threads < 1)
    throw Error(fmt::format("the number of threads must be at least 1, got {}",
                            threads));
  settleIsa(isa);
  setTeam(threads);
}

} // namespace netc::runtime::cpu
