// `net.recompute = [array<i64: 12, 3, 4>]`: before the gradient of op 12 the
// ops 3 and 4 run again.
#include "compiler/passes/Differentiation.h"

using namespace mlir;
using namespace netc::net;

RunsAgain::RunsAgain(MinimizeOp minimize) {
  auto entries = minimize->getAttrOfType<ArrayAttr>(attribute);
  if (!entries)
    return;
  for (auto entry : entries.getAsRange<DenseI64ArrayAttr>()) {
    ArrayRef<int64_t> numbers = entry.asArrayRef();
    if (!numbers.empty())
      llvm::append_range(ops[numbers.front()], numbers.drop_front());
  }
}

ArrayRef<int64_t> RunsAgain::before(int64_t number) const {
  auto found = ops.find(number);
  return found == ops.end() ? ArrayRef<int64_t>() : found->second;
}

bool RunsAgain::isWithin(int64_t count) const {
  auto isThere = [&](int64_t number) { return number >= 0 && number < count; };
  return llvm::all_of(ops, [&](const auto &entry) {
    return isThere(entry.first) && llvm::all_of(entry.second, isThere);
  });
}

void RunsAgain::set(MinimizeOp minimize) const {
  SmallVector<int64_t> numbers;
  for (const auto &entry : ops)
    numbers.push_back(entry.first);
  llvm::sort(numbers, std::greater<>()); // as the gradients are made
  Builder builder(minimize.getContext());
  SmallVector<Attribute> entries;
  for (int64_t number : numbers) {
    SmallVector<int64_t> entry{number};
    llvm::append_range(entry, before(number));
    entries.push_back(builder.getDenseI64ArrayAttr(entry));
  }
  minimize->setAttr(attribute, builder.getArrayAttr(entries));
}
