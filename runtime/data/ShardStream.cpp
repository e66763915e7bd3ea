// Draws the order, and reads in it.
#include "runtime/data/ShardStream.h"

#include "runtime/data/Philox.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <system_error>

namespace netc::runtime::data {
namespace {

/// Draws of one stream, one behind the other.
class Draws {
public:
  Draws(uint64_t seed, uint32_t epoch, uint32_t stream)
      : key{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)},
        epoch(epoch), stream(stream) {}

  /// Uniform in [0, count) to within 2^-32.
  uint32_t below(size_t count) {
    PhiloxBlock draw = philox4x32({number++, 0, epoch, stream}, key);
    uint64_t bits = uint64_t{draw[1]} << 32 | draw[0];
    return static_cast<uint32_t>(
        (static_cast<unsigned __int128>(bits) * count) >> 64);
  }

private:
  const PhiloxKey key;
  const uint32_t epoch, stream;
  uint32_t number = 0;
};

constexpr uint32_t shardDraws = 0x73686172;  // "shar"
constexpr uint32_t bufferDraws = 0x62756666; // "buff"

/// The examples with their shards permuted.
std::vector<uint32_t> permuteShards(const std::vector<ShardExample> &examples,
                                    Draws draws) {
  std::vector<std::pair<uint32_t, uint32_t>>
      shards; // the first, behind the last
  for (uint32_t i = 0; i < examples.size(); ++i)
    if (shards.empty() || examples[i].shard != examples[i - 1].shard)
      shards.emplace_back(i, i + 1);
    else
      shards.back().second = i + 1;
  for (size_t i = shards.size(); i > 1; --i)
    std::swap(shards[i - 1], shards[draws.below(i)]);
  std::vector<uint32_t> order;
  order.reserve(examples.size());
  for (auto [first, last] : shards)
    for (uint32_t i = first; i < last; ++i)
      order.push_back(i);
  return order;
}

} // namespace

ShardOrder shardOrder(const std::vector<ShardExample> &examples, size_t buffer,
                      Order order, uint64_t seed, uint32_t epoch) {
  assert(examples.size() <= UINT32_MAX && buffer > 0);
  ShardOrder result;
  if (order == Order::Sequential) {
    result.read.resize(examples.size());
    std::iota(result.read.begin(), result.read.end(), uint32_t{0});
    result.given = result.read;
    return result;
  }
  result.read = permuteShards(examples, Draws(seed, epoch, shardDraws));
  Draws draws(seed, epoch, bufferDraws);
  size_t next = std::min(buffer, result.read.size());
  std::vector<uint32_t> held(
      result.read.begin(), result.read.begin() + static_cast<ptrdiff_t>(next));
  result.given.reserve(result.read.size());
  while (!held.empty()) {
    uint32_t &drawn = held[draws.below(held.size())];
    result.given.push_back(drawn);
    if (next < result.read.size()) {
      drawn = result.read[next++];
    } else {
      drawn = held.back();
      held.pop_back();
    }
  }
  return result;
}

ShardStream::ShardStream(std::shared_ptr<const ShardIndex> index,
                         std::vector<ShardExample> examples, size_t buffer)
    : index(std::move(index)), examples(std::move(examples)), buffer(buffer) {}

ShardStream::~ShardStream() { stopReading(); }

void ShardStream::stopReading() {
  if (reader.joinable()) {
    reader.request_stop();
    reader.join();
  }
  isReading = false;
}

std::vector<uint32_t> ShardStream::begin(Order wanted, uint64_t seed,
                                         uint32_t epoch) {
  stopReading();
  ShardOrder drawn = shardOrder(examples, buffer, wanted, seed, epoch);
  order = std::move(drawn.read);
  places.resize(order.size());
  for (size_t i = 0; i < order.size(); ++i)
    places[order[i]] = static_cast<uint32_t>(i);
  held.clear();
  next = needed = heldBytes = 0;
  error = nullptr;
  try {
    isReading = true;
    reader = std::jthread([this](const std::stop_token &stop) { work(stop); });
  } catch (const std::system_error &) { // then each reads for itself
    isReading = false;
  }
  return std::move(drawn.given);
}

void ShardStream::work(const std::stop_token &stop) {
  std::optional<ShardFile> file;
  uint32_t shard = 0; // that `file` is
  std::unique_lock lock(mutex);
  try {
    while (mayRead.wait(lock, stop, [&] { return isWanted(); })) {
      uint32_t number = order[next];
      const ShardExample &example = examples[number];
      if (heldBytes + example.size <= mostBytes) {
        heldBytes += example.size;
        lock.unlock();
        if (!file || shard != example.shard)
          file.emplace(index->paths[example.shard]);
        shard = example.shard;
        std::vector<uint8_t> bytes = file->read(example);
        lock.lock();
        held.emplace(number, std::move(bytes));
      }
      ++next;
      hasRead.notify_all();
    }
  } catch (...) {
    if (!lock.owns_lock())
      lock.lock();
    error = std::current_exception();
  }
  isReading = false;
  hasRead.notify_all();
}

std::vector<uint8_t> ShardStream::take(uint32_t number) {
  const ShardExample &example = examples[number];
  {
    std::unique_lock lock(mutex);
    size_t place = number < places.size() ? places[number] : 0;
    if (isReading && place >= next) {
      needed = std::max(needed, place + 1);
      mayRead.notify_one();
      hasRead.wait(lock, [&] { return place < next || !isReading; });
    }
    if (auto found = held.find(number); found != held.end()) {
      std::vector<uint8_t> bytes = std::move(found->second);
      held.erase(found);
      heldBytes -= example.size;
      mayRead.notify_one();
      return bytes;
    }
    if (error && place >= next)
      std::rethrow_exception(error);
  }
  return ShardFile(index->paths[example.shard]).read(example);
}

} // namespace netc::runtime::data
