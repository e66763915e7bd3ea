// Gathering, deciding, applying.
#include "compiler/select/ProgramSelection.h"

#include "compiler/select/Assignment.h"

#include "llvm/Support/FormatVariadic.h"

#include <cmath>
#include <map>

using namespace mlir;
using namespace netc;
using namespace netc::net;
using namespace netc::select;

/// Of an op's operands that may lie in several ways, so many combinations are
/// tried; beyond them only the first way of each.
static constexpr size_t mostCombinations = 16;

static void setLayout(Value value, StringRef tag) {
  if (auto type = dyn_cast<RankedTensorType>(value.getType()))
    value.setType(withLayout(type, tag));
}

/// What LowerToKernel makes of buffers alone: no target is asked for it.
static bool isStructural(Operation *op) {
  return isa<ReshapeOp, WriteParameterOp, func::ReturnOp>(op);
}

// Parameters.

ParameterLayouts::ParameterLayouts(ModuleOp module, TargetInterface target) {
  for (auto parameter : module.getOps<ParameterOp>()) {
    numbers[parameter.getSymNameAttr()] = entries.size();
    Entry &entry = entries.emplace_back();
    entry.op = parameter;
    entry.layouts.push_back(net::layoutOf(parameter.getType()).str());
  }
  for (Entry &entry : entries)
    if (auto layout = target.getParameterLayout(entry.op)) {
      settle(entry, *layout);
      entry.layouts = {*layout};
      entry.isSettled = true;
    }
}

ParameterLayouts::Entry *ParameterLayouts::find(StringAttr name) {
  auto found = numbers.find(name);
  return found == numbers.end() ? nullptr : &entries[found->second];
}

ParameterLayouts::Entry *ParameterLayouts::find(Value value) {
  auto read = value.getDefiningOp<ReadParameterOp>();
  return read ? find(read.getParameterAttr().getAttr()) : nullptr;
}

void ParameterLayouts::settle(Entry &entry, StringRef layout) {
  auto type = withLayout(cast<RankedTensorType>(entry.op.getType()), layout);
  entry.op.setType(type);
  for (Entry &other : entries)
    if (FlatSymbolRefAttr owner = other.op.getStateOfAttr();
        owner && owner.getAttr() == entry.op.getSymNameAttr()) {
      other.op.setType(type);
      other.layouts = {layout.str()};
      other.isSettled = true;
    }
}

// Gathering.

namespace netc::select {
/// Values as the candidates gathered so far leave them, an op's operands as one
/// combination has them.
class Hypothesis : public Situation {
public:
  explicit Hypothesis(ProgramSelection &selection) : selection(selection) {}

  StringRef layoutOf(Value value) const override {
    if (auto found = assumed.find(value); found != assumed.end())
      return found->second;
    if (auto *entry = selection.parameters.find(value))
      return entry->layouts.front();
    Operation *maker = value.getDefiningOp();
    auto number = selection.numbers.find(maker);
    if (!maker || number == selection.numbers.end())
      return net::layoutOf(value.getType());
    return selection.nodes[number->second]
        .candidates.front()
        .results[cast<OpResult>(value).getResultNumber()];
  }
  StringRef layoutOf(ParameterOp parameter) const override {
    return selection.parameters.find(parameter.getSymNameAttr())
        ->layouts.front();
  }
  bool isSettled(ParameterOp parameter) const override {
    return selection.parameters.find(parameter.getSymNameAttr())->isSettled;
  }

  llvm::DenseMap<Value, std::string> assumed;

private:
  ProgramSelection &selection;
};
} // namespace netc::select

static void appendNew(SmallVectorImpl<std::string> &list, StringRef text) {
  if (!llvm::is_contained(list, text))
    list.push_back(text.str());
}

SmallVector<std::string> ProgramSelection::alternativesOf(Value value) {
  if (auto *entry = parameters.find(value))
    return entry->layouts;
  Operation *maker = value.getDefiningOp();
  auto number = numbers.find(maker);
  if (!maker || number == numbers.end())
    return {net::layoutOf(value.getType()).str()};
  SmallVector<std::string> layouts;
  unsigned result = cast<OpResult>(value).getResultNumber();
  for (const Candidate &candidate : nodes[number->second].candidates)
    appendNew(layouts, candidate.results[result]);
  return layouts;
}

