// Any bytes as a shard: an Error, or examples whose bytes can be read.
#include "runtime/data/ShardIndex.h"
#include "test/fuzz/MemoryFile.h"

using namespace netc::runtime::data;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  netc::fuzz::MemoryFile memory(bytes, size);
  try {
    ShardIndex index = indexShards({memory.path()});
    ShardFile file(memory.path());
    for (const ShardExample &example : index.examples) {
      index.nameOf(example);
      file.read(example);
    }
  } catch (const netc::Error &) { // what is wrong is said
  }
  return 0;
}
