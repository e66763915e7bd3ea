// CIFAR-10 and CIFAR-100 in their binary version: records of one or two bytes
// of labels and 3x32x32 pixels, a plane for each colour
// (www.cs.toronto.edu/~kriz/cifar.html).
#include "runtime/InputFile.h"
#include "runtime/Printable.h"
#include "runtime/data/ByteReader.h"
#include "runtime/data/KnownDatasets.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fstream>

namespace netc::runtime::data {
namespace {

constexpr int64_t pixelBytes = 3 * 32 * 32;

/// One of the two sets: its files, and how many labels precede the pixels; the
/// last one is the class.
struct Cifar {
  std::span<const std::string_view> trainFiles, testFiles;
  std::string_view namesFile;
  int64_t classes, labelBytes;

  std::span<const std::string_view> files(Split split) const {
    return split == Split::Train ? trainFiles : testFiles;
  }
  int64_t recordBytes() const { return labelBytes + pixelBytes; }
};

constexpr std::array<std::string_view, 7> files10 = {
    "data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
    "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin",
    "batches.meta.txt"};
constexpr std::array<std::string_view, 3> files100 = {"train.bin", "test.bin",
                                                      "fine_label_names.txt"};

Cifar cifar10() {
  std::span<const std::string_view> files = files10;
  return {files.first(5), files.subspan(5, 1), files[6], 10, 1};
}
Cifar cifar100() {
  std::span<const std::string_view> files = files100;
  return {files.first(1), files.subspan(1, 1), files[2], 100, 2};
}

/// The records of a file, from its size.
int64_t recordsOf(const Cifar &set, const std::string &path) {
  auto bytes = static_cast<int64_t>(ByteReader(path).maximumSize());
  if (bytes == 0)
    throw Error(fmt::format("{}: holds no examples", path));
  if (bytes % set.recordBytes() != 0)
    throw Error(fmt::format("{}: {} bytes are not whole records of {} "
                            "(truncated?)",
                            path, bytes, set.recordBytes()));
  return bytes / set.recordBytes();
}

/// Refuses a gzipped file: the size of what is in it would not be known.
std::string requirePlain(const std::string &directory, std::string_view name) {
  std::string path = requireFile(directory, name);
  requireInput(path);
  std::array<uint8_t, 2> begin{};
  std::ifstream(path, std::ios::binary)
      .read(reinterpret_cast<char *>(begin.data()), begin.size());
  if (begin == std::array<uint8_t, 2>{0x1f, 0x8b})
    throw Error(fmt::format("{}: is gzipped; unpack it", path));
  if (begin[0] == 0x80 && name.ends_with(".bin")) // no label: a pickle's mark
    throw Error(fmt::format("{}: is of CIFAR's Python form (a pickle), which "
                            "is not read; the binary version is",
                            path));
  return path;
}

void inspectCifar(DatasetInfo &info, const Cifar &set) {
  info.shape = {3, 32, 32};
  info.classes = set.classes;
  for (std::string_view name : set.trainFiles)
    info.trainExamples += recordsOf(set, requirePlain(info.directory, name));
  for (std::string_view name : set.testFiles)
    info.testExamples += recordsOf(set, requirePlain(info.directory, name));
  std::string names = requirePlain(info.directory, set.namesFile);
  info.classNames = readClassNames(names);
  if (static_cast<int64_t>(info.classNames.size()) != set.classes)
    throw Error(fmt::format("{}: {} names of classes, expected {}", names,
                            info.classNames.size(), set.classes));
}

Examples loadCifar(const DatasetInfo &info, const Cifar &set, Split split) {
  Examples examples;
  examples.exampleBytes = pixelBytes;
  int64_t expected =
      split == Split::Train ? info.trainExamples : info.testExamples;
  for (std::string_view name : set.files(split)) {
    std::string path = requirePlain(info.directory, name);
    int64_t records = recordsOf(set, path);
    ByteReader reader(path);
    std::vector<uint8_t> record(static_cast<size_t>(set.recordBytes()));
    std::vector<uint8_t> labels;
    auto labelBytes = static_cast<ptrdiff_t>(set.labelBytes);
    for (int64_t i = 0; i < records; ++i) {
      if (reader.read(record.data(), record.size()) != record.size())
        throw Error(fmt::format("{}: changed while it was read", path));
      labels.push_back(record[static_cast<size_t>(labelBytes - 1)]);
      examples.pixels.insert(examples.pixels.end(), record.begin() + labelBytes,
                             record.end());
    }
    checkLabels(info, path, labels, 1);
    examples.labels.insert(examples.labels.end(), labels.begin(), labels.end());
    examples.count += records;
  }
  if (examples.count != expected)
    throw Error(
        fmt::format("{}: changed since its headers were read", info.directory));
  return examples;
}

bool hasAny(const std::string &directory,
            std::span<const std::string_view> files) {
  return std::any_of(files.begin(), files.end(), [&](std::string_view name) {
    return findFile(directory, name);
  });
}

/// Other forms of CIFAR, by the names of their files, folders and archives.
std::string otherForm(std::span<const std::string> names) {
  auto has = [&](std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const std::string &name : names)
    if (name.starts_with("cifar-10") && name.ends_with(".tar.gz") &&
        name.find("binary") != name.npos)
      return fmt::format("{0} is not unpacked: tar -xzf {0}", printable(name));
  bool isPython = has("cifar-10-batches-py") || has("cifar-100-python") ||
                  has("cifar-10-python.tar.gz") ||
                  has("cifar-100-python.tar.gz") ||
                  (has("data_batch_1") && has("batches.meta")) ||
                  (has("train") && has("test") && has("meta"));
  if (isPython)
    return "this is CIFAR in its Python form (pickles), which is not read; the "
           "binary version is";
  if (has("cifar-10-batches-mat") || has("cifar-100-matlab") ||
      has("cifar-10-matlab.tar.gz") || has("cifar-100-matlab.tar.gz") ||
      has("data_batch_1.mat"))
    return "this is CIFAR in its Matlab form, which is not read; the binary "
           "version is";
  return "";
}

constexpr std::array<std::string_view, 1> folders10 = {"cifar-10-batches-bin"};
constexpr std::array<std::string_view, 1> folders100 = {"cifar-100-binary"};

constexpr std::array sets = {
    KnownDataset{
        "cifar-10", folders10,
        "unpack https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz (see "
        "https://www.cs.toronto.edu/~kriz/cifar.html) in the folder that is "
        "to hold one of these, or put its files in one of them: "
        "data_batch_1.bin to data_batch_5.bin, test_batch.bin, "
        "batches.meta.txt",
        [](const std::string &directory, std::string_view) {
          return hasAny(directory, files10);
        },
        otherForm, [](DatasetInfo &info) { inspectCifar(info, cifar10()); },
        [](const DatasetInfo &info, Split split) {
          return loadCifar(info, cifar10(), split);
        }},
    KnownDataset{
        "cifar-100", folders100,
        "unpack https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz (see "
        "https://www.cs.toronto.edu/~kriz/cifar.html) in the folder that is "
        "to hold one of these, or put its files in one of them: train.bin, "
        "test.bin, fine_label_names.txt",
        [](const std::string &directory, std::string_view) {
          return hasAny(directory, files100);
        },
        otherForm, [](DatasetInfo &info) { inspectCifar(info, cifar100()); },
        [](const DatasetInfo &info, Split split) {
          return loadCifar(info, cifar100(), split);
        }},
};

} // namespace

std::span<const KnownDataset> cifarDatasets() { return sets; }

} // namespace netc::runtime::data
