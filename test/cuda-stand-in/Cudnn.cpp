// A libcudnn.so.9 that runs recorded plans by the reference: the operation
// graph that cuDNN itself wrote into a plan is what is computed, on tensors
// that lie as it says. It makes no plans of its own. Every argument is checked:
// there, whole, on the device and aligned.
#include "test/reference/Activation.h"
#include "test/reference/BatchNorm.h"
#include "test/reference/Conv2D.h"
#include "test/reference/Pool2D.h"
#include "tools/cuda-stand-in/Simulated.h"

#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <cudnn_graph.h>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

using namespace netc;
using netc::standin::Access;
using netc::standin::fault;
using nlohmann::json;

namespace {

struct PlanTensor {
  int64_t id = 0;
  bool isByte = false, isHalf = false; // i8, bf16; else f32
  bool isVirtual = false, isByValue = false;
  std::vector<int64_t> sizes, strides;

  int64_t elementBytes() const { return isByte ? 1 : isHalf ? 2 : 4; }
  uint64_t bytes() const {
    int64_t last = 0;
    for (size_t i = 0; i < sizes.size(); ++i)
      last += (sizes[i] - 1) * strides[i];
    return static_cast<uint64_t>((last + 1) * elementBytes());
  }
};

struct Plan {
  std::vector<PlanTensor> tensors;
  std::vector<json> nodes;

  const PlanTensor &tensor(const json &node, const char *role) const {
    auto id = std::stoll(node.at(role).get<std::string>());
    for (const PlanTensor &tensor : tensors)
      if (tensor.id == id)
        return tensor;
    fault("a plan's node names a tensor that it does not have");
  }
  bool isResult(int64_t id) const;
};

struct Descriptor {
  cudnnBackendDescriptorType_t type;
  std::map<cudnnBackendAttributeName_t, std::vector<char>> attributes;
  std::shared_ptr<Plan> plan; // of a plan, once it is whole
};

struct Handle {
  CUstream_st *stream = nullptr;
};

/// One execution: the tensors that nodes have made so far and the pointers.
class Execution {
public:
  Execution(std::shared_ptr<Plan> plan, std::map<int64_t, void *> pointers)
      : plan(std::move(plan)), pointers(std::move(pointers)) {}
  void run();
  /// A number that is given by value, as it is when the graph is launched.
  void give(int64_t id, double value) {
    reference::Tensor tensor({1, 1, 1, 1});
    tensor.values[0] = value;
    made[id] = tensor;
  }

private:
  reference::Tensor read(const json &node, const char *role);
  void write(const json &node, const char *role,
             const reference::Tensor &tensor);
  void convolution(const json &node, std::string_view operation);
  void matmul(const json &node);
  void pointwise(const json &node);
  void resample(const json &node, bool forward);
  void norm(const json &node);
  void normGradient(const json &node);
  reference::Tensor readChannels(const json &node, const char *role);
  void writeChannels(const json &node, const char *role,
                     reference::Tensor tensor);

  std::shared_ptr<Plan> plan;
  std::map<int64_t, void *> pointers;
  std::map<int64_t, reference::Tensor> made; // virtual ones
};

} // namespace

static std::vector<const char *> resultRoles(std::string_view operation) {
  if (operation.find("NORM_FORWARD") != std::string_view::npos)
    return {"Y", "Mean", "InvVariance"};
  if (operation.find("NORM_BACKWARD") != std::string_view::npos)
    return {"DX", "DScale", "DBias"};
  if (operation.find("RESAMPLE_BWD") != std::string_view::npos)
    return {"dX"};
  return {"Y", "dX", "dW", "matC", "Idx"};
}

bool Plan::isResult(int64_t id) const {
  for (const json &node : nodes)
    for (const char *role :
         resultRoles(node.at("operation").get<std::string>()))
      if (node.contains(role) &&
          std::stoll(node[role].get<std::string>()) == id)
        return true;
  return false;
}