LogicalResult ProgramSelection::gatherCandidates(Node &node) {
  SmallVector<std::pair<Value, SmallVector<std::string>>> open;
  size_t combinations = 1;
  for (Value operand : node.op->getOperands()) {
    SmallVector<std::string> layouts = alternativesOf(operand);
    bool isNew = llvm::none_of(
        open, [&](const auto &each) { return each.first == operand; });
    if (layouts.size() > 1 && isNew &&
        combinations * layouts.size() <= mostCombinations) {
      combinations *= layouts.size();
      open.emplace_back(operand, std::move(layouts));
    }
  }
  for (size_t combination = 0; combination < combinations; ++combination) {
    Hypothesis hypothesis(*this);
    size_t rest = combination;
    for (auto &[value, layouts] : open) {
      hypothesis.assumed[value] = layouts[rest % layouts.size()];
      rest /= layouts.size();
    }
    SmallVector<Candidate, 1> found;
    if (failed(target.appendCandidates(node.op, hypothesis, found)))
      return failure();
    for (Candidate &candidate : found)
      if (!llvm::is_contained(node.candidates, candidate))
        node.candidates.push_back(std::move(candidate));
  }
  if (node.candidates.empty())
    return node.op->emitOpError("has no kernel on this target");
  return success();
}

/// The first op that a parameter matters to decides how it may lie.
void ProgramSelection::settleParameters(const Node &node) {
  for (OpOperand &operand : node.op->getOpOperands()) {
    auto *entry = parameters.find(operand.get());
    if (!entry || entry->isSettled ||
        !node.candidates.front().settlesParameters)
      continue;
    entry->layouts.clear();
    for (const Candidate &candidate : node.candidates)
      appendNew(entry->layouts, candidate.operands[operand.getOperandNumber()]);
    entry->isSettled = entry->isOfProgram = true;
  }
}

LogicalResult ProgramSelection::gather(Operation &op) {
  if (isa<ReadParameterOp>(op))
    return success();
  Node node{&op, {}, !isStructural(&op), 0};
  if (!node.isRecorded)
    node.candidates.push_back(rowMajor(&op));
  else if (failed(gatherCandidates(node)))
    return failure();
  // What is written to a parameter in place lies as it does.
  if (auto write = dyn_cast<ParameterWriteOpInterface>(op)) {
    auto *entry = parameters.find(write.getParameterAttr().getAttr());
    entry->isSettled = entry->isOfProgram = true;
    unsigned operand = write.getValueMutable().getOperandNumber();
    for (Candidate &candidate : node.candidates)
      candidate.operands[operand] = entry->layouts.front();
  }
  settleParameters(node);
  numbers[&op] = nodes.size();
  nodes.push_back(std::move(node));
  return success();
}

// Deciding.

namespace {
/// The assignment of a program's candidates and its parameters' layouts.
class Decision {
public:
  Decision(TargetInterface target, ParameterLayouts &parameters)
      : target(target), parameters(parameters) {
    for (ParameterLayouts::Entry &entry : parameters.all())
      ofParameters[&entry] =
          assignment.addNode(std::vector<double>(entry.layouts.size()));
  }

  /// A node of the assignment, and for each of its options how a value lies.
  struct End {
    size_t number;
    SmallVector<std::string> layouts;
  };

