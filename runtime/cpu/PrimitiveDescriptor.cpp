// One request: an operation descriptor by kind and direction, then the
// primitive descriptor, which is the library's answer.
#include "runtime/cpu/PrimitiveDescriptor.h"

#include "runtime/Error.h"
#include "runtime/cpu/Library.h"
#include "runtime/cpu/MemoryDescriptor.h"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netc::runtime::cpu {

std::string toString(const PrimitiveSpec &spec) {
  std::string text = fmt::format("{} {}", keyword<' '>(spec.kind),
                                 keyword<' '>(spec.propagation));
  for (const auto &[role, type] : spec.tensors)
    text += fmt::format(", {} {}", keyword<' '>(role), runtime::toString(type));
  auto pair = [&](std::string_view name, const std::vector<int64_t> &values) {
    if (!values.empty())
      text += fmt::format(", {} {}", name, fmt::join(values, "x"));
  };
  pair("window", spec.window);
  pair("stride", spec.stride);
  pair("dilation", spec.dilation);
  pair("padding", spec.padding);
  if (isNormalization(spec.kind))
    text += fmt::format(", epsilon {}{}", spec.epsilon,
                        spec.givenStatistics ? ", given statistics" : "");
  return text + (spec.relu ? ", relu" : "");
}

static bool isPooling(PrimitiveKind kind) {
  return kind == PrimitiveKind::MaxPooling ||
         kind == PrimitiveKind::AveragePooling;
}

static const TensorType *find(const PrimitiveSpec &spec, Role role) {
  for (const auto &[each, type] : spec.tensors)
    if (each == role)
      return &type;
  return nullptr;
}

/// The library takes a normalisation's tensors by their source's shape, so
/// that is what each must have.
static bool hasNormalizationShapes(const PrimitiveSpec &spec) {
  const TensorType &src = *find(spec, Role::Src);
  bool batch = spec.kind == PrimitiveKind::BatchNormalization;
  if (batch ? src.shape.size() < 2 : src.shape.size() != 2)
    return false;
  TensorType statistics{ElementType::F32, {src.shape[batch ? 1 : 0]}, ""};
  TensorType affine{ElementType::F32, {src.shape[1]}, ""};
  return std::ranges::all_of(spec.tensors, [&](const auto &entry) {
    const auto &[role, type] = entry;
    if (role == Role::Mean || role == Role::Variance)
      return type == statistics;
    bool wide =
        role == Role::Src || role == Role::Dst || role == Role::SrcGradient;
    return type == (wide ? src : affine) && type.element == ElementType::F32;
  });
}

static void requireTensors(const PrimitiveSpec &spec) {
  auto wrong = [&](std::string why) {
    return Error(fmt::format("{}: {}", toString(spec), why));
  };
  const PrimitiveRoles *roles = findRoles(spec.kind, spec.propagation);
  if (!roles)
    throw wrong(
        spec.propagation == Propagation::BackwardWeights
            ? "it has no weights"
            : fmt::format("a {} has no gradient", keyword<' '>(spec.kind)));
  RoleSet given;
  for (const auto &[role, type] : spec.tensors)
    given.insert(role);
  if (roles->optional.contains(Role::WeightsGradient) &&
      given.contains(Role::Weights) != given.contains(Role::WeightsGradient))
    throw wrong("a scale and its gradient come together");
  for (Role role : valuesOf<Role>) {
    auto count = std::ranges::count(spec.tensors, role,
                                    &std::pair<Role, TensorType>::first);
    bool isTensor = !isLibraryMemory(role);
    bool needed = isTensor && roles->needs(role, spec.relu, given);
    bool allowed = isTensor && roles->takes(role, spec.relu, given);
    if (count > 1 || (count == 1 && !allowed) || (count == 0 && needed))
      throw wrong(fmt::format("{} tensors {}", count, keyword<' '>(role)));
  }
  if (isNormalization(spec.kind) && !hasNormalizationShapes(spec))
    throw wrong("its tensors do not fit one another");
  if (spec.relu && !roles->fusesRelu)
    throw wrong("only convolutions and inner products forward, and batch "
                "normalizations, fuse a relu");
}

/// The geometry with its defaults, as the library counts it.
namespace {
struct Window {
  dnnl_dims_t size{}, stride{}, dilation{}, padding{};
  bool dilated = false;

