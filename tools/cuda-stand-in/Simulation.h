// A device made of the host's memory, for tests: it runs what it is told to,
// and ends the process at the first thing that a real device would not forgive.
//
// Work is done late, when somebody waits for it: what the host reads or
// replaces too early is seen. Between streams and the host, vector clocks say
// which work is known to be done before which; two uses of the same bytes, one
// of them a write, without such an order are a fault.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace netc::standin {

/// Bytes that a piece of work reads or writes.
struct Access {
  uintptr_t begin = 0;
  uint64_t bytes = 0;
  bool writes = false;
};

struct Work {
  std::string what; // for messages: cuLaunchKernel `relu_1`
  std::vector<Access> accesses;
  std::function<void()> run;
};

/// Who has done what, as far as one stream (or the host, 0) knows.
using Clock = std::map<int, uint64_t>;

struct Graph {
  std::vector<Work> works;
};

struct Stream {
  int number = 0;
  std::unique_ptr<Graph> capturing; // null unless it is
};

struct Event {
  Clock clock;
  bool recorded = false;
};

/// A kernel of a loaded module.
struct Kernel {
  std::string name;
  void (*function)(void **arguments, int64_t part, int64_t parts) = nullptr;
  uint32_t parameters = 0;     // of eight bytes each, as the image says
  std::vector<Access> buffers; // size and use of what each points to
};

struct Module {
  std::map<std::string, Kernel> kernels;
};

/// Says what is wrong and ends the process with status 86.
[[noreturn]] void fault(const std::string &what);

class Simulation {
public:
  /// Null unless $NETC_SIMULATED_KERNELS names the host's kernels.
  static Simulation *get();

  void *allocate(uint64_t bytes, bool onDevice);
  void free(void *address, bool onDevice);
  Stream *createStream();
  void destroyStream(Stream *stream);
  Event *createEvent();
  void destroyEvent(Event *event);
  Module *loadModule(const void *image);
  void unloadModule(Module *module);
  Graph *takeCapture(Stream *stream);
  void destroyGraph(Graph *graph);
  Graph *instantiate(Graph *graph);
  void retainContext() { ++contexts; }
  void releaseContext();

  /// Work of a stream: checked now, recorded if the stream is captured, else
  /// done when somebody waits.
  void enqueue(Stream *stream, Work work);
  void launch(Stream *stream, Graph *exec);
  void record(Event *event, Stream *stream);
  void wait(Stream *stream, Event *event);
  void synchronize(Stream *stream);
  void synchronize(Event *event);
  /// Faults unless the bytes are of one allocation that is still there.
  void checkRange(uintptr_t begin, uint64_t bytes, bool onDevice,
                  const std::string &what) const;
  Stream *known(Stream *stream, const char *call) const;
  void checkLeaks() const;
  int capability() const { return simulatedCapability; }

private:
  Simulation(const std::string &kernels);
  void order(int who, const Work &work);
  void drain();

  struct Allocation {
    uint64_t bytes;
    bool onDevice;
    bool freed;
    std::unique_ptr<char[]> memory;
  };
  struct Use {
    Access access;
    int who;
    uint64_t when;
    std::string what;
  };

  int simulatedCapability = 90;
  void *hostKernels = nullptr;
  std::map<std::string, std::vector<Access>> bufferTable;
  std::map<uintptr_t, Allocation> allocations;
  std::map<Stream *, std::unique_ptr<Stream>> streams;
  std::map<Event *, std::unique_ptr<Event>> events;
  std::map<Module *, std::unique_ptr<Module>> modules;
  std::map<Graph *, std::unique_ptr<Graph>> graphs;
  std::map<int, Clock> clocks; // 0 is the host
  std::vector<Use> uses;
  std::deque<Work> pending;
  int nextStream = 1, contexts = 0;
};

} // namespace netc::standin
