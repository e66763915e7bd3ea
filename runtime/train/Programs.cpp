// Training's view of an executable, checked once, and of its executor.
#include "runtime/train/Programs.h"

#include "runtime/Contract.h"
#include "runtime/TensorType.h"

#include <array>
#include <cassert>
#include <cstring>
#include <deque>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netc::runtime::train {
namespace {

std::string text(const flatbuffers::String *string) {
  return string ? string->str() : std::string();
}

std::vector<int64_t> numbers(const flatbuffers::Vector<int64_t> *vector) {
  return vector ? std::vector<int64_t>(vector->begin(), vector->end())
                : std::vector<int64_t>();
}

[[noreturn]] void fail(const Executable &executable, const std::string &what) {
  throw Error(fmt::format("the executable of network `{}` cannot be run: {}",
                          text(executable.tables().network()), what));
}

using Buffers = flatbuffers::Vector<flatbuffers::Offset<fb::Buffer>>;

const fb::Buffer *find(const Buffers *buffers, std::string_view name) {
  if (buffers)
    for (const fb::Buffer *buffer : *buffers)
      if (buffer->name() && buffer->name()->string_view() == name)
        return buffer;
  return nullptr;
}

void checkBuffer(const Executable &executable, const fb::Program &program,
                 const Buffers *buffers, std::string_view name,
                 ElementType element, const std::vector<int64_t> &shape) {
  const fb::Buffer *buffer = find(buffers, name);
  if (!buffer)
    fail(executable, fmt::format("its program `{}` has no `{}`",
                                 text(program.name()), name));
  if (!buffer->type() || buffer->type()->element() != element ||
      numbers(buffer->type()->shape()) != shape)
    fail(executable, fmt::format("`{}` of its program `{}` is not {} [{}]",
                                 name, text(program.name()), nameOf(element),
                                 fmt::join(shape, ", ")));
}

/// The labels of one example in a program; what takes none has none.
struct ProgramLabels {
  data::LabelKind kind;
  std::vector<int64_t> shape;
};
std::optional<ProgramLabels> labelsOf(const fb::Program &program) {
  const fb::Buffer *labels = find(program.inputs(), argument::labels);
  if (!labels || !labels->type())
    return std::nullopt;
  std::vector<int64_t> shape = numbers(labels->type()->shape());
  if (!shape.empty())
    shape.erase(shape.begin()); // the batch
  return ProgramLabels{labels->type()->element() == ElementType::F32
                           ? data::LabelKind::Numbers
                           : data::LabelKind::Classes,
                       shape};
}

/// The batch of a program that has what the training loop gives and takes, with
/// labels as the full training step has them, and pixels unless they come from
/// a set that it keeps.
int64_t checkProgram(const Executable &executable, const fb::Program &program,
                     const std::optional<ProgramLabels> &expected,
                     bool keepsDataset) {
  int64_t batch = program.batch();
  if (batch <= 0)
    fail(executable,
         fmt::format("its program `{}` has no batch", text(program.name())));
  std::vector<int64_t> pixels = numbers(executable.tables().input_shape());
  pixels.insert(pixels.begin(), batch);
  auto check = [&](const Buffers *buffers, std::string_view name,
                   ElementType element, const std::vector<int64_t> &shape) {
    checkBuffer(executable, program, buffers, name, element, shape);
  };
  if (!keepsDataset)
    check(program.inputs(), argument::pixels,
          executable.tables().input_element(), pixels);
  if (expected) {
    std::vector<int64_t> labels = expected->shape;
    labels.insert(labels.begin(), batch);
    check(program.inputs(), argument::labels,
          expected->kind == data::LabelKind::Numbers ? ElementType::F32
                                                     : ElementType::I32,
          labels);
  }
  // Random transforms ask for them, and what gathers from a set.
  if (keepsDataset || find(program.inputs(), argument::samples))
    check(program.inputs(), argument::samples, ElementType::I32, {batch});
  check(program.outputs(), argument::loss, ElementType::F32, {batch});
  if (find(program.outputs(),
           argument::correct)) // not every loss has an accuracy
    check(program.outputs(), argument::correct, ElementType::I32, {batch});
  return batch;
}

/// The shape of one example's output, as `evaluate` gives it.
std::vector<int64_t> outputShapeOf(const Executable &executable,
                                   const fb::Program &evaluate,
                                   const Model &model) {
  const fb::Buffer *output = find(evaluate.outputs(), argument::output);
  std::vector<int64_t> shape;
  if (output && output->type())
    shape = numbers(output->type()->shape());
  if (shape.size() < 2)
    fail(executable, fmt::format("its program `{}` has no `{}`",
                                 program::evaluate, argument::output));
  checkBuffer(executable, evaluate, evaluate.outputs(), argument::output,
              ElementType::F32, shape);
  if (!text(output->type()->layout()).empty())
    fail(executable, fmt::format("the `{}` of its program `{}` is in blocks",
                                 argument::output, program::evaluate));
  int64_t batch = shape[0], first = shape[1];
  std::vector<int64_t> rest(shape.begin() + 2, shape.end());
  bool isNumbers = model.labelKind == data::LabelKind::Numbers;
  if (isNumbers)
    rest.insert(rest.begin(), first);
  bool isMoved = find(evaluate.outputs(), argument::outputLabels) != nullptr;
  if (isMoved) { // transforms make the output's labels of those given
    std::vector<int64_t> labels = rest;
    labels.insert(labels.begin(), batch);
    checkBuffer(executable, evaluate, evaluate.outputs(),
                argument::outputLabels, ElementType::I32, labels);
  }
  bool fits = batch == model.evaluateBatch &&
              (!model.takesLabels || isMoved || rest == model.labelShape) &&
              !(isNumbers && model.classes != 0) &&
              (model.classes == 0 || first == 1 || first == model.classes);
  if (!fits)
    fail(executable, fmt::format("the `{}` of its program `{}` is [{}], which "
                                 "does not go with its labels",
                                 argument::output, program::evaluate,
                                 fmt::join(shape, ", ")));
  shape.erase(shape.begin());
  return shape;
}

ParameterInfo readParameterInfo(const Executable &executable,
                                const fb::Parameter &parameter) {
  const fb::Buffer &buffer = *parameter.buffer();
  ParameterInfo info;
  info.name = text(buffer.name());
  info.trainable = parameter.trainable();
  info.isStatistic = parameter.statistic();
  std::vector<int64_t> stored = numbers(buffer.type()->shape());
  info.shape = numbers(parameter.shape());
  if (info.shape.empty())
    info.shape = stored;
  if (buffer.type()->element() != ElementType::F32 && info.isSaved())
    fail(executable, fmt::format("parameter `{}` is not float32", info.name));
  assert(elementCount(info.shape) == elementCount(stored) &&
         "checked when the executable was read");
  return info;
}

/// Which parameter is the training set.
std::optional<size_t> findDataset(const Executable &executable,
                                  const Model &model) {
  std::optional<size_t> found;
  const auto *parameters = executable.tables().parameters();
  for (size_t i = 0; parameters && i < parameters->size(); ++i) {
    const fb::Parameter &parameter = *parameters->Get(i);
    if (!parameter.dataset())
      continue;
    std::vector<int64_t> shape = model.inputShape;
    shape.insert(shape.begin(), model.examples);
    const fb::TensorType &type = *parameter.buffer()->type();
    if (found || model.examples <= 0 || parameter.trainable() ||
        parameter.statistic() || type.element() != model.inputElement ||
        numbers(type.shape()) != shape || !text(type.layout()).empty())
      fail(executable, fmt::format("`{}` does not hold its {} examples",
                                   model.parameters[i].name, model.examples));
    found = i;
  }
  return found;
}

/// Which parameters a table's columns are standardised by: both, or neither.
std::optional<std::pair<size_t, size_t>>
findScaling(const Executable &executable, const Model &model) {
  std::array<std::optional<size_t>, 2> found;
  for (size_t i = 0; i < model.parameters.size(); ++i) {
    const ParameterInfo &parameter = model.parameters[i];
    bool isMean = parameter.name == parameter::mean;
    if (!isMean && parameter.name != parameter::deviation)
      continue;
    if (!parameter.isStatistic || parameter.shape != model.inputShape)
      fail(executable,
           fmt::format("`{}` is no statistic of its columns", parameter.name));
    found[isMean ? 0 : 1] = i;
  }
  if (found[0].has_value() != found[1].has_value())
    fail(executable, fmt::format("it has only one of `{}` and `{}`",
                                 parameter::mean, parameter::deviation));
  if (!found[0])
    return std::nullopt;
  return std::pair(*found[0], *found[1]);
}

class ExecutorPrograms final : public Programs {
public:
  explicit ExecutorPrograms(Executor &executor)
      : executor(executor), description(readModel(executor.executable())) {}