  explicit Window(const PrimitiveSpec &spec) {
    size_t rank = find(spec, Role::Src)->shape.size();
    if (rank != 4 || find(spec, Role::Dst)->shape.size() != 4)
      throw Error(fmt::format("{}: expected images", toString(spec)));
    auto take = [&](const std::vector<int64_t> &values, int64_t otherwise,
                    int64_t least, dnnl_dims_t &out) {
      if (!values.empty() && values.size() != 2)
        throw Error(fmt::format("{}: a window has two sizes", toString(spec)));
      for (size_t i = 0; i < 2; ++i) {
        out[i] = values.empty() ? otherwise : values[i];
        if (out[i] < least)
          throw Error(fmt::format("{}: a window's number is below {}",
                                  toString(spec), least));
      }
    };
    take(spec.window, 1, 1, size);
    take(spec.stride, 1, 1, stride);
    take(spec.dilation, 1, 1, dilation);
    take(spec.padding, 0, 0, padding);
    for (size_t i = 0; i < 2; ++i) { // the library's 0 is dense
      --dilation[i];
      dilated |= dilation[i] != 0;
    }
  }
};

/// Any operation's descriptor.
union Operation {
  dnnl_convolution_desc_t convolution;
  dnnl_deconvolution_desc_t deconvolution;
  dnnl_inner_product_desc_t innerProduct;
  dnnl_pooling_desc_t pooling;
  dnnl_pooling_v2_desc_t dilatedPooling;
  dnnl_batch_normalization_desc_t batchNormalization;
  dnnl_layer_normalization_desc_t layerNormalization;
};

/// The tensors' descriptors; `bias` is null where there is none.
struct Memories {
  dnnl_memory_desc_t src, weights, biasOrNone, dst;
  const dnnl_memory_desc_t *bias = nullptr;

  explicit Memories(const PrimitiveSpec &spec) {
    src = activation(spec, Role::Src, Role::Dst);
    dst = activation(spec, Role::Dst, Role::Src);
    if (const TensorType *type = find(spec, Role::Weights))
      weights = memoryDescriptor(*type);
    if (const TensorType *type = find(spec, Role::Bias)) {
      biasOrNone = memoryDescriptor(*type);
      bias = &biasOrNone;
    }
  }
  Memories(const Memories &) = delete;

private:
  /// With sizes of 1 a row-major tensor is also laid out as its peer is
  /// (TensorType.h, sameMemory). The library compares strides and would not
  /// see that: it is told in the peer's terms.
  static dnnl_memory_desc_t activation(const PrimitiveSpec &spec, Role role,
                                       Role peer) {
    const TensorType &type = *find(spec, role);
    TensorType inPeersTerms = type;
    inPeersTerms.layout = find(spec, peer)->layout;
    bool retold =
        (spec.kind == PrimitiveKind::Convolution ||
         spec.kind == PrimitiveKind::Deconvolution || isPooling(spec.kind)) &&
        type.layout.empty() && inPeersTerms.layout != "any" &&
        sameMemory(type, inPeersTerms);
    return memoryDescriptor(retold ? inPeersTerms : type);
  }
};

/// What a normalisation is told. The scale and shift are the descriptor's own.
struct Normalization {
  dnnl_prop_kind_t propagation = dnnl_forward_training;
  float epsilon = 0;
  unsigned flags = 0;

  explicit Normalization(const PrimitiveSpec &spec, Propagation direction)
      : epsilon(static_cast<float>(spec.epsilon)) {
    bool forward = spec.propagation == Propagation::Forward;
    bool scales = find(spec, Role::Weights) != nullptr;
    bool shifts =
        find(spec, forward ? Role::Bias : Role::BiasGradient) != nullptr;
    if (direction != Propagation::Forward)
      propagation = scales || shifts ? dnnl_backward : dnnl_backward_data;
    auto add = [&](bool wanted, dnnl_normalization_flags_t flag) {
      flags |= wanted ? unsigned{flag} : 0U;
    };
    add(spec.givenStatistics, dnnl_use_global_stats);
    add(scales, dnnl_use_scale);
    add(shifts, dnnl_use_shift);
    add(spec.relu, dnnl_fuse_norm_relu);
  }
};

/// Scratchpads are planned by the compiler, never the library's own.
struct Attributes {
  dnnl_primitive_attr_t handle = nullptr;