  /// Adds an op by its candidates. An argument of the program comes as its type
  /// has it: to reorder it is part of their costs.
  size_t addCandidates(Operation *op, ArrayRef<Candidate> candidates) {
    std::vector<double> costs;
    for (const Candidate &candidate : candidates) {
      double cost = candidate.nanoseconds;
      for (auto [operand, layout] :
           llvm::zip(op->getOperands(), candidate.operands))
        if (auto type = dyn_cast<RankedTensorType>(operand.getType());
            type && isa<BlockArgument>(operand) &&
            net::layoutOf(type) != layout)
          cost += target.getReorderCost(type, withLayout(type, layout));
      costs.push_back(cost);
    }
    return assignment.addNode(std::move(costs));
  }
  End endOf(ParameterLayouts::Entry *entry) const {
    return {ofParameters.at(entry), entry->layouts};
  }
  /// Adds what the reorders between two ends of a value of `type` cost.
  void addReorders(const End &maker, const End &reader, RankedTensorType type) {
    if (maker.number == reader.number)
      return;
    Assignment::Matrix costs(maker.layouts.size(),
                             std::vector<double>(reader.layouts.size()));
    for (auto [i, from] : llvm::enumerate(maker.layouts))
      for (auto [j, to] : llvm::enumerate(reader.layouts))
        if (from != to)
          costs[i][j] = target.getReorderCost(withLayout(type, from),
                                              withLayout(type, to));
    assignment.addEdge(maker.number, reader.number, costs);
  }
  /// The option of each node; the parameters keep the layout that is theirs.
  std::vector<size_t> solve() {
    std::vector<size_t> options = assignment.solve();
    for (ParameterLayouts::Entry &entry : parameters.all())
      entry.layouts = {entry.layouts[options[ofParameters.at(&entry)]]};
    return options;
  }

private:
  TargetInterface target;
  ParameterLayouts &parameters;
  Assignment assignment;
  std::map<ParameterLayouts::Entry *, size_t> ofParameters;
};
} // namespace

void ProgramSelection::decide() {
  if (llvm::all_of(
          nodes, [](const Node &node) { return node.candidates.size() == 1; }))
    return;
  Decision decision(target, parameters);
  SmallVector<size_t> places; // of the nodes in the assignment
  for (const Node &node : nodes)
    places.push_back(decision.addCandidates(node.op, node.candidates));
  for (auto [number, node] : llvm::enumerate(nodes)) {
    auto write = dyn_cast<ParameterWriteOpInterface>(node.op);
    for (OpOperand &operand : node.op->getOpOperands()) {
      auto type = dyn_cast<RankedTensorType>(operand.get().getType());
      if (!type)
        continue;
      Decision::End reader{places[number], {}};
      for (const Candidate &candidate : node.candidates)
        reader.layouts.push_back(
            candidate.operands[operand.getOperandNumber()]);
      if (write && &operand == &write.getValueMutable())
        reader =
            decision.endOf(parameters.find(write.getParameterAttr().getAttr()));
      if (auto *entry = parameters.find(operand.get())) {
        decision.addReorders(decision.endOf(entry), reader, type);
        continue;
      }
      auto maker = numbers.find(operand.get().getDefiningOp());
      if (!operand.get().getDefiningOp() || maker == numbers.end())
        continue; // an argument: as it comes, whoever reads it
      Decision::End from{places[maker->second], {}};
      for (const Candidate &candidate : nodes[maker->second].candidates)
        from.layouts.push_back(
            candidate.results[cast<OpResult>(operand.get()).getResultNumber()]);
      decision.addReorders(from, reader, type);
    }
  }
  std::vector<size_t> options = decision.solve();
  for (auto [node, place] : llvm::zip(nodes, places))
    node.chosen = options[place];
}

// Applying.

LogicalResult ProgramSelection::require(OpOperand &operand, StringRef tag) {
  Value value = operand.get();
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || net::layoutOf(type) == tag)
    return success();
  std::pair<Value, StringAttr> key{value,
                                   StringAttr::get(func.getContext(), tag)};
  Value copy = reordered.lookup(key);
  if (!copy) {
    OpBuilder builder(operand.getOwner());
    Location location =
        value.getDefiningOp() ? value.getLoc() : operand.getOwner()->getLoc();
    copy = target.buildReorder(builder, location, withLayout(type, tag), value);
    Node node{copy.getDefiningOp(), {}, /*isRecorded=*/true, 0};
    if (failed(target.appendCandidates(node.op, Situation(), node.candidates)))
      return failure();
    assert(node.candidates.front().results[0] == tag &&
           "a reorder gives the layout that it was made for");
    std::string reader = operand.getOwner()->getName().getStringRef().str();
    if (auto name = dyn_cast<NameLoc>(operand.getOwner()->getLoc()))
      reader = llvm::formatv("{0} of `{1}`", reader, name.getName().getValue());
    for (Candidate &candidate : node.candidates)
      candidate.reason =
          llvm::formatv("{0} reads it in {1}", reader,
                        tag.empty() ? StringRef("row-major order") : tag);
    if (failed(apply(node)))
      return failure();
    reordered[key] = copy;
  }
  operand.set(copy);
  return success();
}

