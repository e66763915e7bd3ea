// A whole run of the stand-in network on a small data set.
#pragma once

#include "runtime/train/Run.h"
#include "test/unit/train/FakePrograms.h"
#include "test/unit/train/TestFiles.h"

#include <nlohmann/json.hpp>
#include <sstream>

namespace netc::test {

using namespace runtime::train;
namespace data = runtime::data;

struct SmallRun : testing::Test {
  TempFolder folder;
  std::string weights = folder.path("w.safetensors"),
              metrics = folder.path("m.jsonl");
  FakePrograms programs{4, 22};
  data::DatasetInfo dataset;
  TrainRequest request;
  std::ostringstream out, err;
  Console console{out, err};
  std::atomic<bool> interrupted{false};

  SmallRun() {
    writeDataset(folder.path("fashion-mnist"), 22, 10);
    dataset = data::inspect("fashion-mnist",
                            {folder.path("fashion-mnist"), "", "", ""});
  }
  Outcome train() {
    return trainNetwork(programs, dataset, request, console, interrupted);
  }
  std::vector<nlohmann::json> metricsLines() {
    std::vector<nlohmann::json> lines;
    std::ifstream file(metrics);
    for (std::string line; std::getline(file, line);)
      lines.push_back(nlohmann::json::parse(line));
    return lines;
  }
  bool said(const std::string &part) {
    return err.str().find(part) != std::string::npos;
  }
};

} // namespace netc::test