  explicit Attributes(bool relu) {
    checkStatus(dnnl_primitive_attr_create(&handle), "attributes");
    checkStatus(dnnl_primitive_attr_set_scratchpad_mode(
                    handle, dnnl_scratchpad_mode_user),
                "a scratchpad of one's own");
    if (!relu)
      return;
    dnnl_post_ops_t operations = nullptr;
    checkStatus(dnnl_post_ops_create(&operations), "post-operations");
    dnnl_status_t status =
        dnnl_post_ops_append_eltwise(operations, 1, dnnl_eltwise_relu, 0, 0);
    if (status == dnnl_success)
      status = dnnl_primitive_attr_set_post_ops(handle, operations);
    dnnl_post_ops_destroy(operations);
    checkStatus(status, "a relu");
  }
  ~Attributes() { dnnl_primitive_attr_destroy(handle); }
  Attributes(const Attributes &) = delete;
};
} // namespace

static dnnl_status_t describeConvolution(Operation &operation,
                                         const PrimitiveSpec &spec,
                                         Propagation propagation,
                                         const Memories &m) {
  const Window w(spec);
  // `auto`: direct or Winograd, which is far faster for windows of 3x3.
  constexpr dnnl_alg_kind_t algorithm = dnnl_convolution_auto;
  switch (propagation) {
  case Propagation::Forward:
    return dnnl_dilated_convolution_forward_desc_init(
        &operation.convolution, dnnl_forward_training, algorithm, &m.src,
        &m.weights, m.bias, &m.dst, w.stride, w.dilation, w.padding, w.padding);
  case Propagation::BackwardData:
    return dnnl_dilated_convolution_backward_data_desc_init(
        &operation.convolution, algorithm, &m.src, &m.weights, &m.dst, w.stride,
        w.dilation, w.padding, w.padding);
  case Propagation::BackwardWeights:
    return dnnl_dilated_convolution_backward_weights_desc_init(
        &operation.convolution, algorithm, &m.src, &m.weights, m.bias, &m.dst,
        w.stride, w.dilation, w.padding, w.padding);
  }
  return dnnl_invalid_arguments;
}

/// A deconvolution's output padding shows in its sizes alone.
static dnnl_status_t describeDeconvolution(Operation &operation,
                                           const PrimitiveSpec &spec,
                                           Propagation propagation,
                                           const Memories &m) {
  const Window w(spec);
  constexpr dnnl_alg_kind_t algorithm = dnnl_deconvolution_direct;
  switch (propagation) {
  case Propagation::Forward:
    return dnnl_dilated_deconvolution_forward_desc_init(
        &operation.deconvolution, dnnl_forward_training, algorithm, &m.src,
        &m.weights, m.bias, &m.dst, w.stride, w.dilation, w.padding, w.padding);
  case Propagation::BackwardData:
    return dnnl_dilated_deconvolution_backward_data_desc_init(
        &operation.deconvolution, algorithm, &m.src, &m.weights, &m.dst,
        w.stride, w.dilation, w.padding, w.padding);
  case Propagation::BackwardWeights:
    return dnnl_dilated_deconvolution_backward_weights_desc_init(
        &operation.deconvolution, algorithm, &m.src, &m.weights, m.bias, &m.dst,
        w.stride, w.dilation, w.padding, w.padding);
  }
  return dnnl_invalid_arguments;
}

static dnnl_status_t describeInnerProduct(Operation &operation,
                                          Propagation propagation,
                                          const Memories &m) {
  switch (propagation) {
  case Propagation::Forward:
    return dnnl_inner_product_forward_desc_init(&operation.innerProduct,
                                                dnnl_forward_training, &m.src,
                                                &m.weights, m.bias, &m.dst);
  case Propagation::BackwardData:
    return dnnl_inner_product_backward_data_desc_init(
        &operation.innerProduct, &m.src, &m.weights, &m.dst);
  case Propagation::BackwardWeights:
    return dnnl_inner_product_backward_weights_desc_init(
        &operation.innerProduct, &m.src, &m.weights, m.bias, &m.dst);
  }
  return dnnl_invalid_arguments;
}

