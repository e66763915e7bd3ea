// The order of the examples, and batches that no number of workers changes.
#include "runtime/data/Loader.h"
#include "runtime/Error.h"
#include "runtime/data/Replacements.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <numeric>
#include <sys/resource.h>

using namespace netc::runtime::data;

namespace {

Examples someExamples(int64_t count) {
  Examples examples;
  examples.count = count;
  examples.exampleBytes = 3;
  for (int64_t i = 0; i < count; ++i) {
    for (int p = 0; p < 3; ++p)
      examples.pixels.push_back(static_cast<uint8_t>(i * 3 + p));
    examples.labels.push_back(static_cast<uint8_t>(i % 10));
  }
  return examples;
}

std::vector<Batch> drain(Loader &loader) {
  std::vector<Batch> batches;
  while (const Batch *batch = loader.next())
    batches.push_back(*batch);
  return batches;
}

bool same(const std::vector<Batch> &a, const std::vector<Batch> &b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Batch &x, const Batch &y) {
                      return x.size == y.size && x.pixels == y.pixels &&
                             x.labels == y.labels && x.samples == y.samples;
                    });
}

} // namespace

TEST(ExampleOrder, IsAPermutationOfItsSeedAndEpoch) {
  auto order = exampleOrder(1000, Order::Shuffled, 1, 0);
  std::vector<uint32_t> sorted = order;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(sorted, exampleOrder(1000, Order::Sequential, 1, 0));
  EXPECT_NE(order, sorted);
  EXPECT_EQ(order, exampleOrder(1000, Order::Shuffled, 1, 0));
  EXPECT_NE(order, exampleOrder(1000, Order::Shuffled, 1, 1));
  EXPECT_NE(order, exampleOrder(1000, Order::Shuffled, 2, 0));
  // The seed's high word counts.
  EXPECT_NE(order,
            exampleOrder(1000, Order::Shuffled, 1 | uint64_t{1} << 32, 0));
}

TEST(ExampleOrder, OfAFew) {
  EXPECT_TRUE(exampleOrder(0, Order::Shuffled, 0, 0).empty());
  EXPECT_EQ(exampleOrder(1, Order::Shuffled, 0, 0), std::vector<uint32_t>{0});
}

TEST(ExampleOrder, EachPlaceIsLikely) {
  // 2000 shuffles of 4: each example is first 500 times, give or take 5 sigma.
  int first[4] = {};
  for (uint32_t epoch = 0; epoch < 2000; ++epoch)
    ++first[exampleOrder(4, Order::Shuffled, 7, epoch)[0]];
  for (int count : first)
    EXPECT_NEAR(count, 500, 100);
}

TEST(Loader, SequentialWithASmallerLastBatch) {
  Examples examples = someExamples(10);
  Loader loader(examples, 4, 1);
  loader.start(exampleOrder(10, Order::Sequential, 0, 0));
  std::vector<Batch> batches = drain(loader);
  ASSERT_EQ(batches.size(), 3u);
  EXPECT_EQ(batches[0].labels, (std::vector<int32_t>{0, 1, 2, 3}));
  EXPECT_EQ(batches[1].pixels[0], 12);
  EXPECT_EQ(batches[2].size, 2);
  EXPECT_EQ(batches[2].labels, (std::vector<int32_t>{8, 9, 0, 0}));
  EXPECT_EQ(batches[2].pixels,
            (std::vector<uint8_t>{24, 25, 26, 27, 28, 29, 0, 0, 0, 0, 0, 0}));
}

TEST(Loader, BatchesDoNotDependOnTheWorkers) {
  Examples examples = someExamples(1003);
  std::vector<Batch> expected;
  for (int workers : {0, 1, 2, 5}) {
    Loader loader(examples, 16, workers);
    std::vector<Batch> all;
    for (uint32_t epoch = 0; epoch < 3; ++epoch) {
      loader.start(exampleOrder(1003, Order::Shuffled, 42, epoch));
      std::vector<Batch> batches = drain(loader);
      EXPECT_EQ(batches.size(), 63u);
      EXPECT_EQ(loader.next(), nullptr); // and stays at the end
      all.insert(all.end(), batches.begin(), batches.end());
    }
    if (workers == 0)
      expected = all;
    EXPECT_TRUE(same(all, expected)) << workers << " workers";
  }
}

TEST(Loader, APassMayBeDropped) {
  Examples examples = someExamples(100);
  for (int workers : {0, 1, 3}) {
    Loader loader(examples, 8, workers);
    for (int pass = 0; pass < 50; ++pass) {
      loader.start(exampleOrder(100, Order::Sequential, 0, 0));
      for (int i = 0; i < pass % 5; ++i)
        EXPECT_EQ(loader.next()->labels[0], i * 8 % 10);
    }
    loader.start(exampleOrder(100, Order::Sequential, 0, 0));
    EXPECT_EQ(drain(loader).size(), 13u);
  }
}

TEST(Loader, NeverStarted) {
  Examples examples = someExamples(4);
  Loader loader(examples, 8, 2);
  EXPECT_EQ(loader.next(), nullptr);
}

TEST(Loader, LabelsAlone) {
  Examples examples = someExamples(10);
  examples.decode = [](int64_t, std::span<uint8_t>) { FAIL(); };
  Loader loader(examples, 4, 1, Contents::Labels);
  loader.start(exampleOrder(10, Order::Sequential, 0, 0));
  std::vector<Batch> batches = drain(loader);
  ASSERT_EQ(batches.size(), 3u);
  EXPECT_TRUE(batches[0].pixels.empty());
  EXPECT_EQ(batches[1].labels, (std::vector<int32_t>{4, 5, 6, 7}));
  EXPECT_EQ(batches[2].samples, (std::vector<int32_t>{8, 9, 0, 0}));
}

