// Any bytes to the reader of .npy files: an Error, or as many elements as the
// header says.
#include "runtime/data/ByteReader.h"
#include "runtime/data/NpyFile.h"
#include "test/fuzz/MemoryFile.h"

using namespace netc::runtime::data;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  netc::fuzz::MemoryFile file(bytes, size);
  auto read = [&](auto use) {
    try {
      ByteReader in(file.path());
      NpyHeader header = readNpyHeader(in, "fuzz.npy");
      use(in, header, static_cast<size_t>(header.count()));
    } catch (const netc::Error &) { // what is wrong is said
    }
  };
  read([](ByteReader &in, const NpyHeader &header, size_t count) {
    std::vector<float> out(count);
    readNpyNumbers(in, header, rowMajor(header.shape), "fuzz.npy", out);
  });
  read([](ByteReader &in, const NpyHeader &header, size_t count) {
    std::vector<uint16_t> out(count);
    readNpyClasses(in, header, 10, "fuzz.npy", out);
  });
  return 0;
}
