// Requests as oneDNN counts dimensions.
#include "compiler/targets/cpu/PrimitiveRequest.h"

#include "compiler/select/Layouts.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace netc;
using namespace netc::cpu;

/// A filter's tag with the letters of its two channel dimensions swapped, with
/// groups the second and the third.
static std::string swapChannels(std::string tag, size_t rank) {
  char first = rank == 5 ? 'b' : 'a';
  if (tag.empty()) { // row-major: the letters in order
    for (size_t i = 0; i < rank; ++i)
      tag += static_cast<char>('a' + i);
  }
  for (char &c : tag)
    if (llvm::toLower(c) == first)
      ++c;
    else if (llvm::toLower(c) == first + 1)
      --c;
  return tag;
}

PrimitiveRequest &PrimitiveRequest::add(Role role, Value value) {
  if (!value)
    return *this;
  runtime::TensorType type = select::toRuntime(value.getType());
  type.layout = situation->layoutOf(value).str();
  spec.tensors.emplace_back(role, std::move(type));
  values.push_back({role, value});
  return *this;
}

PrimitiveRequest &PrimitiveRequest::addTransposedFilter(Value value) {
  add(Role::Weights, value);
  runtime::TensorType &type = spec.tensors.back().second;
  size_t first = type.shape.size() == 5 ? 1 : 0;
  std::swap(type.shape[first], type.shape[first + 1]);
  type.layout = swapChannels(type.layout, type.shape.size());
  return *this;
}

PrimitiveRequest &PrimitiveRequest::addWorkspace(Value value) {
  if (value)
    values.push_back({Role::Workspace, value});
  return *this;
}

runtime::TensorType &PrimitiveRequest::tensor(Role role) {
  auto found = llvm::find_if(
      spec.tensors, [&](const auto &entry) { return entry.first == role; });
  assert(found != spec.tensors.end() && "the primitive has no such tensor");
  return found->second;
}

Value PrimitiveRequest::valueOf(Role role) const {
  auto found = llvm::find_if(
      values, [&](const RoleValue &entry) { return entry.role == role; });
  return found == values.end() ? Value() : found->value;
}

void PrimitiveRequest::open(ArrayRef<Role> closed) {
  for (auto &[role, type] : spec.tensors)
    if (!llvm::is_contained(closed, role))
      type.layout = "any";
}

std::string PrimitiveRequest::tagOf(Role role,
                                    const runtime::TensorType &chosen) const {
  if (spec.kind != PrimitiveKind::Deconvolution || role != Role::Weights)
    return chosen.layout;
  // The library has output channels first, the filter input channels. The
  // memory is the same.
  std::string tag = swapChannels(chosen.layout, chosen.shape.size());
  bool isRowMajor = StringRef("abcde").starts_with(tag);
  return isRowMajor ? "" : tag;
}

bool cpu::isNaive(const runtime::cpu::PrimitiveChoice &choice) {
  return StringRef(choice.implementation).ends_with("ref:any");
}
