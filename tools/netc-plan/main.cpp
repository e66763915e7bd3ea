// Asks cuDNN for plans, in a process of its own: the driver here is a stand-in,
// which nothing else of netc must ever meet.
//
//     netc-plan < requests > answers
//
// The first line is the device's description, each other line a graph's text.
// The first answer is `{"cudnn": 91900}`; then there is one for each graph, in
// order: `{"engine": .., "workspace": .., "plan": ..}` or `{"error": ..}`, with
// `"no_engine": true` where the graph is in order and cuDNN has no engine for
// it.
#include "runtime/cuda/BuildGraph.h"

#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

using nlohmann::json;
namespace cuda = netc::runtime::cuda;

static void answer(const json &line) { std::cout << line.dump() << std::endl; }

static json plan(const cuda::Cudnn &cudnn, const cuda::PlanTarget &target,
                 const std::string &graph) {
  try {
    cuda::Plan plan = cuda::planGraph(cudnn, cuda::parseGraph(graph), target);
    return {{"engine", plan.engine},
            {"workspace", plan.workspaceBytes},
            {"plan", cuda::serialize(plan)}};
  } catch (const cuda::NoEngine &error) {
    return {{"error", error.what()}, {"no_engine", true}};
  } catch (const netc::Error &error) {
    return {{"error", error.what()}};
  }
}

/// The stand-in that is kept beside this program.
static std::string standIn() {
  std::error_code code;
  auto self = std::filesystem::read_symlink("/proc/self/exe", code);
  return (self.parent_path() / "cuda-stand-in" / "libcuda.so.1").string();
}

int main() {
  ::unsetenv("NETC_SIMULATED_KERNELS"); // there is no device here, ever
  // cuDNN asks for libcuda.so.1 by that name and gets what is loaded under it.
  if (!dlopen(standIn().c_str(), RTLD_NOW | RTLD_GLOBAL)) {
    answer({{"error", dlerror()}});
    return 1;
  }
  try {
    cuda::Cudnn cudnn(cuda::cudnnNames());
    std::string device, graph;
    std::getline(std::cin, device);
    cuda::PlanTarget target = cuda::describedDevice(cudnn, device);
    answer({{"cudnn", cudnn.getVersion()}});
    while (std::getline(std::cin, graph))
      answer(plan(cudnn, target, graph));
    std::cout.flush();
  } catch (const netc::Error &error) {
    answer({{"error", error.what()}});
    std::_Exit(1);
  }
  // No destructors: some of cuDNN's would call the driver that is none.
  std::_Exit(0);
}
