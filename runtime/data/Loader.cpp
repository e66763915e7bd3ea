// Draws the order of the examples and keeps the ring of batches.
#include "runtime/data/Loader.h"

#include "runtime/Error.h"
#include "runtime/Printable.h"
#include "runtime/data/Philox.h"
#include "runtime/data/Replacements.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <fmt/format.h>
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
    auto labels = static_cast<size_t>(batch * examples.exampleLabels);
    if (examples.numbers.empty())
      slot.batch.labels.resize(labels);
    else
      slot.batch.numbers.resize(labels);
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

void Loader::drain() {
  std::unique_lock lock(mutex);
  total = claimed; // no further claims on the old order
  slotReady.wait(lock, [&] { return inFlight == 0; });
}

void Loader::start(Order newOrder, uint64_t seed, uint32_t epoch) {
  if (!examples.stream)
    return start(exampleOrder(examples.count, newOrder, seed, epoch));
  drain();
  start(examples.stream->begin(newOrder, seed, epoch));
}

void Loader::start(std::vector<uint32_t> newOrder) {
  drain();
  {
    std::lock_guard lock(mutex);
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

/// Decodes what is in files: the pixels, and the labels of masks.
void Loader::decodeExample(size_t example, size_t row, Batch &out) const {
  auto number = static_cast<int64_t>(example);
  auto bytes = static_cast<size_t>(examples.exampleBytes);
  auto labels = static_cast<size_t>(examples.exampleLabels);
  if (contents == Contents::PixelsAndLabels && examples.decode)
    examples.decode(number, std::span(out.pixels).subspan(row * bytes, bytes));
  if (examples.decodeLabels)
    examples.decodeLabels(number,
                          std::span(out.labels).subspan(row * labels, labels));
}

size_t Loader::decodeRow(size_t example, size_t row, Batch &out) const {
  auto count = static_cast<size_t>(examples.count);
  std::string problem;
  for (size_t i = 0; i < count; ++i) {
    size_t next = (example + i) % count;
    try {
      decodeExample(next, row, out);
    } catch (const Error &error) {
      if (!examples.replacements)
        throw;
      if (i == 0) // another's is noted when its own turn comes
        problem = printable(error.what());
      continue;
    }
    if (i > 0)
      examples.replacements->note(static_cast<int64_t>(example),
                                  static_cast<int64_t>(next), problem);
    return next;
  }
  throw Error(fmt::format("{}; nor can any other of the {} pictures of its set",
                          problem, count));
}

/// Copies the labels of the examples, as many to each row; the rows that they
/// do not fill become zeros.
template <typename From, typename To>
static void gatherLabels(const std::vector<From> &labels, size_t each,
                         std::span<const uint32_t> examples,
                         std::vector<To> &out) {
  if (out.empty())
    return;
  auto to = out.begin();
  for (uint32_t example : examples)
    to = std::copy_n(labels.begin() + static_cast<ptrdiff_t>(example * each),
                     each, to);
  std::fill(to, out.end(), To{});
}

void Loader::gather(int64_t index, Batch &out) const {
  auto exampleBytes = static_cast<size_t>(examples.exampleBytes);
  auto exampleLabels = static_cast<size_t>(examples.exampleLabels);
  bool hasPixels = contents == Contents::PixelsAndLabels;
  size_t first = static_cast<size_t>(index * batch);
  size_t size = std::min(order.size() - first, static_cast<size_t>(batch));
  std::vector<uint32_t> taken;
  for (size_t row = 0; row < size; ++row) {
    size_t example = order[first + row];
    if (!hasPixels &&
        examples.replacements) // of pixels that are kept elsewhere
      example = static_cast<size_t>(
          examples.replacements->inPlaceOf(static_cast<int64_t>(example)));
    example = decodeRow(example, row, out);
    if (hasPixels && !examples.decode)
      std::memcpy(out.pixels.data() + row * exampleBytes,
                  examples.pixels.data() + example * exampleBytes,
                  exampleBytes);
    taken.push_back(static_cast<uint32_t>(example));
    out.samples[row] = static_cast<int32_t>(example);
  }
  if (hasPixels)
    std::fill(out.pixels.begin() + static_cast<ptrdiff_t>(size * exampleBytes),
              out.pixels.end(), uint8_t{0});
  if (examples.decodeLabels)
    std::fill(out.labels.begin() + static_cast<ptrdiff_t>(size * exampleLabels),
              out.labels.end(), 0);
  else
    gatherLabels(examples.labels, exampleLabels, taken, out.labels);
  gatherLabels(examples.numbers, exampleLabels, taken, out.numbers);
  std::fill(out.samples.begin() + static_cast<ptrdiff_t>(size),
            out.samples.end(), 0);
  out.size = static_cast<int64_t>(size);
}

} // namespace netc::runtime::data