namespace {

/// Pixels are the example's number; some cannot be decoded.
Examples breakingExamples(int64_t count, std::vector<int64_t> broken) {
  Examples examples = someExamples(count);
  examples.pixels.clear();
  examples.decode = [broken](int64_t example, std::span<uint8_t> out) {
    if (std::find(broken.begin(), broken.end(), example) != broken.end())
      throw netc::Error("p" + std::to_string(example) + ": gone");
    std::fill(out.begin(), out.end(), static_cast<uint8_t>(example));
  };
  examples.replacements = std::make_shared<Replacements>();
  return examples;
}

} // namespace

// The next by number takes the place, whoever reads it; behind the last, the
// first.
TEST(Loader, WhatBreaksIsReplaced) {
  for (int workers : {0, 1, 3}) {
    Examples examples = breakingExamples(10, {3, 4, 9});
    Loader loader(examples, 4, workers);
    loader.start(exampleOrder(10, Order::Sequential, 0, 0));
    std::vector<Batch> batches = drain(loader);
    ASSERT_EQ(batches.size(), 3u);
    EXPECT_EQ(batches[0].samples, (std::vector<int32_t>{0, 1, 2, 5}));
    EXPECT_EQ(batches[1].samples, (std::vector<int32_t>{5, 5, 6, 7}));
    EXPECT_EQ(batches[2].samples, (std::vector<int32_t>{8, 0, 0, 0}));
    EXPECT_EQ(batches[2].size, 2);
    EXPECT_EQ(batches[1].labels, (std::vector<int32_t>{5, 5, 6, 7}));
    EXPECT_EQ(batches[0].pixels[9], 5);
    EXPECT_EQ(examples.replacements->report(" here"),
              "replaced 3 broken pictures here: p3: gone; p4: gone; p9: gone");

    // Labels alone go with pixels that were read before.
    Loader labels(examples, 10, workers, Contents::Labels);
    labels.start(exampleOrder(10, Order::Sequential, 0, 0));
    EXPECT_EQ(labels.next()->samples,
              (std::vector<int32_t>{0, 1, 2, 5, 5, 5, 6, 7, 8, 0}));
  }
}

TEST(Loader, WhereAllAreBrokenNothingReplacesThem) {
  Examples examples = breakingExamples(3, {0, 1, 2});
  Loader loader(examples, 2, 1);
  loader.start(exampleOrder(3, Order::Sequential, 0, 0));
  try {
    loader.next();
    FAIL() << "nothing could be read";
  } catch (const netc::Error &error) {
    EXPECT_STREQ(error.what(),
                 "p0: gone; nor can any other of the 3 pictures of its set");
  }
  EXPECT_EQ(examples.replacements->report(""), "");
}

TEST(Loader, TheRingIsBounded) {
  auto ring = [](int64_t batch, int64_t bytes, int workers) {
    return Ring::of(batch, bytes, 1, workers, Contents::PixelsAndLabels);
  };
  EXPECT_EQ(ring(256, 784, 0).batches, 1);
  EXPECT_EQ(ring(256, 784, 1).batches, 2);
  EXPECT_EQ(ring(256, 784, 8).batches, 9);
  EXPECT_EQ(ring(256, 784, 8).bytes(), 9 * 256 * (784 + 8));
  // 128 pictures of 3x224x224 are 19 MB: six of them, however many workers.
  EXPECT_EQ(ring(128, 3 * 224 * 224, 64).batches, 6);
  EXPECT_LE(ring(128, 3 * 224 * 224, 256).bytes(), Ring::mostBytesAhead);
  EXPECT_EQ(ring(1 << 20, 3 * 224 * 224, 64).batches, 2); // two in any case
  EXPECT_EQ(Ring::of(256, 784, 1, 2, Contents::Labels).bytes(), 3 * 256 * 8);
}

TEST(Loader, ABoundedRingKeepsTheOrder) {
  Examples examples;
  examples.count = 30;
  examples.exampleBytes = int64_t{20} << 20;
  examples.labels.resize(30);
  examples.decode = [](int64_t example, std::span<uint8_t> out) {
    out[0] = static_cast<uint8_t>(example);
  };
  Loader loader(examples, 3, 16); // 60 MiB a batch: two of them
  loader.start(exampleOrder(30, Order::Shuffled, 1, 0));
  auto order = exampleOrder(30, Order::Shuffled, 1, 0);
  size_t row = 0;
  while (const Batch *batch = loader.next())
    for (int64_t i = 0; i < batch->size; ++i, ++row)
      EXPECT_EQ(batch->pixels[static_cast<size_t>(i * examples.exampleBytes)],
                order[row]);
  EXPECT_EQ(row, 30u);
}

TEST(Loader, WithoutThreadsItGathersItself) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "AddressSanitizer has terabytes of address space";
#endif
  Examples examples = someExamples(10);
  rlimit memory{};
  ASSERT_EQ(getrlimit(RLIMIT_AS, &memory), 0);
  rlimit none{1 << 20, memory.rlim_max}; // no room for a thread's stack
  ASSERT_EQ(setrlimit(RLIMIT_AS, &none), 0);
  {
    Loader loader(examples, 4, 3);
    setrlimit(RLIMIT_AS, &memory);
    loader.start(exampleOrder(10, Order::Sequential, 0, 0));
    std::vector<Batch> batches = drain(loader);
    ASSERT_EQ(batches.size(), 3u);
    EXPECT_EQ(batches[1].labels, (std::vector<int32_t>{4, 5, 6, 7}));
  }
}