  const Model &model() const override { return description; }

  void initialize(const RunState &state) override {
    executor.run(program::initialize, state);
  }

  void keepDataset(const data::Examples &examples, int workers) override {
    size_t index = description.dataset.value();
    if (!examples.decode) {
      executor.writeParameterBytes(index, 0,
                                   std::as_bytes(std::span(examples.pixels)));
      return;
    }
    constexpr int64_t rows = 64; // decoded at a time by each worker
    data::Loader loader(examples, rows, workers);
    loader.start(data::Order::Sequential, /*seed=*/0, /*epoch=*/0);
    uint64_t first = 0;
    while (const data::Batch *batch = loader.next()) {
      auto bytes = static_cast<size_t>(batch->size * examples.exampleBytes);
      executor.writeParameterBytes(
          index, first, std::as_bytes(std::span(batch->pixels).first(bytes)));
      first += bytes;
    }
  }

  Outputs run(std::string_view program, const RunState &state,
              const data::Batch &batch) override {
    start(program, state, batch);
    return finish();
  }

  int64_t depth() const override { return executor.depth(); }

  void start(std::string_view program, const RunState &state,
             const data::Batch &batch) override {
    const fb::Program *tables = executor.executable().program(program);
    if (find(tables->inputs(), argument::pixels))
      setPixels(*tables, program, batch);
    if (description.takesLabels) {
      if (description.labelKind == data::LabelKind::Numbers)
        setRows(program, argument::labels, batch.numbers);
      else
        setRows(program, argument::labels, batch.labels);
    }
    if (find(tables->inputs(), argument::samples))
      setRows(program, argument::samples, batch.samples);
    executor.start(program, state);
    underWay.push_back(tables);
  }

