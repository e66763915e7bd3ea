// Ctrl-C sets a flag, once.
#include "runtime/train/Interrupt.h"

#include <csignal>
#include <gtest/gtest.h>

using netc::runtime::train::Interrupt;

TEST(Interrupt, FirstCtrlCIsNoted) {
  Interrupt interrupt;
  EXPECT_FALSE(interrupt.requested());
  raise(SIGINT);
  EXPECT_TRUE(interrupt.requested());
}

TEST(Interrupt, StartsUnset) {
  {
    Interrupt interrupt;
    raise(SIGINT);
  }
  Interrupt again;
  EXPECT_FALSE(again.requested());
}

TEST(Interrupt, GivesTheSignalBack) {
  struct sigaction before{}, after{};
  sigaction(SIGINT, nullptr, &before);
  {
    Interrupt interrupt;
  }
  sigaction(SIGINT, nullptr, &after);
  EXPECT_EQ(before.sa_handler, after.sa_handler);
}

TEST(InterruptDeathTest, SecondCtrlCEndsTheProcess) {
  EXPECT_EXIT(
      {
        Interrupt interrupt;
        raise(SIGINT);
        raise(SIGINT);
      },
      testing::KilledBySignal(SIGINT), "");
}
