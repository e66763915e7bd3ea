// Draws the order of the examples and keeps the ring of batches.
#include "runtime/data/Loader.h"

#include "runtime/Error.h"
#include "runtime/data/Philox.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <numeric>

namespace netc::runtime::data {

std::vector<uint32_t> exampleOrder(int64_t count, Order order, uint64_t seed,
                                   uint32_t epoch) {
  assert(count >= 0 && count <= UINT32_MAX && "sets are no larger");
  std::vector<uint32_t> permutation(static_cast<size_t>(count));
  std::iota(permutation.begin(), permutation.end(), uint32_t{0});
  if (order == Order::Sequential)
    return permutation;

  constexpr uint32_t stream = 0x6f726465; // "orde": apart from all other draws
  PhiloxKey key = {static_cast<uint32_t>(seed),
                   static_cast<uint32_t>(seed >> 32)};
  for (uint32_t i = static_cast<uint32_t>(count); i > 1; --i) {
    PhiloxBlock draw = philox4x32({i, 0, epoch, stream}, key);
    uint64_t bits = uint64_t{draw[1]} << 32 | draw[0];
    // The high word of bits * i is uniform in [0, i) to within 2^-32.
    auto j =
        static_cast<uint32_t>((static_cast<unsigned __int128>(bits) * i) >> 64);
    std::swap(permutation[i - 1], permutation[j]);
  }
  return permutation;
}

Ring Ring::of(int64_t batch, int64_t exampleBytes, int64_t exampleLabels,
              int workers, Contents contents) {
  Ring ring;
  int64_t perExample =
      (contents == Contents::PixelsAndLabels ? exampleBytes : 0) +
      static_cast<int64_t>(sizeof(int32_t)) * (exampleLabels + 1);
  ring.batchBytes = batch * perExample;
  if (workers > 0)
    ring.batches = std::clamp<int64_t>(mostBytesAhead / ring.batchBytes, 2,
                                       workers + int64_t{1});
  return ring;
}

Loader::Loader(const Examples &examples, int64_t batch, int workerCount,
               Contents contents)
    : examples(examples), batch(batch), contents(contents) {
  assert(batch > 0 && workerCount >= 0);
  // One batch is in the caller's hands, and each worker gathers one.
  Ring ring = Ring::of(batch, examples.exampleBytes, examples.exampleLabels,
                       workerCount, contents);
  slots.resize(static_cast<size_t>(ring.batches));
  for (Slot &slot : slots) {
    if (contents == Contents::PixelsAndLabels)
      slot.batch.pixels.resize(
          static_cast<size_t>(batch * examples.exampleBytes));
    slot.batch.labels.resize(
        static_cast<size_t>(batch * examples.exampleLabels));
    slot.batch.samples.resize(static_cast<size_t>(batch));
  }
  for (int64_t i = 1; i < ring.batches; ++i)
    try {
      workers.push_back(
          std::make_unique<Thread>(Thread::workerStack, [this] { work(); }));
    } catch (const Error &) { // no other thread: those that there are will do
      break;
    }
}

Loader::~Loader() {
  {
    std::lock_guard lock(mutex);
    stopping = true;
  }
  slotFree.notify_all();
  workers.clear(); // waits for them
}

void Loader::start(std::vector<uint32_t> newOrder) {
  {
    std::unique_lock lock(mutex);
    total = claimed; // no further claims on the old order
    slotReady.wait(lock, [&] { return inFlight == 0; });
    order = std::move(newOrder);
    for (Slot &slot : slots) {
      slot.ready = false;
      slot.error = nullptr;
    }
    total = (static_cast<int64_t>(order.size()) + batch - 1) / batch;
    claimed = released = delivered = 0;
  }
  slotFree.notify_all();
}

const Batch *Loader::next() {
  std::unique_lock lock(mutex);
  auto slotOf = [&](int64_t index) -> Slot & {
    return slots[static_cast<size_t>(index) % slots.size()];
  };
  if (delivered > released) { // what the caller had is free again
    slotOf(released).ready = false;
    slotOf(released).error = nullptr;
    ++released;
    slotFree.notify_all();
  }
  if (delivered == total)
    return nullptr;
  Slot &slot = slotOf(delivered);
  if (workers.empty())
    gather(delivered, slot.batch);
  else
    slotReady.wait(lock, [&] { return slot.ready; });
  if (slot.error)
    std::rethrow_exception(slot.error);
  ++delivered;
  return &slot.batch;
}

void Loader::work() {
  std::unique_lock lock(mutex);
  while (true) {
    auto mayClaim = [&] {
      return claimed < total &&
             claimed < released + static_cast<int64_t>(slots.size());
    };
    slotFree.wait(lock, [&] { return stopping || mayClaim(); });
    if (stopping)
      return;
    int64_t index = claimed++;
    ++inFlight;
    Slot &slot = slots[static_cast<size_t>(index) % slots.size()];
    lock.unlock();
    std::exception_ptr error;
    try {
      gather(index, slot.batch);
    } catch (...) { // for who takes the batch
      error = std::current_exception();
    }
    lock.lock();
    slot.error = error;
    slot.ready = true;
    --inFlight;
    slotReady.notify_all();
  }
}

void Loader::gatherPixels(size_t example, std::span<uint8_t> out) const {
  if (examples.decode)
    examples.decode(static_cast<int64_t>(example), out);
  else
    std::memcpy(out.data(), examples.pixels.data() + example * out.size(),
                out.size());
}

void Loader::gather(int64_t index, Batch &out) const {
  auto exampleBytes = static_cast<size_t>(examples.exampleBytes);
  auto exampleLabels = static_cast<size_t>(examples.exampleLabels);
  size_t first = static_cast<size_t>(index * batch);
  size_t size = std::min(order.size() - first, static_cast<size_t>(batch));
  for (size_t row = 0; row < size; ++row) {
    size_t example = order[first + row];
    if (contents == Contents::PixelsAndLabels)
      gatherPixels(
          example,
          std::span(out.pixels).subspan(row * exampleBytes, exampleBytes));
    std::copy_n(examples.labels.begin() +
                    static_cast<ptrdiff_t>(example * exampleLabels),
                exampleLabels,
                out.labels.begin() +
                    static_cast<ptrdiff_t>(row * exampleLabels));
    out.samples[row] = static_cast<int32_t>(example);
  }
  if (contents == Contents::PixelsAndLabels)
    std::fill(out.pixels.begin() + static_cast<ptrdiff_t>(size * exampleBytes),
              out.pixels.end(), uint8_t{0});
  std::fill(out.labels.begin() + static_cast<ptrdiff_t>(size * exampleLabels),
            out.labels.end(), 0);
  std::fill(out.samples.begin() + static_cast<ptrdiff_t>(size),
            out.samples.end(), 0);
  out.size = static_cast<int64_t>(size);
}

} // namespace netc::runtime::data
