#include "edgekeep/keep/door.h"

#include "edgekeep/base/testing/expect_error.h"

namespace edgekeep::keep {
namespace {

using gate::Command;

constexpr Caller kRoot{0, false};
constexpr Caller kMember{1000, true};
constexpr Caller kStranger{1000, false};

TEST(Door, ApplicationsAreRootAndMembersOfTheGroup) {
  EK_ASSERT_OK(CheckCaller(Door::kApplication, kRoot));
  EK_ASSERT_OK(CheckCaller(Door::kApplication, kMember));
  EK_EXPECT_ERROR(CheckCaller(Door::kApplication, kStranger), ErrorCode::kForbidden);
}

TEST(Door, TheAdministratorIsRoot) {
  EK_ASSERT_OK(CheckCaller(Door::kAdministrator, kRoot));
  EK_EXPECT_ERROR(CheckCaller(Door::kAdministrator, kMember), ErrorCode::kForbidden);
  EK_EXPECT_ERROR(CheckCaller(Door::kAdministrator, kStranger), ErrorCode::kForbidden);
}

TEST(Door, EachCommandIsGivenAtOneDoor) {
  EK_ASSERT_OK(CheckCommand(Door::kApplication, Command::kOpenModel));
  EK_EXPECT_ERROR(CheckCommand(Door::kAdministrator, Command::kOpenModel), ErrorCode::kForbidden);
  for (const Command command : {Command::kInitialise, Command::kShowRequest, Command::kInstall, Command::kStatus}) {
    EK_ASSERT_OK(CheckCommand(Door::kAdministrator, command));
    EK_EXPECT_ERROR(CheckCommand(Door::kApplication, command), ErrorCode::kForbidden);
  }
}

TEST(Door, WhatBelongsToCellsIsGivenAtNone) {
  for (const Command command :
       {Command::kError, Command::kCellHello, Command::kServeModel, Command::kInstallPackage, Command::kPreparePackage,
        Command::kAddSession, Command::kEndSession, Command::kReadStatistics}) {
    EK_EXPECT_ERROR(CheckCommand(Door::kApplication, command), ErrorCode::kForbidden);
    EK_EXPECT_ERROR(CheckCommand(Door::kAdministrator, command), ErrorCode::kForbidden);
  }
}

}  // namespace
}  // namespace edgekeep::keep
