// Shards read one after another by a thread, ahead of the threads that decode
// their pictures; what is read waits in a buffer that shuffles.
#pragma once

#include "runtime/data/Dataset.h"
#include "runtime/data/ShardIndex.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace netc::runtime::data {

/// An order of examples, and the one in which they are read for it.
struct ShardOrder {
  std::vector<uint32_t> read, given;
};

/// Shuffled, the shards are permuted, and of the examples that follow one
/// another `buffer` are held, of which one is drawn and given, and the next
/// read in its place: so [i] of what is given is among the first i + buffer of
/// what is read. Philox draws, keyed by `seed` and counted by `epoch`.
ShardOrder shardOrder(const std::vector<ShardExample> &examples, size_t buffer,
                      Order order, uint64_t seed, uint32_t epoch);

class ShardStream final : public ExampleStream {
public:
  /// `examples` are those of a split, in the order of the shards.
  ShardStream(std::shared_ptr<const ShardIndex> index,
              std::vector<ShardExample> examples, size_t buffer);
  ~ShardStream() override;

  std::vector<uint32_t> begin(Order order, uint64_t seed,
                              uint32_t epoch) override;

  /// The encoded picture of an example, when it has been read, from any thread.
  /// One that was given before is read for itself. Throws Error naming the
  /// shard.
  std::vector<uint8_t> take(uint32_t example);
  /// Its name, for messages.
  std::string nameOf(uint32_t example) const {
    return index->nameOf(examples[example]);
  }
  const std::vector<ShardExample> &all() const { return examples; }

  /// Encoded pictures in the buffer take no more than that; what does not fit
  /// is read when it is wanted.
  static constexpr size_t mostBytes = size_t{1} << 30;

private:
  void work(const std::stop_token &stop);
  /// Whether the next is to be read: there is room, or somebody waits for it.
  bool isWanted() const {
    return next < order.size() && (held.size() < buffer || next < needed);
  }
  void stopReading();

  const std::shared_ptr<const ShardIndex> index;
  const std::vector<ShardExample> examples;
  const size_t buffer;

  std::mutex mutex; // guards what follows
  std::condition_variable_any mayRead, hasRead;
  std::vector<uint32_t> order, places; // as they are read; where each is there
  size_t next = 0, needed = 0;         // places: read to here; wanted to here
  size_t heldBytes = 0;
  std::unordered_map<uint32_t, std::vector<uint8_t>> held;
  std::exception_ptr error; // that ended the reading
  bool isReading = false;
  std::jthread reader; // the last member: started when all is made
};

} // namespace netc::runtime::data
