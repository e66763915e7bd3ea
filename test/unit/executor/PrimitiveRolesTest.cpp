// The table of roles: what holds for every kind, and its exceptions.
#include "runtime/cpu/PrimitiveRoles.h"

#include <gtest/gtest.h>

namespace netc::runtime::cpu {
namespace {

TEST(PrimitiveRoles, EveryKindGoesForward) {
  for (PrimitiveKind kind : valuesOf<PrimitiveKind>) {
    const PrimitiveRoles *roles = findRoles(kind, Propagation::Forward);
    ASSERT_NE(roles, nullptr) << keyword(kind);
    EXPECT_TRUE(roles->needs(Role::Src, false, {}));
    EXPECT_TRUE(roles->writes(Role::Dst, false));
    EXPECT_FALSE(roles->writes(Role::Src, false));
  }
  EXPECT_EQ(findRoles(PrimitiveKind::Reorder, Propagation::BackwardData),
            nullptr);
  EXPECT_EQ(findRoles(PrimitiveKind::MaxPooling, Propagation::BackwardWeights),
            nullptr);
}

TEST(PrimitiveRoles, WhatIsNeededIsTakenAndWhatIsWrittenToo) {
  RoleSet all;
  for (Role role : valuesOf<Role>)
    all.insert(role);
  for (PrimitiveKind kind : valuesOf<PrimitiveKind>)
    for (Propagation propagation : valuesOf<Propagation>) {
      const PrimitiveRoles *roles = findRoles(kind, propagation);
      for (Role role : valuesOf<Role>)
        for (bool relu : {false, true}) {
          if (!roles || (relu && !roles->fusesRelu))
            continue;
          EXPECT_LE(roles->needs(role, relu, all),
                    roles->takes(role, relu, all))
              << keyword(kind) << " " << keyword(role);
          EXPECT_LE(roles->writes(role, false),
                    roles->takes(role, roles->fusesRelu, all))
              << keyword(kind) << " " << keyword(role);
        }
    }
}

TEST(PrimitiveRoles, OfNormalizations) {
  EXPECT_TRUE(isNormalization(PrimitiveKind::BatchNormalization));
  EXPECT_TRUE(isNormalization(PrimitiveKind::LayerNormalization));
  EXPECT_FALSE(isNormalization(PrimitiveKind::Convolution));
  const PrimitiveRoles &forward =
      *findRoles(PrimitiveKind::BatchNormalization, Propagation::Forward);
  EXPECT_TRUE(forward.writes(Role::Mean, /*givenStatistics=*/false));
  EXPECT_FALSE(forward.writes(Role::Mean, /*givenStatistics=*/true));
  EXPECT_TRUE(forward.needs(Role::Workspace, /*relu=*/true, {}));
  EXPECT_FALSE(forward.takes(Role::Workspace, /*relu=*/false, {}));
  const PrimitiveRoles &gradient =
      *findRoles(PrimitiveKind::LayerNormalization, Propagation::BackwardData);
  EXPECT_FALSE(gradient.writes(Role::Src, false));
  EXPECT_TRUE(gradient.needs(Role::WeightsGradient, false, {Role::Weights}));
  EXPECT_FALSE(gradient.takes(Role::WeightsGradient, false, {}));
}

} // namespace
} // namespace netc::runtime::cpu
