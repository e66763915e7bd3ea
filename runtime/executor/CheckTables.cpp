// One function for each table; errors say the path that leads to it.
#include "runtime/executor/CheckTables.h"

#include "runtime/Contract.h"
#include "runtime/Printable.h"
#include "runtime/cpu/PrimitiveRoles.h"
#include "runtime/cuda/GraphSpec.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <set>

namespace netc::runtime {

/// The arena, threads and windows that a file may claim.
static constexpr uint64_t maxArena = uint64_t(1) << 46;
static constexpr int maxThreads = 1024;
static constexpr int64_t maxNumber = int64_t(1) << 31;

namespace {

std::string_view text(const flatbuffers::String *string) {
  return string ? std::string_view(string->c_str(), string->size()) : "";
}

template <typename T> size_t sizeOf(const flatbuffers::Vector<T> *vector) {
  return vector ? vector->size() : 0;
}

class Checker {
public:
  explicit Checker(const fb::Executable &tables) : tables(tables) {}

  void check() {
    checkHeader();
    checkParameters();
    checkPlans();
    std::set<std::string_view> names;
    for (size_t i = 0; i < sizeOf(tables.programs()); ++i) {
      const fb::Program *program = tables.programs()->Get(i);
      std::string_view name = text(program->name());
      Scope scope(*this, fmt::format("program {} `{}`", i, name));
      checkString(program->name(), "its name");
      require(!name.empty(), "it has no name");
      require(names.insert(name).second, "another has this name");
      checkProgram(*program);
    }
  }

private:
  /// Adds one step to the path of errors while it lives.
  struct Scope {
    Scope(Checker &checker, std::string step) : path(checker.path) {
      path.push_back(std::move(step));
    }
    ~Scope() { path.pop_back(); }
    std::vector<std::string> &path;
  };

  void require(bool holds, std::string_view otherwise) const {
    if (holds)
      return;
    std::string where;
    for (const std::string &step : path)
      where += step + ": ";
    throw Error(printable(where + std::string(otherwise)));
  }

  /// Names go into files, and into lines that are printed.
  void checkString(const flatbuffers::String *string,
                   std::string_view what) const {
    require(isUtf8(text(string)), fmt::format("{} is not UTF-8", what));
    require(text(string).find('\0') == std::string_view::npos,
            fmt::format("{} has a zero in it", what));
  }

  void checkHeader() {
    for (auto [string, what] :
         {std::pair(tables.network(), "the network's name"),
          {tables.source(), "the name of its text"},
          {tables.target(), "the target"},
          {tables.isa(), "the instruction set"},
          {tables.device(), "the device's name"},
          {tables.precision(), "the precision"},
          {tables.ptx(), "the code for newer devices"}})
      checkString(string, what);
    require(!text(tables.target()).empty(), "no target is recorded");
    require(!text(tables.isa()).empty(), "no instruction set is recorded");
    require(tables.threads() >= 1 && tables.threads() <= maxThreads,
            fmt::format("the number of threads is 1 to {}, got {}", maxThreads,
                        tables.threads()));
    require(tables.arena_bytes() <= maxArena, "the arena is too large");
    require(tables.batch() >= 0 && tables.epochs() >= 0 &&
                tables.classes() >= 0 && tables.examples() >= 0,
            "the batch, epochs, classes and examples are at least 0");
    require(std::isfinite(tables.learning_rate()),
            "the learning rate is not a number");
    checkSizes(tables.input_shape(), "the input's shape");
    size_t rank = sizeOf(tables.input_shape());
    require(rank == 0 || rank == 1 || rank == 3,
            "the input's shape is neither one size nor channels, height, "
            "width");
    ElementType element = tables.input_element();
    require(element == ElementType::U8 || element == ElementType::U16 ||
                element == ElementType::F32,
            "the input's elements are neither u8, u16 nor f32");
    require(isInRange(tables.loss()), "a loss out of range");
    if (const fb::Schedule *schedule = tables.schedule())
      checkSchedule(*schedule);
    for (size_t i = 0; i < sizeOf(tables.expectations()); ++i) {
      Scope scope(*this, fmt::format("expectation {}", i));
      checkExpectation(*tables.expectations()->Get(i));
    }
  }

  void checkSchedule(const fb::Schedule &schedule) const {
    require(isInRange(schedule.kind()), "a kind of schedule out of range");
    for (auto [name, number] : {std::pair("every", schedule.every()),
                                {"factor", schedule.factor()},
                                {"least", schedule.least()},
                                {"warmup", schedule.warmup()}})
      require(std::isfinite(number) && number >= 0,
              fmt::format("`{}` of its schedule is {}", name, number));
    require(schedule.kind() != fb::ScheduleKind::Step || schedule.every() > 0,
            "its schedule steps every 0 epochs");
  }