static dnnl_status_t describePooling(Operation &operation,
                                     const PrimitiveSpec &spec,
                                     Propagation propagation,
                                     const Memories &m) {
  const Window w(spec);
  const dnnl_alg_kind_t algorithm = spec.kind == PrimitiveKind::MaxPooling
                                        ? dnnl_pooling_max
                                        : dnnl_pooling_avg_include_padding;
  if (propagation == Propagation::Forward) {
    if (w.dilated)
      return dnnl_pooling_v2_forward_desc_init(
          &operation.dilatedPooling, dnnl_forward_training, algorithm, &m.src,
          &m.dst, w.stride, w.size, w.dilation, w.padding, w.padding);
    return dnnl_pooling_forward_desc_init(
        &operation.pooling, dnnl_forward_training, algorithm, &m.src, &m.dst,
        w.stride, w.size, w.padding, w.padding);
  }
  if (w.dilated)
    return dnnl_pooling_v2_backward_desc_init(
        &operation.dilatedPooling, algorithm, &m.src, &m.dst, w.stride, w.size,
        w.dilation, w.padding, w.padding);
  return dnnl_pooling_backward_desc_init(&operation.pooling, algorithm, &m.src,
                                         &m.dst, w.stride, w.size, w.padding,
                                         w.padding);
}

static dnnl_status_t describeBatchNormalization(Operation &operation,
                                                const PrimitiveSpec &spec,
                                                Propagation propagation,
                                                const Memories &m) {
  const Normalization n(spec, propagation);
  if (propagation == Propagation::Forward)
    return dnnl_batch_normalization_forward_desc_init(
        &operation.batchNormalization, n.propagation, &m.src, n.epsilon,
        n.flags);
  return dnnl_batch_normalization_backward_desc_init(
      &operation.batchNormalization, n.propagation, &m.dst, &m.src, n.epsilon,
      n.flags);
}

static dnnl_status_t describeLayerNormalization(Operation &operation,
                                                const PrimitiveSpec &spec,
                                                Propagation propagation,
                                                const Memories &m) {
  const Normalization n(spec, propagation);
  dnnl_memory_desc_t statistics = memoryDescriptor(*find(spec, Role::Mean));
  if (propagation == Propagation::Forward)
    return dnnl_layer_normalization_forward_desc_init(
        &operation.layerNormalization, n.propagation, &m.src, &statistics,
        n.epsilon, n.flags);
  return dnnl_layer_normalization_backward_desc_init(
      &operation.layerNormalization, n.propagation, &m.dst, &m.src, &statistics,
      n.epsilon, n.flags);
}

PrimitiveDescriptor::Handle
PrimitiveDescriptor::ask(const PrimitiveSpec &spec, Propagation propagation,
                         const_dnnl_primitive_desc_t hint) {
  const Memories memories(spec);
  // A normalisation fuses its relu by a flag.
  const Attributes attributes(spec.relu && !isNormalization(spec.kind));
  Operation operation{};
  dnnl_status_t status = dnnl_success;
  dnnl_primitive_desc_t made = nullptr;
  switch (spec.kind) {
  case PrimitiveKind::Convolution:
    status = describeConvolution(operation, spec, propagation, memories);
    break;
  case PrimitiveKind::Deconvolution:
    status = describeDeconvolution(operation, spec, propagation, memories);
    break;
  case PrimitiveKind::InnerProduct:
    status = describeInnerProduct(operation, propagation, memories);
    break;
  case PrimitiveKind::MaxPooling:
  case PrimitiveKind::AveragePooling:
    status = describePooling(operation, spec, propagation, memories);
    break;
  case PrimitiveKind::Reorder:
    checkStatus(dnnl_reorder_primitive_desc_create(&made, &memories.src,
                                                   engine(), &memories.dst,
                                                   engine(), attributes.handle),
                toString(spec));
    return Handle(made);
  case PrimitiveKind::BatchNormalization:
    status = describeBatchNormalization(operation, spec, propagation, memories);
    break;
  case PrimitiveKind::LayerNormalization:
    status = describeLayerNormalization(operation, spec, propagation, memories);
    break;
  }
  checkStatus(status, toString(spec));
  checkStatus(dnnl_primitive_desc_create(&made, &operation, attributes.handle,
                                         engine(), hint),
              toString(spec));
  return Handle(made);
}

