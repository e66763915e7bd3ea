// Batches of examples, gathered (and decoded, if they are pictures in files) by
// worker threads ahead of the step that takes them. What a batch holds depends
// on the order alone, never on the workers.
#pragma once

#include "runtime/Thread.h"
#include "runtime/data/Dataset.h"

#include <condition_variable>
#include <mutex>

namespace netc::runtime::data {

/// The order in which an epoch takes the examples: a permutation of
/// [0, count). Shuffled, it is Fisher and Yates' with Philox draws keyed by
/// `seed` and counted by `epoch`, in a stream of its own.
std::vector<uint32_t> exampleOrder(int64_t count, Order order, uint64_t seed,
                                   uint32_t epoch);

/// What a loader's batches hold besides the numbers of their examples.
enum class Contents { PixelsAndLabels, Labels };

/// Buffers of a whole batch; the rows from `size` on are zeros.
struct Batch {
  int64_t size = 0;             // examples in it: fewer in an epoch's last
  std::vector<uint8_t> pixels;  // bytes of [batch, shape], or empty: Contents
  std::vector<int32_t> labels;  // [batch, labelShape], of classes
  std::vector<float> numbers;   // the same, of labels that are numbers
  std::vector<int32_t> samples; // [batch], which examples of the set they are:
                                // of a replaced one, what took its place
};

/// How many batches a loader holds, the one in the caller's hands among them.
/// One for each worker and one more, as far as they have room in
/// `mostBytesAhead`: more workers than that stay without work, and none is
/// started for it. At least two, of any size, where there is a worker.
struct Ring {
  static constexpr int64_t mostBytesAhead = int64_t{128} << 20;
  int64_t batches = 1, batchBytes = 0;

  /// Of batches of so many examples, each of so many bytes and labels.
  static Ring of(int64_t batch, int64_t exampleBytes, int64_t exampleLabels,
                 int workers, Contents contents);
  int64_t bytes() const { return batches * batchBytes; }
};

class Loader {
public:
  /// `examples` outlives the loader. With no workers, batches are gathered
  /// when asked for; where the system gives fewer threads, so many are the
  /// workers. \pre batch > 0, workers >= 0
  Loader(const Examples &examples, int64_t batch, int workers,
         Contents contents = Contents::PixelsAndLabels);
  ~Loader();
  Loader(const Loader &) = delete;
  Loader &operator=(const Loader &) = delete;

  /// Begins a pass over the examples: exampleOrder()'s, or that of their
  /// stream. What an earlier pass had left is dropped.
  void start(Order order, uint64_t seed, uint32_t epoch);
  /// The same in an order of the caller's.
  void start(std::vector<uint32_t> order);

  /// The next batch of the pass, valid until the next call; null at the end.
  /// Throws the Error of a picture in it that could not be decoded, unless the
  /// set has replacements: then the next example by number that can be, the
  /// first behind the last, takes its place with its labels.
  const Batch *next();

private:
  void work();
  /// Waits until no batch is being gathered; none is begun before the next
  /// start().
  void drain();
  void gather(int64_t index, Batch &out) const;
  /// Which example the row became: itself, or what took its place.
  size_t decodeRow(size_t example, size_t row, Batch &out) const;
  void decodeExample(size_t example, size_t row, Batch &out) const;

  const Examples &examples;
  const int64_t batch;
  const Contents contents;
  std::vector<uint32_t> order;

  // A ring of slots: batch i is gathered into slot i % slots, once the batch
  // that was there before has been given back.
  struct Slot {
    Batch batch;
    bool ready = false;
    std::exception_ptr error; // instead of the batch
  };
  std::vector<Slot> slots;

  std::mutex mutex; // guards what follows, and each slot's `ready`
  std::condition_variable slotFree, slotReady;
  int64_t total = 0;     // batches of this pass
  int64_t claimed = 0;   // batches that a worker has begun
  int64_t released = 0;  // batches that the caller has given back
  int64_t inFlight = 0;  // claimed and not ready
  int64_t delivered = 0; // batches handed out by next()
  bool stopping = false;
  // The last member: started when all is made.
  std::vector<std::unique_ptr<Thread>> workers;
};

} // namespace netc::runtime::data
