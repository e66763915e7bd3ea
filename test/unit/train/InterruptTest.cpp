// The signals that ask for an end set a flag, once.
#include "runtime/train/Interrupt.h"

#include <gtest/gtest.h>

using netc::runtime::train::Interrupt;

TEST(Interrupt, TheFirstIsNoted) {
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    Interrupt interrupt;
    EXPECT_FALSE(interrupt.requested());
    EXPECT_EQ(interrupt.signal(), 0);
    raise(signal);
    EXPECT_TRUE(interrupt.requested());
    EXPECT_EQ(interrupt.signal(), signal);
  }
}

TEST(Interrupt, StartsUnset) {
  {
    Interrupt interrupt;
    raise(SIGINT);
  }
  Interrupt again;
  EXPECT_FALSE(again.requested());
}

TEST(Interrupt, GivesTheSignalsBack) {
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before{}, after{};
    sigaction(signal, nullptr, &before);
    {
      Interrupt interrupt;
    }
    sigaction(signal, nullptr, &after);
    EXPECT_EQ(before.sa_handler, after.sa_handler);
  }
}

TEST(Interrupt, WhatIsIgnoredStaysSo) {
  auto before = signal(SIGHUP, SIG_IGN); // as nohup does
  {
    Interrupt interrupt;
    raise(SIGHUP);
    EXPECT_FALSE(interrupt.requested());
  }
  signal(SIGHUP, before);
}

TEST(InterruptDeathTest, TheSecondEndsTheProcess) {
  EXPECT_EXIT(
      {
        Interrupt interrupt;
        raise(SIGINT);
        raise(SIGINT);
      },
      testing::KilledBySignal(SIGINT), "");
  EXPECT_EXIT(
      {
        Interrupt interrupt;
        raise(SIGINT);
        raise(SIGTERM);
      },
      testing::KilledBySignal(SIGTERM), "");
}