  void checkExpectation(const fb::Expectation &expectation) const {
    require(isInRange(expectation.metric()), "a metric out of range");
    require(isInRange(expectation.comparison()), "a comparison out of range");
    require(std::isfinite(expectation.value()), "its value is not a number");
    checkString(expectation.dataset(), "its data set");
    require(!text(expectation.dataset()).empty(), "it names no data set");
    require(expectation.epochs() >= 0 && expectation.epochs() <= maxNumber,
            fmt::format("its epochs are {}", expectation.epochs()));
  }

  /// The verifier looks at the place of a vector's length alone, which is 4
  /// bytes.
  template <typename T>
  void checkPlace(const flatbuffers::Vector<T> *vector) const {
    require(!vector || reinterpret_cast<uintptr_t>(vector->Data()) %
                               alignof(int64_t) ==
                           0,
            "numbers are at an odd place in the file");
  }

  void checkSizes(const flatbuffers::Vector<int64_t> *shape,
                  std::string_view what) {
    checkPlace(shape);
    for (size_t i = 0; i < sizeOf(shape); ++i)
      require(shape->Get(i) >= 1 && shape->Get(i) <= maxNumber,
              fmt::format("{} has the size {}", what, shape->Get(i)));
  }

  void checkSlice(uint64_t offset, uint64_t bytes) {
    require(offset % arenaAlignment == 0,
            fmt::format("offset {} is not a multiple of {}", offset,
                        arenaAlignment));
    require(bytes <= tables.arena_bytes() &&
                offset <= tables.arena_bytes() - bytes,
            fmt::format("bytes {} to {} are outside the arena of {}", offset,
                        offset + bytes, tables.arena_bytes()));
  }

  /// \returns the bytes of the type.
  uint64_t checkType(const fb::TensorType *type) {
    require(type, "no type");
    require(isInRange(type->element()), "an element type out of range");
    checkPlace(type->shape());
    checkString(type->layout(), "its layout");
    try {
      return static_cast<uint64_t>(byteSize(readType(*type)));
    } catch (const Error &error) {
      require(false, error.what());
      throw;
    }
  }

  void checkBuffer(const fb::Buffer *buffer) {
    require(buffer, "no buffer");
    checkString(buffer->name(), "its name");
    require(!text(buffer->name()).empty(), "it has no name");
    uint64_t bytes = checkType(buffer->type());
    require(
        buffer->bytes() == bytes,
        fmt::format("it has {} bytes, its type {}", buffer->bytes(), bytes));
    checkSlice(buffer->offset(), bytes);
  }

  void checkParameters() {
    std::set<std::string_view> names;
    std::vector<const fb::Buffer *> inOrder;
    for (size_t i = 0; i < sizeOf(tables.parameters()); ++i) {
      const fb::Parameter *parameter = tables.parameters()->Get(i);
      const fb::Buffer *buffer = parameter->buffer();
      Scope scope(*this, fmt::format("parameter {} `{}`", i,
                                     buffer ? text(buffer->name()) : ""));
      checkBuffer(buffer);
      require(names.insert(text(buffer->name())).second,
              "another has this name");
      checkSizes(parameter->shape(), "its shape for files");
      if (sizeOf(parameter->shape())) {
        double elements = 1, forFiles = 1; // exact to 2^53, never overflow
        for (int64_t size : readType(*buffer->type()).shape)
          elements *= static_cast<double>(size);
        for (int64_t size : *parameter->shape())
          forFiles *= static_cast<double>(size);
        require(elements == forFiles,
                "its shape for files has another number of elements");
      }
      inOrder.push_back(buffer);
    }
    std::ranges::sort(inOrder, {}, &fb::Buffer::offset);
    for (size_t i = 1; i < inOrder.size(); ++i)
      require(inOrder[i - 1]->offset() + inOrder[i - 1]->bytes() <=
                  inOrder[i]->offset(),
              fmt::format("parameters `{}` and `{}` overlap",
                          text(inOrder[i - 1]->name()),
                          text(inOrder[i]->name())));
  }

  void checkProgram(const fb::Program &program) {
    require(program.batch() >= 0, "its batch is below 0");
    std::set<std::string_view> names;
    for (auto *buffers : {program.inputs(), program.outputs()})
      for (size_t i = 0; i < sizeOf(buffers); ++i) {
        const fb::Buffer *buffer = buffers->Get(i);
        std::string_view name = text(buffer->name());
        Scope scope(
            *this, fmt::format("{} `{}`",
                               buffers == program.inputs() ? "input" : "output",
                               name));
        checkBuffer(buffer);
        require(names.insert(name).second, "another has this name");
        const TensorType state{ElementType::I32, {stateWords}, ""};
        if (buffers == program.inputs() && name == argument::state)
          require(readType(*buffer->type()) == state,
                  "a run's state is " + toString(state));
      }
    for (size_t i = 0; i < sizeOf(program.launches()); ++i) {
      const fb::Launch *launch = program.launches()->Get(i);
      Scope scope(*this, fmt::format("launch {} of layer `{}`", i,
                                     text(launch->layer())));
      checkString(launch->layer(), "its layer's name");
      checkLaunch(*launch);
    }
  }

