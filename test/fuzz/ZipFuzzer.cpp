// Any bytes as an archive of arrays, for networks of several forms.
#include "runtime/data/ArrayDataset.h"
#include "test/fuzz/MemoryFile.h"

using namespace netc::runtime::data;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  netc::fuzz::MemoryFile file(bytes, size);
  DatasetName name = parseDatasetName("arrays:" + file.path());
  PictureRequest picture, vector;
  picture.shape = {1, 4, 4};
  picture.labels = {std::vector<int64_t>{}, 10, std::nullopt};
  vector.shape = {3};
  vector.labels = {std::vector<int64_t>{}, 0, std::vector<int64_t>{1}};
  for (const PictureRequest *request : {&picture, &vector}) {
    try {
      DatasetInfo info = inspectArrays(name, *request);
      for (Split split : {Split::Train, Split::Test})
        info.files->load(split);
    } catch (const netc::Error &) { // what is wrong is said
    }
  }
  return 0;
}
