// Constants and random numbers for element ops.
#include "compiler/net/ElementEmitter.h"

#include "compiler/net/Lanes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

Type LaneEmitter::widen(Type type) const { return net::widen(type, width); }

Value LaneEmitter::splat(Value scalar) {
  return net::splat(builder, location, scalar, width);
}

Value LaneEmitter::constant(double value) {
  return net::constant(builder, location,
                       builder.getF32FloatAttr(static_cast<float>(value)),
                       width);
}

Value LaneEmitter::constantInt(int64_t value, unsigned bits) {
  auto number = builder.getIntegerAttr(
      builder.getIntegerType(bits), APInt(bits, static_cast<uint64_t>(value)));
  return net::constant(builder, location, number, width);
}

Value netc::net::toDouble(LaneEmitter &emitter, Value x) {
  return emitter.builder.create<arith::ExtFOp>(emitter.location,
                                               emitter.builder.getF64Type(), x);
}

Value netc::net::constantDouble(LaneEmitter &emitter, double x) {
  OpBuilder &b = emitter.builder;
  return b.create<arith::ConstantOp>(emitter.location, b.getF64FloatAttr(x));
}

std::array<Value, 4> netc::net::emitPhilox(ElementEmitter &emitter,
                                           std::array<Value, 4> counter,
                                           std::array<Value, 2> key) {
  OpBuilder &b = emitter.builder;
  Location loc = emitter.location;
  Value multiplier0 = emitter.constantInt(0xD2511F53),
        multiplier1 = emitter.constantInt(0xCD9E8D57);
  Value weyl0 = emitter.constantInt(0x9E3779B9),
        weyl1 = emitter.constantInt(0xBB67AE85);
  for (int round = 0; round < 10; ++round) {
    auto product0 =
        b.create<arith::MulUIExtendedOp>(loc, counter[0], multiplier0);
    auto product1 =
        b.create<arith::MulUIExtendedOp>(loc, counter[2], multiplier1);
    auto mix = [&](Value high, Value word, Value keyWord) -> Value {
      Value x = b.create<arith::XOrIOp>(loc, high, word);
      return b.create<arith::XOrIOp>(loc, x, keyWord);
    };
    counter = {mix(product1.getHigh(), counter[1], key[0]), product1.getLow(),
               mix(product0.getHigh(), counter[3], key[1]), product0.getLow()};
    key = {b.create<arith::AddIOp>(loc, key[0], weyl0),
           b.create<arith::AddIOp>(loc, key[1], weyl1)};
  }
  return counter;
}

Value netc::net::emitUniform(ElementEmitter &emitter, Value word) {
  OpBuilder &b = emitter.builder;
  Location loc = emitter.location;
  Value bits = b.create<arith::ShRUIOp>(loc, word, emitter.constantInt(8));
  // 24 bits fit a signed integer, whose conversion is one instruction.
  Value number =
      b.create<arith::SIToFPOp>(loc, emitter.widen(b.getF32Type()), bits);
  return b.create<arith::MulFOp>(loc, number, emitter.constant(0x1p-24));
}

Value netc::net::emitPhiloxUniform(ElementEmitter &emitter,
                                   std::array<Value, 4> counter,
                                   std::array<Value, 2> key) {
  return emitUniform(emitter, emitPhilox(emitter, counter, key)[0]);
}

std::array<Value, 2> netc::net::emitStreamKey(ElementEmitter &emitter,
                                              Value state, StringRef path) {
  uint64_t hash = 0xcbf29ce484222325; // FNV-1a, 64 bits
  for (unsigned char c : path)
    hash = (hash ^ c) * 0x100000001b3;
  OpBuilder &b = emitter.builder;
  auto word = [&](runtime::StateWord index, uint32_t bits) -> Value {
    return b.create<arith::XOrIOp>(emitter.location,
                                   emitter.stateWord(state, index),
                                   emitter.constantInt(bits));
  };
  return {
      word(runtime::StateWord::SeedLow, static_cast<uint32_t>(hash)),
      word(runtime::StateWord::SeedHigh, static_cast<uint32_t>(hash >> 32))};
}