  void checkLaunch(const fb::Launch &launch) {
    checkPlace(launch.arguments());
    for (size_t i = 0; i < sizeOf(launch.arguments()); ++i) {
      Scope scope(*this, fmt::format("argument {}", i));
      const fb::Slice *slice = launch.arguments()->Get(i);
      checkSlice(slice->offset(), slice->bytes());
    }
    if (const fb::Kernel *kernel = launch.work_as_Kernel())
      return checkKernel(*kernel, launch);
    if (const fb::Graph *graph = launch.work_as_Graph())
      return checkGraph(*graph, launch);
    const fb::Primitive *primitive = launch.work_as_Primitive();
    require(primitive && !onGpu(),
            "it is neither a kernel nor a graph, nor a primitive of a CPU's");
    checkPrimitive(*primitive, launch);
  }

  /// What its code takes cannot be read from it, so it is recorded: once for
  /// each launch of it, always the same.
  void checkKernel(const fb::Kernel &kernel, const fb::Launch &launch) {
    std::string_view symbol = text(kernel.symbol());
    checkString(kernel.symbol(), "its kernel's symbol");
    require(!symbol.empty(), "its kernel has no symbol");
    require(sizeOf(tables.code()) > 0, "there is no code for its kernel");
    checkPlace(kernel.bytes());
    checkPlace(kernel.words());
    require(sizeOf(kernel.bytes()) == sizeOf(launch.arguments()),
            fmt::format("{} arguments, its kernel takes {}",
                        sizeOf(launch.arguments()), sizeOf(kernel.bytes())));
    for (size_t i = 0; i < sizeOf(kernel.bytes()); ++i)
      require(kernel.bytes()->Get(i) == 0 ||
                  launch.arguments()->Get(i)->bytes() == kernel.bytes()->Get(i),
              fmt::format("argument {} has {} bytes, its kernel takes {}", i,
                          launch.arguments()->Get(i)->bytes(),
                          kernel.bytes()->Get(i)));
    std::vector<uint64_t> bytes;
    if (kernel.bytes())
      bytes.assign(kernel.bytes()->begin(), kernel.bytes()->end());
    bytes.push_back(sizeOf(kernel.words()));
    auto [first, isFirst] = kernels.try_emplace(symbol, bytes);
    require(isFirst || first->second == bytes,
            fmt::format("kernel `{}` takes something else in another launch",
                        symbol));
    require(!onGpu() ||
                (kernel.blocks() >= 1 && kernel.blocks() <= maxNumber - 1 &&
                 kernel.threads() >= 1 && kernel.threads() <= 1024),
            "its kernel has no grid");
  }

  bool onGpu() const { return text(tables.target()) == "cuda"; }

  void checkPlans() {
    require(sizeOf(tables.graphs()) == 0 || onGpu(),
            "plans of cuDNN's, but no GPU");
    for (size_t i = 0; i < sizeOf(tables.graphs()); ++i) {
      Scope scope(*this, fmt::format("plan {}", i));
      const fb::PlannedGraph *plan = tables.graphs()->Get(i);
      for (auto [string, what] :
           {std::pair(plan->description(), "its description"),
            {plan->engine(), "its engine"},
            {plan->plan(), "its plan"}})
        checkString(string, what);
      require(!text(plan->engine()).empty() && !text(plan->plan()).empty(),
              "it is none");
      require(plan->workspace_bytes() <= maxArena,
              "its workspace is too large");
      try {
        specs.push_back(cuda::parseGraph(text(plan->description())));
      } catch (const Error &error) {
        require(false, error.what());
      }
    }
  }

  void checkGraph(const fb::Graph &graph, const fb::Launch &launch) {
    require(graph.planned() < specs.size(), "there is no plan for its graph");
    const fb::PlannedGraph &plan = *tables.graphs()->Get(graph.planned());
    std::vector<uint64_t> bytes;
    for (const cuda::GraphTensor &tensor : specs[graph.planned()].tensors)
      if (!tensor.isVirtual)
        bytes.push_back(static_cast<uint64_t>(tensor.bytes()));
    if (plan.workspace_bytes() > 0)
      bytes.push_back(plan.workspace_bytes());
    require(bytes.size() == sizeOf(launch.arguments()),
            fmt::format("its graph takes {} arguments, it has {}", bytes.size(),
                        sizeOf(launch.arguments())));
    for (size_t i = 0; i < bytes.size(); ++i)
      require(launch.arguments()->Get(i)->bytes() == bytes[i],
              fmt::format("argument {} has {} bytes, its graph wants {}", i,
                          launch.arguments()->Get(i)->bytes(), bytes[i]));
  }

