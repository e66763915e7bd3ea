// Makes a plan of cuDNN's from a graph's description, with or without a device.
#pragma once

#include "runtime/cuda/Cudnn.h"
#include "runtime/cuda/GraphSpec.h"

#include <optional>

namespace netc::runtime::cuda {

/// What plans are made for: a device that is here, by its handle, or one that
/// is described (cuDNN's own keys, as JSON).
struct PlanTarget {
  cudnnHandle_t handle = nullptr;
  std::optional<Descriptor> description; // where there is no handle
};

/// A device as cuDNN takes it. Throws Error when cuDNN refuses the text.
PlanTarget describedDevice(const Cudnn &cudnn, const std::string &json);

struct Plan {
  Descriptor plan;
  std::string engine; // `eng34`, with `:tc` where tensor cores are used
  int64_t workspaceBytes = 0;
};

/// What planGraph() throws for a graph that this cuDNN cannot run on the
/// device.
class NoEngine : public Error {
public:
  using Error::Error;
};

/// Chooses among the engines that cuDNN's heuristics propose, in their order:
/// the first that is deterministic, of the graph's precision (`f32` allows no
/// tensor cores), and that builds. Throws NoEngine when there is none, Error
/// when the graph is refused as a whole.
Plan planGraph(const Cudnn &cudnn, const GraphSpec &graph,
               const PlanTarget &target);

/// A plan's text, which loadPlan() of the same cuDNN takes.
std::string serialize(const Plan &plan);
/// Throws Error when this cuDNN does not take the text.
Plan loadPlan(const Cudnn &cudnn, const std::string &json,
              const PlanTarget &target);

/// The ids of a graph's tensors in plans are their indices and this.
inline constexpr int64_t firstTensorId = 1;
/// The id of a node's epsilon, which is given by value: a float of the host's.
int64_t epsilonId(const GraphSpec &graph, size_t node);

} // namespace netc::runtime::cuda
