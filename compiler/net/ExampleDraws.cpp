// Words of Philox as numbers.
#include "compiler/net/ExampleDraws.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

Value net::toIndex(ElementEmitter &emitter, Value word) {
  OpBuilder &b = emitter.builder;
  return b.create<arith::IndexCastOp>(emitter.location, b.getIndexType(), word);
}

ExampleDraws::ExampleDraws(ElementEmitter &emitter, Value samples, Value state,
                           StringRef path, Value example)
    : emitter(emitter), key(emitStreamKey(emitter, state, path)),
      sample(emitter.elementAt(samples, {example})),
      epoch(emitter.stateWord(state, runtime::StateWord::Epoch)) {}

std::array<Value, 4> ExampleDraws::block(Value number) {
  return emitPhilox(emitter, {sample, number, epoch, emitter.constantInt(0)},
                    key);
}

Value ExampleDraws::isBelow(Value word, double rate) {
  return emitter.builder.create<arith::CmpFOp>(
      emitter.location, arith::CmpFPredicate::OLT, emitUniform(emitter, word),
      emitter.constant(rate));
}

Value ExampleDraws::below(Value word, Value count) {
  return emitter.builder
      .create<arith::MulUIExtendedOp>(emitter.location, word, count)
      .getHigh();
}

Value ExampleDraws::between(Value word, double low, double high) {
  OpBuilder &b = emitter.builder;
  Value scaled =
      b.create<arith::MulFOp>(emitter.location, emitUniform(emitter, word),
                              emitter.constant(high - low));
  return b.create<arith::AddFOp>(emitter.location, scaled,
                                 emitter.constant(low));
}
