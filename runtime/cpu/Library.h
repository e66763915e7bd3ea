// oneDNN's process-wide state: the engine, the stream, its status codes.
#pragma once

#include <oneapi/dnnl/dnnl.h>

#include <string_view>

namespace netc::runtime::cpu {

/// Throws netc::Error unless `status` is success: `WHAT: STATUS`.
void checkStatus(dnnl_status_t status, std::string_view what);

/// Throws std::bad_alloc unless there is memory for what the library makes
/// next: it writes through null where it has none for generated code. To be
/// called before a primitive is asked for or made.
void requireLibraryHeadroom();

/// The CPU's engine; made at the first call.
dnnl_engine_t engine();
/// The stream of all executions: in order, synchronous.
dnnl_stream_t stream();

} // namespace netc::runtime::cpu
