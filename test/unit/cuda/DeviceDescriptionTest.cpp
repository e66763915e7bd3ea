// Built-in devices, and every way in which a description can be wrong.
#include "compiler/targets/cuda/DeviceDescription.h"
#include "runtime/Error.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace netc;
using namespace netc::cuda;
using nlohmann::json;

static json h100() { return json::parse(describeDevice("h100").json); }

static std::string errorOf(const json &description) {
  try {
    parseDevice(description.dump(), "mine", "mine.json");
  } catch (const Error &error) {
    return error.what();
  }
  return "no error";
}

TEST(DeviceDescription, KnownDevices) {
  std::vector<std::string> known = knownDevices();
  EXPECT_EQ(known, (std::vector<std::string>{"a100", "h100", "h200", "l40s",
                                             "rtx4090"}));
  for (const std::string &name : known)
    EXPECT_EQ(describeDevice(name).name, name);
}

TEST(DeviceDescription, SaysWhatItIs) {
  DeviceDescription device = describeDevice("h100");
  EXPECT_EQ(device.arch(), "sm_90");
  EXPECT_EQ(device.computeCapability, 900);
  EXPECT_EQ(device.multiprocessors, 132);
  EXPECT_EQ(device.memoryBytes, 85029158912);
  EXPECT_EQ(device.deviceName, "NVIDIA H100 80GB HBM3");
  EXPECT_EQ(describeDevice("a100").arch(), "sm_80");
  EXPECT_EQ(describeDevice("l40s").arch(), "sm_89");
  EXPECT_EQ(device.json.find('\n'), std::string::npos);
}

TEST(DeviceDescription, UnknownDevice) {
  try {
    describeDevice("h1000");
    FAIL();
  } catch (const Error &error) {
    EXPECT_STREQ(error.what(),
                 "unknown device `h1000`; known are a100, h100, h200, l40s, "
                 "rtx4090, or give the path of a description, FILE.json");
  }
}

TEST(DeviceDescription, FileOfOnesOwn) {
  auto path = std::filesystem::temp_directory_path() /
              ("netc-device-" + std::to_string(getpid()) + ".json");
  json mine = h100();
  mine["deviceName"] = "mine";
  std::ofstream(path) << mine.dump(2);
  DeviceDescription device = describeDevice(path.string());
  std::filesystem::remove(path);
  EXPECT_EQ(device.deviceName, "mine");
  EXPECT_EQ(device.name, path.stem().string());
}

TEST(DeviceDescription, FileThatIsNotThere) {
  EXPECT_THROW(describeDevice("no/such/device"), Error);
  EXPECT_THROW(describeDevice("nosuch.json"), Error);
}

TEST(DeviceDescription, NoJson) {
  for (const char *text : {"", "{", "[]", "7", "{\"a\": }"})
    try {
      parseDevice(text, "mine", "mine.json");
      FAIL() << text;
    } catch (const Error &error) {
      EXPECT_STREQ(error.what(), "mine.json: is not a JSON object");
    }
}

TEST(DeviceDescription, MissingKeys) {
  json one = h100(), two = h100();
  one.erase("warpSize");
  two.erase("warpSize");
  two.erase("deviceVer");
  EXPECT_EQ(errorOf(one), "mine.json: a key is missing: warpSize");
  EXPECT_EQ(errorOf(two), "mine.json: keys are missing: deviceVer, warpSize");
}

TEST(DeviceDescription, EveryKeyIsNeeded) {
  json all = h100();
  for (const auto &[key, value] : all.items()) {
    json without = all;
    without.erase(key);
    EXPECT_EQ(errorOf(without), "mine.json: a key is missing: " + key);
  }
}

TEST(DeviceDescription, UnknownKey) {
  json description = h100();
  description["warps"] = 1;
  EXPECT_EQ(errorOf(description), "mine.json: unknown key `warps`");
}

TEST(DeviceDescription, WrongValues) {
  auto with = [](const char *key, json value) {
    json description = h100();
    description[key] = std::move(value);
    return errorOf(description);
  };
  EXPECT_EQ(with("multiProcessorCount", 0),
            "mine.json: `multiProcessorCount` must be an integer of at least "
            "1, got 0");
  EXPECT_EQ(with("warpSize", "32"),
            "mine.json: `warpSize` must be an integer of at least 1, got "
            "\"32\"");
  EXPECT_EQ(with("isTccDriver", false),
            "mine.json: `isTccDriver` must be an integer of at least 0, got "
            "false");
  EXPECT_EQ(with("maxGridSize", {1, 2}),
            "mine.json: `maxGridSize` must be three integers of at least 1, "
            "got [1,2]");
  EXPECT_EQ(with("deviceName", ""),
            "mine.json: `deviceName` must be a name, got \"\"");
  EXPECT_EQ(with("totalGlobalMem", UINT64_MAX),
            "mine.json: `totalGlobalMem` must be an integer of at least 1, got "
            "18446744073709551615");
  EXPECT_EQ(with("deviceVer", 750),
            "mine.json: netc needs a device of at least sm_80 (`deviceVer` "
            "800), got 750");
}
