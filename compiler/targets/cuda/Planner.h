// Plans of cuDNN's for a described device: asked of a process of its own, each
// distinct graph once, and kept in a folder from one compilation to the next.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace netc::cuda {

struct PlannedGraph {
  std::string engine;
  int64_t workspaceBytes = 0;
  std::string plan; // the text that cuDNN loads
};

struct PlannerOptions {
  std::string program;     // netc-plan
  std::string cacheFolder; // empty: nothing is kept
};

/// netc-plan beside this program; $NETC_CACHE/cuda-plans, or netc/cuda-plans in
/// the XDG cache folder. An empty $NETC_CACHE keeps nothing.
PlannerOptions plannerOptions();

class Planner {
public:
  /// `device` is a description's JSON in one line.
  Planner(std::string device, PlannerOptions options);
  Planner(Planner &&other) noexcept;
  ~Planner();

  /// The plan of a graph (its canonical text). Throws Error when there is no
  /// cuDNN, when it has no engine for the graph, or when its process ends
  /// early. A damaged or foreign file in the cache is as good as none.
  const PlannedGraph &plan(const std::string &graph);

  /// Whether cuDNN has an engine for a graph. Throws Error when it cannot say.
  bool hasEngine(const std::string &graph);

  /// How many graphs cuDNN was asked for, and how many the cache had.
  int asked() const { return askedCount; }
  int cached() const { return cachedCount; }

private:
  class Process;
  struct Answer {
    PlannedGraph plan;
    std::string refusal; // why there is none, where cuDNN has no engine
  };

  const Answer &find(const std::string &graph);
  bool readCached(const std::string &graph, Answer &into) const;
  void keep(const std::string &graph, const Answer &answer) const;
  std::string cachePath(const std::string &graph) const;

  std::string device;
  PlannerOptions options;
  std::unique_ptr<Process> process; // started by the first question
  std::map<std::string, Answer> answers;
  int askedCount = 0, cachedCount = 0;
};

} // namespace netc::cuda
