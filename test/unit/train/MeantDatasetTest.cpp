// What is meant by names of data sets that are none.
#include "runtime/data/MeantDataset.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace fs = std::filesystem;
using netc::runtime::data::meantDataset;

namespace {

constexpr std::string_view known[] = {"mnist", "fashion-mnist", "cifar-10",
                                      "cifar-100"};

TEST(MeantDataset, Spellings) {
  for (auto [given, meant] : {std::pair("MNIST", "mnist"),
                              {"Mnist", "mnist"},
                              {"FashionMNIST", "fashion-mnist"},
                              {"fashion_mnist", "fashion-mnist"},
                              {"CIFAR10", "cifar-10"},
                              {"cifar 100", "cifar-100"},
                              {"fashoin-mnist", "fashion-mnist"},
                              {"cifar", "cifar-10"},
                              {"Folder:photos", "folder:photos"},
                              {"folder=photos", "folder:photos"},
                              {"Table:x.csv", "table:x.csv"},
                              {"imagenet", ""},
                              {"", ""},
                              {"./nowhere", "folder:./nowhere"}})
    EXPECT_EQ(meantDataset(given, known), meant) << given;
  EXPECT_EQ(meantDataset(std::string(1 << 20, 'm'), known), "");
}

TEST(MeantDataset, FilesAndFolders) {
  fs::path here =
      fs::temp_directory_path() / ("netc-meant-" + std::to_string(getpid()));
  fs::create_directories(here / "photos");
  fs::create_directories(here / "arrays");
  for (const char *name : {"x.csv", "x.npz", "x.png", "arrays/x_train.npy"})
    std::ofstream(here / name) << "x";
  auto meant = [&](const std::string &name) {
    return meantDataset((here / name).string(), known);
  };
  auto at = [&](const std::string &reader, const std::string &name) {
    return reader + (here / name).string();
  };
  EXPECT_EQ(meant("photos"), at("folder:", "photos"));
  EXPECT_EQ(meant("arrays"), at("arrays:", "arrays"));
  EXPECT_EQ(meant("x.csv"), at("table:", "x.csv"));
  EXPECT_EQ(meant("x.npz"), at("arrays:", "x.npz"));
  EXPECT_EQ(meant("shard-*.tar"), at("shards:", "shard-*.tar"));
  EXPECT_EQ(meant("x.png"), "");
  EXPECT_EQ(meant("gone.csv"), at("table:", "gone.csv"));
  fs::remove_all(here);
}

} // namespace
