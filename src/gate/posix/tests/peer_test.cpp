#include <grp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "child.h"
#include "edgekeep/gate/posix/channel.h"
#include "scratch.h"

namespace edgekeep::gate {
namespace {

constexpr gid_t kGroup = 64001;
constexpr uid_t kStranger = 64002;
constexpr int kAnyMode = 0777;

// Becomes kStranger with the given groups, connects, and stays until the listener has looked.
int Knock(const std::string& path, gid_t primary, std::initializer_list<gid_t> supplementary) {
  if (setgroups(supplementary.size(), supplementary.begin()) != 0) return 2;
  if (setresgid(primary, primary, primary) != 0) return 3;
  if (setresuid(kStranger, kStranger, kStranger) != 0) return 4;
  auto channel = Channel::Connect(path);
  if (!channel) return 5;
  std::array<std::uint8_t, 64> buffer{};
  return channel->Receive(buffer, 10'000).error().code() == ErrorCode::kPeerGone ? 0 : 6;
}

class Peers : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "SKIP peer groups: changing users needs root";
    listener_ = Listen(scratch_ / "gate.sock", kAnyMode).value();
  }

  bool StrangerIsInGroup(gid_t primary, std::initializer_list<gid_t> supplementary) {
    Child child([&] { return Knock(scratch_ / "gate.sock", primary, supplementary); });
    bool in_group = false;
    {
      const Descriptor connection = Accept(listener_.get()).value();
      EXPECT_EQ(PeerOf(connection.get())->uid, kStranger);
      in_group = PeerIsInGroup(connection.get(), kGroup).value();
    }
    EXPECT_EQ(child.Wait(), 0);
    return in_group;
  }

  Scratch scratch_;
  Descriptor listener_;
};

TEST_F(Peers, OutsideTheGroupAreNotInIt) {
  EXPECT_FALSE(StrangerIsInGroup(64003, {}));
  EXPECT_FALSE(StrangerIsInGroup(64003, {64004, 64005}));
}

TEST_F(Peers, ByPrimaryGroupAreInIt) {
  EXPECT_TRUE(StrangerIsInGroup(kGroup, {}));
}

TEST_F(Peers, BySupplementaryGroupAreInIt) {
  EXPECT_TRUE(StrangerIsInGroup(64003, {64004, kGroup}));
}

TEST(PeerOf, NamesThisProcess) {
  const auto pair = Channel::Pair();
  const auto peer = PeerOf(pair->first.fd());
  ASSERT_TRUE(peer);
  EXPECT_EQ(peer->pid, static_cast<std::uint32_t>(getpid()));
  EXPECT_EQ(peer->uid, geteuid());
  EXPECT_EQ(peer->gid, getegid());
}

TEST(PeerOf, RefusesWhatIsNoSocket) {
  EXPECT_EQ(PeerOf(STDIN_FILENO).error().code(), ErrorCode::kIo);
}

}  // namespace
}  // namespace edgekeep::gate
