// Reads descriptions of devices: those that are built in and the user's.
#include "compiler/targets/cuda/DeviceDescription.h"

#include "runtime/Error.h"
#include "runtime/InputFile.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>

namespace netc::cuda {

/// Name and text of each JSON file beside this; made by CMake.
extern const std::pair<const char *, const char *> builtInDevices[];
extern const size_t builtInDeviceCount;

namespace {
enum class Kind { Number, Numbers, Text };
struct Key {
  const char *name;
  Kind kind;
  int64_t least;
};
} // namespace

// What cuDNN asks of a description: all of it, and all integers.
static constexpr Key keys[] = {
    {"deviceName", Kind::Text, 0},
    {"deviceVer", Kind::Number, 100},
    {"driverVer", Kind::Number, 1},
    {"cudaDeviceId", Kind::Number, 0},
    {"totalGlobalMem", Kind::Number, 1},
    {"maxGridSize", Kind::Numbers, 1},
    {"maxBlockSize", Kind::Numbers, 1},
    {"regsPerBlock", Kind::Number, 1},
    {"multiProcessorCount", Kind::Number, 1},
    {"warpSize", Kind::Number, 1},
    {"maxSharedMemoryPerBlock", Kind::Number, 1},
    {"maxSharedMemoryPerBlockOptin", Kind::Number, 1},
    {"reservedSharedMemoryPerBlock", Kind::Number, 0},
    {"maxRegistersPerSM", Kind::Number, 1},
    {"maxCtasPerSM", Kind::Number, 1},
    {"maxThreadsPerBlock", Kind::Number, 1},
    {"maxThreadsPerSM", Kind::Number, 1},
    {"pciDeviceId", Kind::Number, 0},
    {"isTccDriver", Kind::Number, 0},
    {"supportCoopLaunch", Kind::Number, 0},
    {"smClockRateKHz", Kind::Number, 1},
    {"memClockRateKHz", Kind::Number, 1},
    {"l2CacheSize", Kind::Number, 1},
};

using nlohmann::json;

static bool isNumber(const json &value, int64_t least) {
  // Beyond 2^62 nothing is meant, and cuDNN's own types end.
  return value.is_number_integer() && value.is_number_unsigned()
             ? value.get<uint64_t>() <= uint64_t(1) << 62 &&
                   value.get<int64_t>() >= least
             : value.is_number_integer() && value.get<int64_t>() >= least;
}

static void checkKey(const json &object, const Key &key,
                     std::string_view where) {
  const json &value = object.at(key.name);
  auto expected = [&](std::string_view what) {
    throw Error(fmt::format("{}: `{}` must be {}, got {}", where, key.name,
                            what, value.dump()));
  };
  switch (key.kind) {
  case Kind::Number:
    if (!isNumber(value, key.least))
      expected(fmt::format("an integer of at least {}", key.least));
    return;
  case Kind::Numbers:
    if (!value.is_array() || value.size() != 3 ||
        !std::ranges::all_of(value, [&](const json &number) {
          return isNumber(number, key.least);
        }))
      expected(fmt::format("three integers of at least {}", key.least));
    return;
  case Kind::Text:
    if (!value.is_string() || value.get<std::string>().empty())
      expected("a name");
    return;
  }
}

std::string DeviceDescription::arch() const {
  return fmt::format("sm_{}", computeCapability / 10);
}

std::vector<std::string> knownDevices() {
  std::vector<std::string> names;
  for (size_t i = 0; i < builtInDeviceCount; ++i)
    names.emplace_back(builtInDevices[i].first);
  std::ranges::sort(names);
  return names;
}

DeviceDescription parseDevice(std::string_view text, std::string_view name,
                              std::string_view where) {
  json object = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object())
    throw Error(fmt::format("{}: is not a JSON object", where));
  std::vector<std::string_view> missing;
  for (const Key &key : keys)
    if (!object.contains(key.name))
      missing.push_back(key.name);
  if (!missing.empty())
    throw Error(fmt::format("{}: {} missing: {}", where,
                            missing.size() == 1 ? "a key is" : "keys are",
                            fmt::join(missing, ", ")));
  for (const auto &[name, value] : object.items())
    if (std::ranges::find(keys, name, &Key::name) == std::end(keys))
      throw Error(fmt::format("{}: unknown key `{}`", where, name));
  for (const Key &key : keys)
    checkKey(object, key, where);

  DeviceDescription device;
  device.name = name;
  device.json = object.dump();
  device.deviceName = object["deviceName"];
  device.computeCapability = object["deviceVer"];
  device.memoryBytes = object["totalGlobalMem"];
  device.multiprocessors = object["multiProcessorCount"];
  if (device.computeCapability < 800 || device.computeCapability % 10 != 0)
    throw Error(fmt::format("{}: netc needs a device of at least sm_80 "
                            "(`deviceVer` 800), got {}",
                            where, device.computeCapability));
  return device;
}

static std::string readDescription(const std::string &path) {
  runtime::requireInput(path);
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf()))
    throw Error(path + ": this description of a device cannot be read");
  return std::move(text).str();
}

DeviceDescription describeDevice(std::string_view device) {
  if (device.ends_with(".json") || device.find('/') != std::string_view::npos) {
    std::string path(device);
    size_t slash = path.rfind('/');
    std::string name = path.substr(slash == std::string::npos ? 0 : slash + 1);
    if (name.ends_with(".json"))
      name.resize(name.size() - 5);
    return parseDevice(readDescription(path), name, path);
  }
  for (size_t i = 0; i < builtInDeviceCount; ++i)
    if (device == builtInDevices[i].first)
      return parseDevice(builtInDevices[i].second, device, device);
  throw Error(fmt::format("unknown device `{}`; known are {}, or give the path "
                          "of a description, FILE.json",
                          device, fmt::join(knownDevices(), ", ")));
}

} // namespace netc::cuda
