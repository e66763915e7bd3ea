// Asks the library at compile time, makes its primitives at run time.
#include "runtime/cpu/Primitive.h"

#include "runtime/Error.h"
#include "runtime/cpu/Library.h"
#include "runtime/cpu/PrimitiveDescriptor.h"
#include "runtime/cpu/Team.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <mutex>

namespace netc::runtime::cpu {

/// The answer to a request whose layouts are all settled, if the library has
/// still the same implementation for it.
static std::optional<PrimitiveChoice>
settledChoice(const PrimitiveSpec &spec, const std::string &implementation) {
  PrimitiveDescriptor descriptor(spec);
  if (descriptor.implementation() != implementation)
    return std::nullopt;
  return PrimitiveChoice{implementation, spec.tensors,
                         descriptor.scratchpadBytes(),
                         descriptor.workspaceBytes()};
}

static PrimitiveChoice ask(const PrimitiveSpec &spec) {
  PrimitiveSpec asked = spec, exact;
  std::string implementation;
  // A layout that no tag can say is settled as row-major, and the library
  // asked again; each round settles at least one.
  for (bool settled = false; !settled;) {
    PrimitiveDescriptor descriptor(asked);
    implementation = descriptor.implementation();
    exact = asked;
    settled = true;
    for (size_t i = 0; i < exact.tensors.size(); ++i) {
      auto &[role, type] = exact.tensors[i];
      if (type.layout != "any")
        continue;
      if (auto layout = descriptor.layout(role)) {
        type.layout = *layout;
        continue;
      }
      asked.tensors[i].second.layout = "";
      settled = false;
    }
  }
  // What is asked for later are these layouts, not `any`: they count.
  PrimitiveSpec canonical = exact;
  for (size_t i = 0; i < canonical.tensors.size(); ++i)
    if (spec.tensors[i].second.layout == "any") {
      TensorType &type = canonical.tensors[i].second;
      type.layout = canonicalLayout(type);
    }
  if (auto choice = settledChoice(canonical, implementation))
    return *choice;
  PrimitiveDescriptor descriptor(exact);
  return {descriptor.implementation(), exact.tensors,
          descriptor.scratchpadBytes(), descriptor.workspaceBytes()};
}

PrimitiveChoice choose(const PrimitiveSpec &spec) {
  static std::mutex mutex;
  static std::map<std::string, PrimitiveChoice> answers;
  std::scoped_lock lock(mutex);
  // The library's answers depend on the size of the team.
  std::string key = fmt::format("{} threads, {}", teamSize(), toString(spec));
  auto found = answers.find(key);
  if (found == answers.end())
    found = answers.emplace(key, ask(spec)).first;
  return found->second;
}

struct Primitive::Impl {
  ~Impl() {
    dnnl_primitive_destroy(primitive);
    for (dnnl_exec_arg_t argument : arguments)
      dnnl_memory_destroy(argument.memory);
  }

  void bind(const PrimitiveDescriptor &descriptor, Role role, void *data) {
    dnnl_memory_t memory = nullptr;
    checkStatus(
        dnnl_memory_create(&memory, &descriptor.memory(role), engine(), data),
        keyword<' '>(role));
    arguments.push_back({descriptor.argument(role), memory});
  }

  dnnl_primitive_t primitive = nullptr;
  std::vector<dnnl_exec_arg_t> arguments;
};

Primitive::Primitive(const PrimitiveSpec &spec,
                     const std::string &implementation, int64_t scratchpadBytes,
                     int64_t workspaceBytes,
                     std::vector<std::pair<Role, void *>> arguments)
    : impl(std::make_unique<Impl>()) {
  const PrimitiveDescriptor descriptor(spec);
  auto differs = [&](std::string_view what, const auto &recorded,
                     const auto &now) {
    return Error(fmt::format("{}: {} `{}` was recorded, oneDNN has `{}` here; "
                             "make the executable again on this machine",
                             toString(spec), what, recorded, now));
  };
  if (descriptor.implementation() != implementation)
    throw differs("the implementation", implementation,
                  descriptor.implementation());
  if (descriptor.scratchpadBytes() > scratchpadBytes)
    throw differs("a scratchpad of bytes", scratchpadBytes,
                  descriptor.scratchpadBytes());
  if (descriptor.workspaceBytes() != workspaceBytes)
    throw differs("a workspace of bytes", workspaceBytes,
                  descriptor.workspaceBytes());

  auto bindOnce = [&](Role role) {
    auto count =
        std::ranges::count(arguments, role, &std::pair<Role, void *>::first);
    if (count != 1)
      throw Error(fmt::format("{}: {} arguments are its {}", toString(spec),
                              count, keyword<' '>(role)));
    auto found =
        std::ranges::find(arguments, role, &std::pair<Role, void *>::first);
    impl->bind(descriptor, role, found->second);
    // The library counts the shift among the inputs of its gradient, which does
    // not depend on it: nothing reads what is bound here.
    if (role == Role::BiasGradient)
      impl->bind(descriptor, Role::Bias, found->second);
  };
  for (const auto &[role, type] : spec.tensors)
    bindOnce(role);
  if (descriptor.workspaceBytes() > 0)
    bindOnce(Role::Workspace);
  if (descriptor.scratchpadBytes() > 0)
    bindOnce(Role::Scratchpad);
  checkStatus(dnnl_primitive_create(&impl->primitive, descriptor.get()),
              toString(spec));
}

Primitive::~Primitive() = default;
Primitive::Primitive(Primitive &&) noexcept = default;

void Primitive::execute() const {
  checkStatus(dnnl_primitive_execute(impl->primitive, stream(),
                                     static_cast<int>(impl->arguments.size()),
                                     impl->arguments.data()),
              "a primitive");
  checkStatus(dnnl_stream_wait(stream()), "a primitive");
}

} // namespace netc::runtime::cpu