  Outputs finish() override {
    assert(!underWay.empty() && "nothing was started");
    const fb::Program *tables = underWay.front();
    underWay.pop_front();
    executor.finish();
    std::string_view program = tables->name()->string_view();
    Outputs outputs{output<float>(program, argument::loss), {}, {}, {}};
    if (find(tables->outputs(), argument::correct))
      outputs.correct = output<int32_t>(program, argument::correct);
    if (find(tables->outputs(), argument::output))
      outputs.output = output<float>(program, argument::output);
    if (find(tables->outputs(), argument::outputLabels))
      outputs.labels = output<int32_t>(program, argument::outputLabels);
    return outputs;
  }

  void readParameter(size_t index,
                     std::span<std::byte> rowMajor) const override {
    executor.readParameter(index, rowMajor);
  }
  void writeParameter(size_t index,
                      std::span<const std::byte> rowMajor) override {
    executor.writeParameter(index, rowMajor);
  }
  uint64_t allocatedBytes() const override { return executor.allocatedBytes(); }

private:
  void setPixels(const fb::Program &tables, std::string_view program,
                 const data::Batch &batch) {
    std::span<std::byte> pixels = executor.input(program, argument::pixels);
    const fb::TensorType &type =
        *find(tables.inputs(), argument::pixels)->type();
    if (!type.layout() || type.layout()->size() == 0) {
      assert(pixels.size() <= batch.pixels.size());
      std::memcpy(pixels.data(), batch.pixels.data(), pixels.size());
      return;
    }
    TensorType layout{description.inputElement, numbers(type.shape()),
                      type.layout()->str()};
    toLayout(layout, batch.pixels.data(), pixels.data());
  }

  /// The first rows of a batch, as many as the program takes.
  template <typename T>
  void setRows(std::string_view program, std::string_view name,
               const std::vector<T> &rows) {
    std::span<std::byte> bytes = executor.input(program, name);
    assert(bytes.size() <= rows.size() * sizeof(T));
    std::memcpy(bytes.data(), rows.data(), bytes.size());
  }

  template <typename T>
  std::span<const T> output(std::string_view program,
                            std::string_view name) const {
    std::span<const std::byte> bytes = executor.output(program, name);
    return {reinterpret_cast<const T *>(bytes.data()),
            bytes.size() / sizeof(T)};
  }

  Executor &executor;
  Model description;
  std::deque<const fb::Program *> underWay; // in the order of their starts
};

} // namespace

