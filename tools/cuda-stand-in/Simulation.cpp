// The simulated device: memory, streams and their order.
#include "tools/cuda-stand-in/Simulation.h"
#include "tools/cuda-stand-in/Cubin.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fstream>
#include <iostream>
#include <sstream>

namespace netc::standin {

void fault(const std::string &what) {
  std::cerr << "cuda-stand-in: " << what << std::endl;
  std::_Exit(86);
}

static void checkLeaksAtExit() { Simulation::get()->checkLeaks(); }

Simulation *Simulation::get() {
  static Simulation *const simulation = []() -> Simulation * {
    const char *kernels = std::getenv("NETC_SIMULATED_KERNELS");
    return kernels ? new Simulation(kernels) : nullptr;
  }();
  return simulation;
}

// FILE is a shared object, FILE.txt a line for each kernel: its name, then for
// each buffer its bytes and r, w or b for what the kernel does to it.
Simulation::Simulation(const std::string &kernels) {
  if (const char *given = std::getenv("NETC_SIMULATED_CAPABILITY"))
    simulatedCapability = std::atoi(given);
  std::atexit(checkLeaksAtExit);
  if (kernels.empty())
    return;
  hostKernels = dlopen(kernels.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!hostKernels)
    fault(std::string("the host's kernels do not load: ") + dlerror());
  std::ifstream table(kernels + ".txt");
  for (std::string line; std::getline(table, line);) {
    std::istringstream words(line);
    std::string name, entry;
    words >> name;
    std::vector<Access> &buffers = bufferTable[name];
    while (words >> entry)
      buffers.push_back({0, std::stoull(entry), entry.back() != 'r'});
  }
}

// Memory. What was freed stays known, so that its later use is told apart from
// the use of nothing; it is filled with NaNs, which no test takes for a result.

void *Simulation::allocate(uint64_t bytes, bool onDevice) {
  // As far apart as cuMemAlloc's: an end that is passed meets no neighbour.
  auto memory = std::make_unique<char[]>(bytes + 512);
  std::memset(memory.get(), 0xff, bytes + 512);
  uintptr_t begin =
      (reinterpret_cast<uintptr_t>(memory.get()) + 255) / 256 * 256;
  allocations[begin] = {bytes, onDevice, false, std::move(memory)};
  return reinterpret_cast<void *>(begin);
}

void Simulation::free(void *address, bool onDevice) {
  if (!address)
    return;
  auto found = allocations.find(reinterpret_cast<uintptr_t>(address));
  if (found == allocations.end() || found->second.onDevice != onDevice)
    fault("a free of what was never allocated");
  if (found->second.freed)
    fault("a second free of the same memory");
  for (const Work &work : pending)
    for (const Access &access : work.accesses)
      if (access.begin >= found->first &&
          access.begin < found->first + found->second.bytes)
        fault("a free of memory that " + work.what + " still uses");
  found->second.freed = true;
  std::memset(address, 0xff, found->second.bytes);
}

void Simulation::checkRange(uintptr_t begin, uint64_t bytes, bool onDevice,
                            const std::string &what) const {
  auto next = allocations.upper_bound(begin);
  if (next != allocations.begin()) {
    const auto &[start, allocation] = *std::prev(next);
    if (begin < start + std::max<uint64_t>(allocation.bytes, 1)) {
      if (allocation.freed)
        fault(what + " uses memory after its free");
      if (allocation.onDevice != onDevice)
        fault(what + (onDevice ? " takes the host's memory for the device's"
                               : " takes the device's memory for the host's"));
      if (begin + bytes > start + allocation.bytes)
        fault(what + " passes the end of its memory by " +
              std::to_string(begin + bytes - start - allocation.bytes) +
              " bytes");
      return;
    }
  }
  if (onDevice)
    fault(what + " uses memory that is none of the device's");
  // Pageable memory of the host is not ours to know.
}

// Order.

static void join(Clock &into, const Clock &from) {
  for (const auto &[who, when] : from)
    into[who] = std::max(into[who], when);
}

void Simulation::order(int who, const Work &work) {
  Clock &clock = clocks[who];
  join(clock, clocks[0]); // all that the host knew when it asked
  uint64_t now = ++clock[who];
  for (const Access &access : work.accesses) {
    if (access.bytes == 0)
      continue;
    for (const Use &use : uses) {
      bool overlap = access.begin < use.access.begin + use.access.bytes &&
                     use.access.begin < access.begin + access.bytes;
      if (overlap && (access.writes || use.access.writes) && use.who != who &&
          clock[use.who] < use.when)
        fault(work.what + " does not wait for " + use.what +
              ": an event is missing between their streams");
    }
    // What is wholly replaced, in order, can race with nothing later that does
    // not race with this.
    if (access.writes)
      std::erase_if(uses, [&](const Use &use) {
        return use.access.begin >= access.begin &&
               use.access.begin + use.access.bytes <=
                   access.begin + access.bytes;
      });
    uses.push_back({access, who, now, work.what});
  }
}

void Simulation::enqueue(Stream *stream, Work work) {
  if (stream->capturing) {
    stream->capturing->works.push_back(std::move(work));
    return;
  }
  order(stream->number, work);
  pending.push_back(std::move(work));
}

void Simulation::launch(Stream *stream, Graph *exec) {
  if (!graphs.contains(exec))
    fault("cuGraphLaunch of no graph");
  for (const Work &work : exec->works) {
    // The memory may have gone since the capture.
    for (const Access &access : work.accesses) {
      auto next = allocations.upper_bound(access.begin);
      if (next != allocations.begin() && std::prev(next)->second.freed &&
          access.begin < std::prev(next)->first + std::prev(next)->second.bytes)
        fault(work.what + " uses memory after its free");
    }
    enqueue(stream, work);
  }
}

void Simulation::drain() {
  while (!pending.empty()) {
    Work work = std::move(pending.front());
    pending.pop_front();
    work.run();
  }
}

void Simulation::record(Event *event, Stream *stream) {
  if (!events.contains(event))
    fault("cuEventRecord of no event");
  event->clock = clocks[stream->number];
  event->recorded = true;
}

void Simulation::wait(Stream *stream, Event *event) {
  if (!events.contains(event))
    fault("cuStreamWaitEvent of no event");
  if (event->recorded)
    join(clocks[stream->number], event->clock);
}

void Simulation::synchronize(Stream *stream) {
  if (stream->capturing)
    fault("cuStreamSynchronize of a stream that is captured");
  join(clocks[0], clocks[stream->number]);
  drain();
}

void Simulation::synchronize(Event *event) {
  if (!events.contains(event))
    fault("cuEventSynchronize of no event");
  join(clocks[0], event->clock);
  drain();
}

// Objects.

template <typename T>
static T *keep(std::map<T *, std::unique_ptr<T>> &all,
               std::unique_ptr<T> made) {
  T *raw = made.get();
  all[raw] = std::move(made);
  return raw;
}

template <typename T>
static void drop(std::map<T *, std::unique_ptr<T>> &all, T *gone,
                 const char *what) {
  if (all.erase(gone) == 0)
    fault(std::string(what) + " of what is none, or no more");
}

Stream *Simulation::createStream() {
  auto stream = std::make_unique<Stream>();
  stream->number = nextStream++;
  return keep(streams, std::move(stream));
}

Stream *Simulation::known(Stream *stream, const char *call) const {
  if (!streams.contains(stream))
    fault(std::string(call) + " of no stream: the default one is not used");
  return stream;
}

void Simulation::destroyStream(Stream *stream) {
  drain();
  drop(streams, stream, "cuStreamDestroy");
}

Event *Simulation::createEvent() {
  return keep(events, std::make_unique<Event>());
}
void Simulation::destroyEvent(Event *event) {
  drop(events, event, "cuEventDestroy");
}

Graph *Simulation::takeCapture(Stream *stream) {
  if (!stream->capturing)
    fault("cuStreamEndCapture of a stream that is not captured");
  return keep(graphs, std::move(stream->capturing));
}
Graph *Simulation::instantiate(Graph *graph) {
  if (!graphs.contains(graph))
    fault("cuGraphInstantiate of no graph");
  return keep(graphs, std::make_unique<Graph>(*graph));
}
void Simulation::destroyGraph(Graph *graph) {
  drain();
  drop(graphs, graph, "cuGraphDestroy");
}

Module *Simulation::loadModule(const void *image) {
  auto module = std::make_unique<Module>();
  std::string error;
  std::map<std::string, uint32_t> parameters =
      parametersOf(image, simulatedCapability, error);
  if (!error.empty())
    fault("cuModuleLoadData: " + error);
  for (const auto &[name, count] : parameters) {
    Kernel kernel;
    kernel.name = name;
    kernel.parameters = count;
    if (hostKernels) {
      void *function = dlsym(hostKernels, name.c_str());
      if (!function)
        fault("the host has no kernel `" + name + "`");
      std::memcpy(&kernel.function, &function, sizeof function);
      kernel.buffers = bufferTable[name];
      if (kernel.buffers.size() != count)
        fault("kernel `" + name + "` has " + std::to_string(count) +
              " parameters, the host's has " +
              std::to_string(kernel.buffers.size()));
    }
    module->kernels[name] = std::move(kernel);
  }
  return keep(modules, std::move(module));
}
void Simulation::unloadModule(Module *module) {
  drain();
  drop(modules, module, "cuModuleUnload");
}

void Simulation::releaseContext() {
  if (--contexts < 0)
    fault("a context is released more often than it was retained");
}

void Simulation::checkLeaks() const {
  for (const auto &[begin, allocation] : allocations)
    if (!allocation.freed)
      fault("at exit " + std::to_string(allocation.bytes) + " bytes of the " +
            (allocation.onDevice ? "device" : "host") + " are not freed");
  if (!streams.empty() || !events.empty() || !modules.empty() ||
      !graphs.empty() || contexts != 0)
    fault("at exit there are " + std::to_string(streams.size()) + " streams, " +
          std::to_string(events.size()) + " events, " +
          std::to_string(modules.size()) + " modules, " +
          std::to_string(graphs.size()) + " graphs and " +
          std::to_string(contexts) + " contexts left");
}

} // namespace netc::standin