PrimitiveDescriptor::PrimitiveDescriptor(const PrimitiveSpec &spec)
    : kind(spec.kind), propagation(spec.propagation) {
  requireLibraryHeadroom();
  requireTensors(spec);
  Handle hint;
  if (isPooling(kind) && propagation != Propagation::Forward) {
    // The forward request decides the workspace; its source is never `any`.
    PrimitiveSpec forward = spec;
    for (auto &[role, type] : forward.tensors)
      if (role == Role::Src && type.layout == "any")
        type.layout = find(spec, Role::Dst)->layout;
    hint = ask(forward, Propagation::Forward, nullptr);
  }
  if (isNormalization(kind) && propagation != Propagation::Forward)
    hint = ask(spec, Propagation::Forward, nullptr);
  hasWorkspace = findRoles(kind, propagation)
                     ->takes(Role::Workspace, spec.relu, /*given=*/{});
  handle = ask(spec, propagation, hint.get());
}

std::string PrimitiveDescriptor::implementation() const {
  const char *name = nullptr;
  checkStatus(
      dnnl_primitive_desc_query(get(), dnnl_query_impl_info_str, 0, &name),
      "an implementation's name");
  return name;
}

/// A normalisation has an argument of its own for each role.
static int normalizationArgument(Role role, bool forward) {
  switch (role) {
  case Role::Src:
    return DNNL_ARG_SRC;
  case Role::Weights:
    return DNNL_ARG_SCALE;
  case Role::Bias:
    return DNNL_ARG_SHIFT;
  case Role::Dst:
    return forward ? DNNL_ARG_DST : DNNL_ARG_DIFF_DST;
  case Role::Workspace:
    return DNNL_ARG_WORKSPACE;
  case Role::Scratchpad:
    return DNNL_ARG_SCRATCHPAD;
  case Role::Mean:
    return DNNL_ARG_MEAN;
  case Role::Variance:
    return DNNL_ARG_VARIANCE;
  case Role::SrcGradient:
    return DNNL_ARG_DIFF_SRC;
  case Role::WeightsGradient:
    return DNNL_ARG_DIFF_SCALE;
  case Role::BiasGradient:
    return DNNL_ARG_DIFF_SHIFT;
  }
  assert(false && "a role out of range");
  return 0;
}

int PrimitiveDescriptor::argument(Role role) const {
  if (isNormalization(kind))
    return normalizationArgument(role, propagation == Propagation::Forward);
  switch (role) {
  case Role::Src:
    return propagation == Propagation::BackwardData ||
                   (isPooling(kind) && propagation != Propagation::Forward)
               ? DNNL_ARG_DIFF_SRC
               : DNNL_ARG_SRC;
  case Role::Weights:
    return propagation == Propagation::BackwardWeights ? DNNL_ARG_DIFF_WEIGHTS
                                                       : DNNL_ARG_WEIGHTS;
  case Role::Bias:
    return propagation == Propagation::BackwardWeights ? DNNL_ARG_DIFF_BIAS
                                                       : DNNL_ARG_BIAS;
  case Role::Dst:
    return propagation == Propagation::Forward ? DNNL_ARG_DST
                                               : DNNL_ARG_DIFF_DST;
  case Role::Workspace:
    return DNNL_ARG_WORKSPACE;
  case Role::Scratchpad:
    return DNNL_ARG_SCRATCHPAD;
  default:
    break;
  }
  assert(false && "a role out of range");
  return 0;
}

const dnnl_memory_desc_t &PrimitiveDescriptor::memory(Role role) const {
  const dnnl_memory_desc_t *memory = dnnl_primitive_desc_query_md(
      get(), dnnl_query_exec_arg_md, argument(role));
  assert(memory && "an argument that this primitive does not take");
  return *memory;
}

int64_t PrimitiveDescriptor::scratchpadBytes() const {
  return static_cast<int64_t>(
      dnnl_memory_desc_get_size(&memory(Role::Scratchpad)));
}

int64_t PrimitiveDescriptor::workspaceBytes() const {
  return hasWorkspace ? static_cast<int64_t>(
                            dnnl_memory_desc_get_size(&memory(Role::Workspace)))
                      : 0;
}

std::optional<std::string> PrimitiveDescriptor::layout(Role role) const {
  return layoutOf(memory(role));
}

} // namespace netc::runtime::cpu