  void checkPrimitive(const fb::Primitive &primitive,
                      const fb::Launch &launch) {
    require(isInRange(primitive.kind()) && isInRange(primitive.propagation()),
            "a kind of primitive out of range");
    checkString(primitive.implementation(), "its implementation");
    require(!text(primitive.implementation()).empty(),
            "no implementation is recorded");
    require(std::isfinite(primitive.epsilon()) && primitive.epsilon() >= 0,
            "the epsilon of a normalisation is at least 0");
    checkWindow(primitive);
    checkTensors(primitive, findSlices(primitive, launch));
    checkRoles(primitive);
  }

  void checkWindow(const fb::Primitive &primitive) {
    for (auto [numbers, least] : {std::pair(primitive.window(), 1),
                                  {primitive.stride(), 1},
                                  {primitive.dilation(), 1},
                                  {primitive.padding(), 0}}) {
      checkPlace(numbers);
      require(sizeOf(numbers) == 0 || sizeOf(numbers) == 2,
              "a window has two sizes");
      for (size_t i = 0; i < sizeOf(numbers); ++i)
        require(numbers->Get(i) >= least && numbers->Get(i) <= maxNumber,
                fmt::format("a window's number is {}", numbers->Get(i)));
    }
  }

  /// Where each role's argument is; null for a role without one.
  using Slices = std::array<const fb::Slice *, countOf<cpu::Role>>;

  Slices findSlices(const fb::Primitive &primitive, const fb::Launch &launch) {
    require(sizeOf(primitive.roles()) == sizeOf(launch.arguments()),
            fmt::format("{} roles for {} arguments", sizeOf(primitive.roles()),
                        sizeOf(launch.arguments())));
    Slices slices{};
    for (size_t i = 0; i < sizeOf(primitive.roles()); ++i) {
      cpu::Role role = primitive.roles()->Get(i);
      require(isInRange(role), "a role out of range");
      const fb::Slice *&slice = slices[static_cast<size_t>(role)];
      require(!slice, "two arguments have one role");
      slice = launch.arguments()->Get(i);
    }
    return slices;
  }

  /// A tensor for each argument but the library's own memory, which has none.
  void checkTensors(const fb::Primitive &primitive, const Slices &slices) {
    cpu::RoleSet used;
    for (size_t i = 0; i < sizeOf(primitive.tensors()); ++i) {
      const fb::Tensor *tensor = primitive.tensors()->Get(i);
      Scope scope(*this, fmt::format("tensor {}", i));
      cpu::Role role = tensor->role();
      require(isInRange(role) && !cpu::isLibraryMemory(role),
              "its role is none of a tensor");
      const fb::Slice *slice = slices[static_cast<size_t>(role)];
      require(slice, "it has no argument");
      require(!used.contains(role), "another has its role");
      used.insert(role);
      uint64_t bytes = checkType(tensor->type());
      require(slice->bytes() >= bytes,
              fmt::format("its argument has {} bytes, its type {}",
                          slice->bytes(), bytes));
    }
    for (cpu::Role role : valuesOf<cpu::Role>)
      require(!slices[static_cast<size_t>(role)] || used.contains(role) ||
                  cpu::isLibraryMemory(role),
              "an argument has no tensor");
  }

  /// The roles are those that its kind has in its direction.
  void checkRoles(const fb::Primitive &primitive) {
    const cpu::PrimitiveRoles *roles =
        cpu::findRoles(primitive.kind(), primitive.propagation());
    require(roles, fmt::format("there is no {} of {}",
                               keyword<' '>(primitive.propagation()),
                               keyword<' '>(primitive.kind())));
    require(roles->fusesRelu || !primitive.relu(), "it cannot fuse a relu");
    cpu::RoleSet given;
    for (size_t i = 0; i < sizeOf(primitive.roles()); ++i)
      given.insert(primitive.roles()->Get(i));
    for (cpu::Role role : valuesOf<cpu::Role>) {
      require(given.contains(role) ||
                  !roles->needs(role, primitive.relu(), given),
              fmt::format("it has no argument {}", keyword<' '>(role)));
      require(!given.contains(role) ||
                  roles->takes(role, primitive.relu(), given),
              fmt::format("it takes no argument {}", keyword<' '>(role)));
    }
  }

  const fb::Executable &tables;
  std::vector<std::string> path;
  std::map<std::string_view, std::vector<uint64_t>> kernels;
  std::vector<cuda::GraphSpec> specs; // of the plans
};

} // namespace

void checkTables(const fb::Executable &tables) { Checker(tables).check(); }

} // namespace netc::runtime