int64_t elementCount(const std::vector<int64_t> &shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

int64_t placesOf(const Model &model) {
  int64_t places = 1;
  for (size_t d = 1; d < model.outputShape.size(); ++d)
    places *= model.outputShape[d];
  return places;
}

Model readModel(const Executable &executable) {
  const fb::Executable &tables = executable.tables();
  Model model;
  model.network = text(tables.network());
  model.source = text(tables.source());
  model.target = text(tables.target());
  model.isa = text(tables.isa());
  model.threads = tables.threads();
  model.inputShape = numbers(tables.input_shape());
  model.inputElement = tables.input_element();
  model.coversInput = tables.covers_input();
  model.classes = tables.classes();
  model.examples = tables.examples();
  model.epochs = tables.epochs();
  model.learningRate = tables.learning_rate();
  model.loss = tables.loss();
  if (const fb::Schedule *schedule = tables.schedule())
    model.schedule = {schedule->kind(), schedule->every(), schedule->factor(),
                      schedule->least(), schedule->warmup()};
  model.expectations = readExpectations(tables);

  auto require = [&](std::string_view name) {
    const fb::Program *program = executable.program(name);
    if (!program)
      fail(executable, fmt::format("it has no program `{}`", name));
    return program;
  };
  require(program::initialize);
  const fb::Program &evaluation = *require(program::evaluate);
  const fb::Program *step = executable.program(program::trainStep);
  auto labels = labelsOf(step ? *step : evaluation);
  model.takesLabels = labels.has_value();
  if (labels) {
    model.labelKind = labels->kind;
    model.labelShape = labels->shape;
  }
  if (tables.parameters())
    for (const fb::Parameter *parameter : *tables.parameters())
      model.parameters.push_back(readParameterInfo(executable, *parameter));
  model.dataset = findDataset(executable, model);
  bool keeps = model.dataset.has_value();
  model.scaling = findScaling(executable, model);
  model.evaluateBatch =
      checkProgram(executable, evaluation, labels, /*keepsDataset=*/false);
  model.outputShape = outputShapeOf(executable, evaluation, model);
  if (step)
    model.batch = checkProgram(executable, *step, labels, keeps);
  if (const fb::Program *last = executable.program(program::trainLastStep)) {
    model.lastBatch = checkProgram(executable, *last, labels, keeps);
    if (model.lastBatch >= model.batch)
      fail(executable, "its last batch is not smaller than the others");
  }
  return model;
}

data::PictureFormat pictureFormat(const Model &model) {
  const std::vector<int64_t> &shape = model.inputShape;
  data::PictureFormat format;
  if (shape.size() == 3)
    format = {shape[0], {shape[1], shape[2]}, data::Fit::Stretch};
  if (model.coversInput)
    format.fit = data::Fit::Cover;
  format.bits = model.inputElement == ElementType::U16 ? 16 : 8;
  return format;
}

data::LabelFormat labelFormat(const Model &model) {
  data::LabelFormat labels;
  labels.classes = model.classes;
  if (!model.takesLabels)
    return labels;
  if (model.labelKind == data::LabelKind::Numbers)
    labels.numbers = model.labelShape;
  else
    labels.shape = model.labelShape;
  return labels;
}

void checkDataset(const Model &model, const data::DatasetInfo &dataset,
                  bool training) {
  if (dataset.shape != model.inputShape)
    throw Error(
        fmt::format("data set `{}` has examples of {}; network `{}` was "
                    "compiled for {}",
                    dataset.name, fmt::join(dataset.shape, "x"), model.network,
                    fmt::join(model.inputShape, "x")));
  if (dataset.element != model.inputElement)
    throw Error(fmt::format("data set `{}` has elements of {}; network `{}` "
                            "was compiled for {}",
                            dataset.name, keyword(dataset.element),
                            model.network, keyword(model.inputElement)));
  if (model.scaling.has_value() != (dataset.scaling != nullptr))
    throw Error(fmt::format(
        "data set `{}` is {} table; network `{}` was compiled for {}",
        dataset.name, dataset.scaling ? "a" : "no", model.network,
        model.scaling ? "one, whose columns it standardises"
                      : "examples that it takes as they are"));
  data::requireLabels(dataset, model.network, labelFormat(model));
  if (dataset.ignoresLabel && model.loss != Loss::SoftmaxCrossEntropy)
    throw Error(fmt::format("data set `{}` ignores a label, which only "
                            "`SoftmaxCrossEntropy` can; network `{}` has "
                            "another loss",
                            dataset.name, model.network));
  if (!training)
    return;
  if (model.batch == 0)
    throw Error(fmt::format("the executable of network `{}` cannot train: it "
                            "was made to evaluate and predict",
                            model.network));
  if (model.examples != 0 && dataset.trainExamples != model.examples)
    throw Error(fmt::format("data set `{}` has {} training examples; network "
                            "`{}` was compiled for {}",
                            dataset.name, dataset.trainExamples, model.network,
                            model.examples));
  int64_t rest = dataset.trainExamples % model.batch;
  if (rest != 0 && rest != model.lastBatch)
    throw Error(fmt::format(
        "the last batch of data set `{}` has {} examples ({} in batches of "
        "{}); network `{}` was compiled for {}",
        dataset.name, rest, dataset.trainExamples, model.batch, model.network,
        model.lastBatch == 0 ? "whole batches only"
                             : fmt::format("{}", model.lastBatch)));
}

std::unique_ptr<Programs> programsOf(Executor &executor) {
  return std::make_unique<ExecutorPrograms>(executor);
}

} // namespace netc::runtime::train