static float fromBf16(uint16_t half) {
  return std::bit_cast<float>(static_cast<uint32_t>(half) << 16);
}
/// To the nearest, the even one of two.
static uint16_t toBf16(float value) {
  auto bits = std::bit_cast<uint32_t>(value);
  if (std::isnan(value))
    return static_cast<uint16_t>(bits >> 16 | 0x40);
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

/// Calls `visit(logical index, place in memory)` for each element.
template <typename Visit>
static void forEach(const PlanTensor &tensor, Visit visit) {
  std::vector<int64_t> at(tensor.sizes.size(), 0);
  int64_t count = reference::elementCount(tensor.sizes);
  for (int64_t i = 0; i < count; ++i) {
    int64_t place = 0;
    for (size_t d = 0; d < at.size(); ++d)
      place += at[d] * tensor.strides[d];
    visit(i, place);
    for (size_t d = at.size(); d-- > 0;) {
      if (++at[d] < tensor.sizes[d])
        break;
      at[d] = 0;
    }
  }
}

reference::Tensor Execution::read(const json &node, const char *role) {
  const PlanTensor &tensor = plan->tensor(node, role);
  if (auto found = made.find(tensor.id); found != made.end())
    return found->second;
  reference::Tensor values(tensor.sizes);
  const void *data = pointers.at(tensor.id);
  forEach(tensor, [&](int64_t index, int64_t place) {
    values.values[index] =
        tensor.isByte   ? static_cast<const uint8_t *>(data)[place]
        : tensor.isHalf ? fromBf16(static_cast<const uint16_t *>(data)[place])
                        : static_cast<const float *>(data)[place];
  });
  return values;
}

// A virtual tensor keeps its doubles: cuDNN rounds it nowhere either.
void Execution::write(const json &node, const char *role,
                      const reference::Tensor &values) {
  const PlanTensor &tensor = plan->tensor(node, role);
  if (tensor.sizes != values.shape)
    fault("a node makes a tensor of other sizes than its plan says");
  if (tensor.isVirtual) {
    made[tensor.id] = values;
    return;
  }
  void *data = pointers.at(tensor.id);
  forEach(tensor, [&](int64_t index, int64_t place) {
    if (tensor.isByte)
      static_cast<uint8_t *>(data)[place] =
          static_cast<uint8_t>(values.values[index]);
    else if (tensor.isHalf)
      static_cast<uint16_t *>(data)[place] =
          toBf16(static_cast<float>(values.values[index]));
    else
      static_cast<float *>(data)[place] =
          static_cast<float>(values.values[index]);
  });
}

static reference::Pair pair(const json &numbers) {
  return {numbers.at(0).get<int64_t>(), numbers.at(1).get<int64_t>()};
}
/// Of fractions [numerator, 1].
static reference::Pair wholes(const json &fractions) {
  reference::Pair result{};
  for (size_t i : {0, 1}) {
    if (fractions.at(i).at(1) != 1)
      fault("a plan has a window that is no whole number");
    result[i] = fractions.at(i).at(0).get<int64_t>();
  }
  return result;
}

void Execution::convolution(const json &node, std::string_view operation) {
  reference::Conv2D conv;
  conv.stride = pair(node.at("stride"));
  conv.padding = pair(node.at("pad"));
  conv.dilation = pair(node.at("dilation"));
  if (operation.ends_with("FORWARD_DESCRIPTOR")) {
    reference::Tensor x = read(node, "X"), w = read(node, "W");
    conv.groups = x.dim(1) / w.dim(1);
    write(node, "Y", reference::conv2D(x, w, {}, conv));
  } else if (operation.ends_with("BACKWARD_DATA_DESCRIPTOR")) {
    reference::Tensor dy = read(node, "dY"), w = read(node, "W");
    const reference::Shape &shape = plan->tensor(node, "dX").sizes;
    conv.groups = shape[1] / w.dim(1);
    write(node, "dX", reference::conv2DInputGradient(dy, w, shape, conv));
  } else {
    reference::Tensor x = read(node, "X"), dy = read(node, "dY");
    const reference::Shape &shape = plan->tensor(node, "dW").sizes;
    conv.groups = x.dim(1) / shape[1];
    write(node, "dW", reference::conv2DFilterGradient(x, dy, shape, conv));
  }
}

void Execution::matmul(const json &node) {
  reference::Tensor a = read(node, "matA"), b = read(node, "matB");
  reference::Tensor c({a.dim(0), a.dim(1), b.dim(2)});
  for (int64_t n = 0; n < a.dim(0); ++n)
    for (int64_t i = 0; i < a.dim(1); ++i)
      for (int64_t k = 0; k < a.dim(2); ++k)
        for (int64_t j = 0; j < b.dim(2); ++j)
          c(n, i, j) += a(n, i, k) * b(n, k, j);
  write(node, "matC", c);
}

void Execution::pointwise(const json &node) {
  reference::Tensor x = read(node, "X");
  std::string mode = node.at("pointwiseMode");
  if (mode == "CUDNN_POINTWISE_RELU_BWD") {
    reference::Tensor dy = read(node, "dY");
    for (int64_t i = 0; i < x.size(); ++i)
      x.values[i] = x.values[i] > 0 ? dy.values[i] : 0;
    return write(node, "dX", x);
  }
  if (mode == "CUDNN_POINTWISE_RELU_FWD") {
    for (double &value : x.values)
      value = value > 0 ? value : 0;
  } else { // an addition, the second's sizes of 1 repeated
    reference::Tensor b = read(node, "B");
    PlanTensor repeated;
    repeated.sizes = x.shape;
    int64_t stride = 1;
    repeated.strides.resize(x.shape.size());
    for (size_t d = x.shape.size(); d-- > 0;) {
      repeated.strides[d] = b.dim(d) == 1 ? 0 : stride;
      stride *= b.dim(d);
    }
    forEach(repeated, [&](int64_t index, int64_t place) {
      x.values[index] += b.values[place];
    });
  }
  write(node, "Y", x);
}

// Places in windows, as the bytes that travel from one launch to another:
// cuDNN's own form is its secret.
void Execution::resample(const json &node, bool forward) {
  reference::Pool2D pool{wholes(node.at("windowDim")),
                         wholes(node.at("stride")), wholes(node.at("prePad"))};
  if (wholes(node.at("postPad")) != pool.padding)
    fault("a plan pads its two sides differently");
  bool maximum = node.at("mode") == "CUDNN_RESAMPLE_MAXPOOL";
  if (!maximum && forward)
    return write(node, "Y", reference::avgPool2D(read(node, "X"), pool));
  if (!maximum)
    return write(node, "dX",
                 reference::avgPool2DGradient(
                     read(node, "dY"), plan->tensor(node, "dX").sizes, pool));
  int64_t width = plan->tensor(node, forward ? "X" : "dX").sizes[3];
  // Between y*W + x of a plane and the place in the window.
  auto convert = [&](reference::Tensor &indices) {
    int64_t rows = indices.dim(2), columns = indices.dim(3);
    for (int64_t i = 0; i < indices.size(); ++i) {
      int64_t top = i / columns % rows * pool.stride[0] - pool.padding[0];
      int64_t left = i % columns * pool.stride[1] - pool.padding[1];
      auto value = static_cast<int64_t>(indices.values[i]);
      indices.values[i] =
          static_cast<double>(forward ? (value / width - top) * pool.window[1] +
                                            value % width - left
                                      : (value / pool.window[1] + top) * width +
                                            value % pool.window[1] + left);
    }
  };
  if (forward) {
    reference::MaxPool2DResult result =
        reference::maxPool2D(read(node, "X"), pool);
    convert(result.indices);
    write(node, "Y", result.output);
    write(node, "Idx", result.indices);
    return;
  }
  reference::Tensor indices = read(node, "Idx");
  convert(indices);
  write(node, "dX",
        reference::maxPool2DGradient(read(node, "dY"), indices,
                                     plan->tensor(node, "dX").sizes));
}

/// [1, C, 1, 1] as [C], and back.
reference::Tensor Execution::readChannels(const json &node, const char *role) {
  reference::Tensor tensor = read(node, role);
  tensor.shape = {tensor.size()};
  return tensor;
}
void Execution::writeChannels(const json &node, const char *role,
                              reference::Tensor tensor) {
  tensor.shape = {1, tensor.size(), 1, 1};
  write(node, role, tensor);
}

void Execution::norm(const json &node) {
  reference::Tensor x = read(node, "X");
  double epsilon = read(node, "epsilonDesc").values[0];
  reference::Moments moments = reference::channelMoments(x);
  write(node, "Y",
        reference::normalizeChannels(x, moments, readChannels(node, "Scale"),
                                     readChannels(node, "Bias"), epsilon));
  writeChannels(node, "Mean", moments.mean);
  for (double &value : moments.variance.values)
    value = 1 / std::sqrt(value + epsilon);
  writeChannels(node, "InvVariance", moments.variance);
}

// By the statistics that the forward graph left.
void Execution::normGradient(const json &node) {
  reference::Tensor x = read(node, "X"), dy = read(node, "DY"), dx(x.shape);
  reference::Tensor scale = readChannels(node, "Scale"),
                    mean = readChannels(node, "Mean"),
                    inverse = readChannels(node, "InvVariance");
  reference::Tensor dscale(scale.shape), dbias(scale.shape);
  int64_t channels = x.dim(1), plane = x.dim(2) * x.dim(3);
  auto channelOf = [&](int64_t i) { return i / plane % channels; };
  auto normalised = [&](int64_t i) {
    int64_t c = channelOf(i);
    return (x.values[i] - mean.values[c]) * inverse.values[c];
  };
  for (int64_t i = 0; i < x.size(); ++i) {
    dbias.values[channelOf(i)] += dy.values[i];
    dscale.values[channelOf(i)] += dy.values[i] * normalised(i);
  }
  auto count = static_cast<double>(x.size() / channels);
  for (int64_t i = 0; i < x.size(); ++i) {
    int64_t c = channelOf(i);
    dx.values[i] =
        scale.values[c] * inverse.values[c] *
        (dy.values[i] -
         (dbias.values[c] + normalised(i) * dscale.values[c]) / count);
  }
  write(node, "DX", dx);
  writeChannels(node, "DScale", dscale);
  writeChannels(node, "DBias", dbias);
}

void Execution::run() {
  for (const json &node : plan->nodes) {
    std::string operation = node.at("operation");
    if (operation.find("CONVOLUTION") != std::string::npos)
      convolution(node, operation);
    else if (operation.find("MATMUL") != std::string::npos)
      matmul(node);
    else if (operation.find("POINTWISE") != std::string::npos)
      pointwise(node);
    else if (operation.find("NORM_FORWARD") != std::string::npos)
      norm(node);
    else if (operation.find("NORM_BACKWARD") != std::string::npos)
      normGradient(node);
    else
      resample(node, operation.find("RESAMPLE_FWD") != std::string::npos);
  }
}

/// Null for a text that is no plan's, or a plan of what the reference lacks.
static std::shared_ptr<Plan> parsePlan(const std::vector<char> &text) {
  json object =
      json::parse(text.begin(), text.end(), nullptr, /*exceptions=*/false);
  if (!object.is_object() || object.value("cudnnVersion", 0) / 100 != 919)
    return nullptr;
  auto plan = std::make_shared<Plan>();
  try {
    const json &graph = object.at("operationGraph");
    for (const json &entry : graph.at("tensors")) {
      PlanTensor tensor;
      tensor.id = std::stoll(entry.at("name").get<std::string>());
      std::string type = entry.at("dataType");
      if (type != "CUDNN_DATA_FLOAT" && type != "CUDNN_DATA_INT8" &&
          type != "CUDNN_DATA_BFLOAT16")
        return nullptr;
      tensor.isHalf = type == "CUDNN_DATA_BFLOAT16";
      tensor.isByte = type == "CUDNN_DATA_INT8";
      tensor.isVirtual = entry.at("isVirtual");
      tensor.isByValue = entry.at("isByValue");
      tensor.sizes = entry.at("dim").get<std::vector<int64_t>>();
      tensor.strides = entry.at("stride").get<std::vector<int64_t>>();
      plan->tensors.push_back(std::move(tensor));
    }
    for (const json &node : graph.at("nodes")) {
      std::string operation = node.at("operation");
      std::string mode = node.value("pointwiseMode", "");
      bool known = operation.find("CONVOLUTION") != std::string::npos ||
                   operation.find("MATMUL") != std::string::npos ||
                   operation.find("RESAMPLE") != std::string::npos ||
                   node.value("mode", "") == "CUDNN_BATCH_NORM" ||
                   mode == "CUDNN_POINTWISE_ADD" ||
                   mode == "CUDNN_POINTWISE_RELU_FWD" ||
                   mode == "CUDNN_POINTWISE_RELU_BWD";
      if (!known)
        return nullptr;
      plan->nodes.push_back(node);
    }
  } catch (const std::exception &) {
    return nullptr;
  }
  return plan;
}

template <typename T>
static std::vector<T> valuesOf(const Descriptor &descriptor,
                               cudnnBackendAttributeName_t name) {
  auto found = descriptor.attributes.find(name);
  if (found == descriptor.attributes.end())
    return {};
  std::vector<T> values(found->second.size() / sizeof(T));
  std::memcpy(values.data(), found->second.data(), values.size() * sizeof(T));
  return values;
}

static Descriptor *descriptorOf(cudnnBackendDescriptor_t raw) {
  return static_cast<Descriptor *>(raw);
}

extern "C" {

size_t cudnnGetVersion() { return 91900; }

const char *cudnnGetErrorString(cudnnStatus_t status) {
  return status == CUDNN_STATUS_SUCCESS ? "success" : "not in the stand-in";
}

void cudnnGetLastErrorString(char *message, size_t size) {
  std::strncpy(message, "the stand-in runs recorded plans only", size);
}

cudnnStatus_t cudnnCreate(cudnnHandle_t *handle) {
  *handle = reinterpret_cast<cudnnHandle_t>(new Handle);
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnDestroy(cudnnHandle_t handle) {
  delete reinterpret_cast<Handle *>(handle);
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, cudaStream_t stream) {
  reinterpret_cast<Handle *>(handle)->stream = stream;
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t
cudnnBackendCreateDescriptor(cudnnBackendDescriptorType_t type,
                             cudnnBackendDescriptor_t *descriptor) {
  *descriptor = new Descriptor{type, {}, nullptr};
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t
cudnnBackendDestroyDescriptor(cudnnBackendDescriptor_t descriptor) {
  delete descriptorOf(descriptor);
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnBackendSetAttribute(cudnnBackendDescriptor_t descriptor,
                                       cudnnBackendAttributeName_t name,
                                       cudnnBackendAttributeType_t type,
                                       int64_t count, const void *values) {
  size_t width = type == CUDNN_TYPE_CHAR ? 1 : 8;
  if (type != CUDNN_TYPE_CHAR && type != CUDNN_TYPE_INT64 &&
      type != CUDNN_TYPE_VOID_PTR && type != CUDNN_TYPE_HANDLE)
    return CUDNN_STATUS_NOT_SUPPORTED;
  const char *bytes = static_cast<const char *>(values);
  descriptorOf(descriptor)
      ->attributes[name]
      .assign(bytes, bytes + static_cast<size_t>(count) * width);
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnBackendGetAttribute(cudnnBackendDescriptor_t const,
                                       cudnnBackendAttributeName_t const name,
                                       cudnnBackendAttributeType_t const,
                                       int64_t const, int64_t *count,
                                       void *values) {
  if (name != CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE)
    return CUDNN_STATUS_NOT_SUPPORTED;
  int64_t none = 0; // the reference works in memory of its own
  std::memcpy(values, &none, sizeof none);
  *count = 1;
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnBackendFinalize(cudnnBackendDescriptor_t raw) {
  Descriptor &descriptor = *descriptorOf(raw);
  if (descriptor.type != CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR)
    return descriptor.type == CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR
               ? CUDNN_STATUS_SUCCESS
               : CUDNN_STATUS_NOT_SUPPORTED;
  descriptor.plan = parsePlan(
      descriptor.attributes[CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION]);
  return descriptor.plan ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_NOT_SUPPORTED;
}

cudnnStatus_t cudnnBackendExecute(cudnnHandle_t handle,
                                  cudnnBackendDescriptor_t planDescriptor,
                                  cudnnBackendDescriptor_t packDescriptor) {
  std::shared_ptr<Plan> plan = descriptorOf(planDescriptor)->plan;
  const Descriptor &pack = *descriptorOf(packDescriptor);
  auto ids = valuesOf<int64_t>(pack, CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS);
  auto pointers = valuesOf<void *>(pack, CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS);
  if (ids.size() != pointers.size())
    fault("cudnnBackendExecute with as many ids as no pointers");
  std::map<int64_t, void *> given;
  for (size_t i = 0; i < ids.size(); ++i)
    given[ids[i]] = pointers[i];
  std::vector<Access> accesses;
  std::map<int64_t, float> scalars;
  for (const PlanTensor &tensor : plan->tensors) {
    if (tensor.isVirtual)
      continue;
    auto found = given.find(tensor.id);
    if (found == given.end())
      fault("cudnnBackendExecute without tensor " + std::to_string(tensor.id));
    if (tensor.isByValue) {
      scalars[tensor.id] = *static_cast<const float *>(found->second);
      continue;
    }
    auto begin = reinterpret_cast<uintptr_t>(found->second);
    if (begin % 16 != 0)
      fault("cudnnBackendExecute with a tensor that is not aligned");
    accesses.push_back({begin, tensor.bytes(), plan->isResult(tensor.id)});
  }
  auto execution =
      std::make_shared<Execution>(std::move(plan), std::move(given));
  for (auto [id, value] : scalars)
    execution->give(id, value);
  netcStandInEnqueue(reinterpret_cast<Handle *>(handle)->stream,
                     "cudnnBackendExecute", accesses,
                     [execution] { Execution(*execution).run(); });
  return CUDNN_STATUS_SUCCESS;
}

} // extern "C"
