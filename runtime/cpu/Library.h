// oneDNN's process-wide state: the engine, the stream, its status codes.
#pragma once

#include <oneapi/dnnl/dnnl.h>

#include <string_view>

namespace netc::runtime::cpu {

/// Throws netc::Error unless `status` is success: `WHAT: STATUS`.
void checkStatus(dnnl_status_t status, std::string_view what);

/// The CPU's engine; made at the first call.
dnnl_engine_t engine();
/// The stream of all executions: in order, synchronous.
dnnl_stream_t stream();

} // namespace netc::runtime::cpu