static std::string nameOf(const Candidate &candidate) {
  return candidate.implementation.empty() ? candidate.engine
                                          : candidate.implementation;
}

/// The reason of the candidate, and what the others would have cost where there
/// was a choice.
static std::string reasonOf(ArrayRef<Candidate> candidates, size_t chosen) {
  std::string reason = candidates[chosen].reason;
  for (auto [number, other] : llvm::enumerate(candidates))
    if (number != chosen)
      reason += llvm::formatv(
          "; {0} would cost {1:f0} ns for {2:f0}, before reorders",
          nameOf(other), other.nanoseconds, candidates[chosen].nanoseconds);
  return reason;
}

/// The operands of an op, what is made first in front: so are its reorders.
static SmallVector<OpOperand *> inOrderOfMaking(Operation *op) {
  SmallVector<OpOperand *> operands;
  for (OpOperand &operand : op->getOpOperands())
    operands.push_back(&operand);
  llvm::stable_sort(operands, [](OpOperand *a, OpOperand *b) {
    Operation *first = a->get().getDefiningOp();
    Operation *second = b->get().getDefiningOp();
    if (!first || !second)
      return !first && second;
    return first->isBeforeInBlock(second);
  });
  return operands;
}

LogicalResult ProgramSelection::apply(Node &node) {
  Candidate &candidate = node.candidates[node.chosen];
  if (auto write = dyn_cast<ParameterWriteOpInterface>(node.op))
    candidate.operands[write.getValueMutable().getOperandNumber()] =
        parameters.find(write.getParameterAttr().getAttr())->layouts.front();
  for (OpOperand *operand : inOrderOfMaking(node.op))
    if (failed(
            require(*operand, candidate.operands[operand->getOperandNumber()])))
      return failure();
  for (auto [result, layout] :
       llvm::zip(node.op->getResults(), candidate.results))
    setLayout(result, layout);
  if (auto fused = dyn_cast<FusedOp>(node.op)) {
    for (auto [argument, input] :
         llvm::zip(fused.getBody().getArguments(), fused.getInputs()))
      argument.setType(input.getType());
    for (Operation &inner : fused.getBody().front().without_terminator())
      setLayout(inner.getResult(0), candidate.results[0]);
  }
  if (node.isRecorded)
    node.op->setAttr(
        kernel::choiceAttrName,
        kernel::ChoiceAttr::get(
            func.getContext(), candidate.engine, candidate.implementation,
            candidate.scratchBytes, candidate.workspaceBytes,
            static_cast<int64_t>(std::llround(candidate.nanoseconds)),
            reasonOf(node.candidates, node.chosen)));
  return success();
}

LogicalResult ProgramSelection::apply() {
  for (ParameterLayouts::Entry &entry : parameters.all())
    if (std::exchange(entry.isOfProgram, false))
      parameters.settle(entry, entry.layouts.front());
  for (auto read : func.getOps<ReadParameterOp>())
    setLayout(read.getValue(),
              parameters.find(read.getValue())->layouts.front());
  for (Node &node : nodes)
    if (failed(apply(node)))
      return failure();
  func.setType(FunctionType::get(
      func.getContext(), func.getBody().getArgumentTypes(),
      func.getBody().front().getTerminator()->getOperandTypes()));
  return success();
}

/// Whether every tensor of an op has a shape, without which nothing lies
/// anywhere; reported if not.
static bool hasShapes(Operation &op) {
  auto isUnranked = [](Type type) { return isa<UnrankedTensorType>(type); };
  if (llvm::none_of(op.getOperandTypes(), isUnranked) &&
      llvm::none_of(op.getResultTypes(), isUnranked))
    return true;
  op.emitOpError("expected shapes that are inferred");
  return false;
}

LogicalResult ProgramSelection::run() {
  for (Operation &op : func.getBody().front())
    if (!hasShapes(op) || failed(gather(op)))
      return failure();
  decide();
  return apply();
}
