// A primitive's request put to oneDNN: which implementation, layouts and
// buffers it answers with. Nothing is compiled yet.
#pragma once

#include "runtime/cpu/Primitive.h"

#include <oneapi/dnnl/dnnl.h>

#include <memory>
#include <optional>

namespace netc::runtime::cpu {

class PrimitiveDescriptor {
public:
  /// Throws netc::Error naming the request when tensors are missing, or with
  /// the library's status when it has nothing for it.
  explicit PrimitiveDescriptor(const PrimitiveSpec &spec);

  std::string implementation() const;
  int64_t scratchpadBytes() const;
  int64_t workspaceBytes() const;
  /// The tag of a tensor of the request; none where no tag can say it.
  std::optional<std::string> layout(Role role) const;

  /// The library's number of an argument.
  int argument(Role role) const;
  const dnnl_memory_desc_t &memory(Role role) const;
  const_dnnl_primitive_desc_t get() const { return handle.get(); }

private:
  struct Deleter {
    void operator()(dnnl_primitive_desc_t descriptor) const {
      dnnl_primitive_desc_destroy(descriptor);
    }
  };
  using Handle = std::unique_ptr<dnnl_primitive_desc, Deleter>;
  static Handle ask(const PrimitiveSpec &spec, Propagation propagation,
                    const_dnnl_primitive_desc_t hint);

  PrimitiveKind kind;
  Propagation propagation;
  bool hasWorkspace = false;
  Handle handle;
};

/// The request in words, for messages; different for different requests.
std::string toString(const PrimitiveSpec &spec);

} // namespace netc::runtime::cpu
