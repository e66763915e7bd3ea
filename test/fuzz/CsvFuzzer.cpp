// Any bytes as a table, whose target is the last column, a number or a class.
#include "runtime/data/ByteReader.h"
#include "runtime/data/CsvReader.h"
#include "runtime/data/TableDataset.h"
#include "test/fuzz/MemoryFile.h"

using namespace netc::runtime::data;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  netc::fuzz::MemoryFile file(bytes, size);
  DatasetName name = parseDatasetName("table:" + file.path());
  try {
    ByteReader in(file.path());
    CsvReader header(in, "fuzz.csv", ',');
    if (!header.next())
      return 0;
    name.options.emplace_back("target", std::string(header[header.size() - 1]));
    if (size % 2 == 0)
      name.options.emplace_back("missing", "mean");
  } catch (const netc::Error &) {
    return 0;
  }
  PictureRequest number, classes;
  number.labels = {std::vector<int64_t>{}, 0, std::vector<int64_t>{1}};
  classes.labels = {std::vector<int64_t>{}, 3, std::nullopt};
  for (const PictureRequest *request : {&number, &classes}) {
    try {
      DatasetInfo info = inspectTable(name, *request);
      Examples examples = info.files->load(Split::Train);
      std::vector<uint8_t> out(static_cast<size_t>(examples.exampleBytes));
      for (int64_t i = 0; i < examples.count; ++i)
        examples.decode(i, out);
    } catch (const netc::Error &) { // what is wrong is said
    }
  }
  return 0;
}
