#include "../seen_checkpoints.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/log/note_signer.h"

namespace edgekeep::cli::publisher {
namespace {

using release::log::SignatureType;

constexpr std::uint64_t kDay = 86400;
constexpr std::uint64_t kStart = 1790000000;
constexpr std::uint64_t kYear2099 = 4070908800;

const crypto::Provider& SeenCryptography() {
  static const auto provider = crypto::NewOpenSslProvider().value();
  return *provider;
}

class NoteKey final : public sealing::SigningKey {
 public:
  crypto::AlgorithmId algorithm() const override { return crypto::AlgorithmId::kEd25519; }

  ByteView public_key() const override { return pair_.public_key.view(); }

  Result<Bytes> Sign(ByteView message) const override {
    return SeenCryptography().Sign(algorithm(), pair_.private_key.Reveal(), message);
  }

  log::NoteSigner As(std::string_view name, SignatureType type) const {
    return log::NoteSigner::Create(SeenCryptography(), name, type, *this).value();
  }

 private:
  crypto::KeyPair pair_ = SeenCryptography().GenerateSigningKey(crypto::AlgorithmId::kEd25519).value();
};

// A log, and two witnesses of whom any is a quorum.
class SeenCheckpoints : public testing::Test {
 protected:
  ~SeenCheckpoints() override { std::filesystem::remove_all(directory_); }

  release::log::Policy Believing(const std::vector<const NoteKey*>& witnesses) const {
    std::string text = "log " + log::ToVkey(log_.As("log.example", SignatureType::kEd25519).verifier()) + "\n";
    std::string any;
    for (const NoteKey* witness : witnesses) {
      const std::string name = "w" + std::to_string(any.size());
      text += "witness " + name + " " + log::ToVkey(Signer(*witness).verifier()) + "\n";
      any += " " + name;
    }
    text += "group cosigners any" + any + "\nquorum cosigners\n";
    return release::log::Policy::Parse(SeenCryptography(), text).value();
  }

  static log::NoteSigner Signer(const NoteKey& witness) {
    return witness.As("witness.example", SignatureType::kEd25519Cosignature);
  }

  // `times`: of first_, second_.
  std::string Note(std::uint64_t size, const std::vector<std::uint64_t>& times, std::uint8_t tree = 1) const {
    release::log::TreeHead head{.size = size, .root = {}};
    head.root.mutable_view()[0] = tree;
    const std::string text = log::CheckpointText("log.example", head);
    const log::NoteSigner signer = log_.As("log.example", SignatureType::kEd25519);
    std::string note = log::SignCheckpoint(SeenCryptography(), text, {&signer, 1}, {kStart}).value();
    const auto checkpoint = release::log::ParseCheckpoint(text).value();
    for (std::size_t i = 0; i < times.size(); ++i) {
      note += Signer(i == 0 ? first_ : second_).Sign(SeenCryptography(), checkpoint, {times[i]}).value();
    }
    return note;
  }

  void Keep(const std::string& note, std::uint64_t now) {
    const auto kept = KeepSeen(session_, {directory_, policy_, {now + 300}}, note);
    EXPECT_TRUE(kept) << kept.error().what;
  }

  // "5@60 …": sizes, and seconds after kStart.
  std::string Seen(const release::log::Policy& policy, std::uint64_t now) {
    const auto seen = ReadSeen(session_, {directory_, policy, {now + 300}}, "log.example");
    if (!seen) return seen.error().what;
    std::string text;
    for (const log::CosignedHead& one : *seen) {
      const std::string time = std::to_string(static_cast<std::int64_t>(one.cosigned_at.value - kStart));
      text += (text.empty() ? "" : " ") + std::to_string(one.head.size) + "@" + time;
      EXPECT_EQ(one.file, directory_ + "/" + std::to_string(one.head.size) + ".checkpoint");
    }
    return text;
  }

  void Plant(const std::string& name, const std::string& note) const {
    std::filesystem::create_directories(directory_);
    std::ofstream(directory_ + "/" + name, std::ios::trunc) << note;
  }

  const NoteKey log_;
  const NoteKey first_;
  const NoteKey second_;
  const release::log::Policy policy_ = Believing({&first_, &second_});
  Session session_{.context = {.provider = SeenCryptography(), .now = {kStart}}, .report = {}};
  const std::string directory_ = testing::TempDir() + "seen." + std::to_string(getpid());
};

// A log that nothing was added to since day 0, and cosigned ever since: what is dated to day 28 on day 30 is found by
// what was seen on day 29 alone.
TEST_F(SeenCheckpoints, SayOfEachSizeUntilWhenItWasTheLogs) {
  Keep(Note(5, {kStart}), kStart);
  EXPECT_EQ(Seen(policy_, kStart), "5@0") << "control";
  Keep(Note(5, {kStart + 29 * kDay}), kStart + 29 * kDay);
  EXPECT_EQ(Seen(policy_, kStart + 30 * kDay), "5@" + std::to_string(29 * kDay));
  Keep(Note(5, {kStart + 7 * kDay}), kStart + 30 * kDay);
  EXPECT_EQ(Seen(policy_, kStart + 30 * kDay), "5@" + std::to_string(29 * kDay)) << "an older one";
}

TEST_F(SeenCheckpoints, DoNotMakeRoomForAFork) {
  Keep(Note(5, {kStart}), kStart);
  Keep(Note(5, {kStart + kDay}, 2), kStart + kDay);
  EXPECT_EQ(Seen(policy_, kStart + kDay), "5@0");
  Keep(Note(5, {kStart + kDay}), kStart + kDay);
  EXPECT_EQ(Seen(policy_, kStart + kDay), "5@86400") << "control: the same tree";
}

// Either would hold every release that comes after it.
TEST_F(SeenCheckpoints, BelieveNoCosignerFromTheYear2099) {
  Keep(Note(5, {kYear2099, kStart}), kStart);
  EXPECT_EQ(Seen(policy_, kStart), "5@0");
  Keep(Note(6, {kYear2099}), kStart);
  EXPECT_EQ(Seen(policy_, kStart), "5@0") << "not kept";
  Plant("6.checkpoint", Note(6, {kYear2099}));
  EXPECT_EQ(Seen(policy_, kStart), "5@0") << "nor read";
  EXPECT_NE(Seen(policy_, kYear2099).find("6@2280908800"), std::string::npos) << "control: the clock says 2099";
  Keep(Note(6, {kStart + 60}), kStart);
  EXPECT_NE(Seen(policy_, kStart).find("6@60"), std::string::npos) << "and it makes room";
}

TEST_F(SeenCheckpoints, OfCosignersThatAreNotBelievedAnyMoreArePassedOver) {
  Keep(Note(5, {kStart}), kStart);
  Keep(Note(6, {kStart, kStart + 60}), kStart);
  const auto next = Believing({&second_});
  testing::internal::CaptureStderr();
  EXPECT_EQ(Seen(next, kStart), "6@60");
  const std::string told = testing::internal::GetCapturedStderr();
  EXPECT_NE(told.find("1 kept checkpoints are passed over"), std::string::npos) << told;
  EXPECT_NE(told.find("5.checkpoint"), std::string::npos) << told;
  testing::internal::CaptureStderr();
  EXPECT_NE(Seen(policy_, kStart).find("5@0"), std::string::npos) << "control";
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  Plant("7.checkpoint", "torn");
  EXPECT_NE(Seen(policy_, kStart).find("6@60"), 0U) << "what is no checkpoint was damaged: it is not passed over";
}

// Sizes and times; a time below 0: not believed.
std::vector<SeenFile> FilesOf(const std::vector<std::pair<std::uint64_t, std::int64_t>>& sizes_and_times) {
  std::vector<SeenFile> files;
  for (const auto& [size, time] : sizes_and_times) {
    SeenFile& file = files.emplace_back();
    file.size = size;
    if (time >= 0) file.cosigned_at = UnixTime{static_cast<std::uint64_t>(time)};
    file.path = std::to_string(size);
  }
  return files;
}

TEST(SeenFiles, ThoseThatAreMissedLeastAreThinnedOut) {
  using Paths = std::vector<std::string>;
  constexpr std::int64_t kNone = -1;
  const auto few = FilesOf({{1, 0}, {2, kNone}, {3, 60}, {4, 30}, {9, kNone}});
  EXPECT_EQ(FilesToThinOut(few, 5, 5), Paths()) << "no more than may be";
  EXPECT_EQ(FilesToThinOut(few, 5, 4), Paths({"2"})) << "not believed";
  EXPECT_EQ(FilesToThinOut(few, 5, 3), Paths({"2", "4"})) << "nothing is entered earlier than what 3 says";
  EXPECT_EQ(FilesToThinOut(few, 5, 0), Paths({"2", "4"})) << "9 may show a fork, the others are recent";
}

// Every five minutes for a year: to the second by those of the last days, to some hours by those before.
TEST(SeenFiles, AreSpreadOverTheTimeThatTheyAreOf) {
  constexpr std::int64_t kStep = 300;
  constexpr std::size_t kMost = 1'200;
  std::vector<SeenFile> kept;
  std::int64_t now = 0;
  std::uint64_t size = 0;
  for (int round = 0; round < 60; ++round) {
    for (int i = 0; i < 300; ++i) kept.push_back(FilesOf({{++size, now += kStep}}).front());
    const std::vector<std::string> gone = FilesToThinOut(kept, size, kMost);
    std::erase_if(kept, [&](const SeenFile& one) { return std::ranges::find(gone, one.path) != gone.end(); });
    ASSERT_LE(kept.size(), kMost);
  }
  EXPECT_EQ(kept.front().size, 1U);
  EXPECT_EQ(kept[kept.size() - 1'000].size, size - 999) << "the recent ones are all there";
  std::uint64_t longest = 0;
  for (std::size_t i = 1; i < kept.size(); ++i) {
    longest = std::max(longest, kept[i].cosigned_at->value - kept[i - 1].cosigned_at->value);
  }
  // 17,000 steps by 200 files.
  EXPECT_LE(longest, 4 * 17'000 / 200 * kStep);
}

// As it was left by who thinned nothing out: it is read, and smaller after the next run.
TEST_F(SeenCheckpoints, BecomeFewerByThemselves) {
  const std::string text = log::CheckpointText("log.example", {.size = 1, .root = {}});
  const log::NoteSigner stranger = Signer(first_);
  Plant("0.checkpoint", log::SignCheckpoint(SeenCryptography(), text, {&stranger, 1}, {kStart}).value());
  for (int i = 1; i < 10'500; ++i) {
    std::filesystem::create_hard_link(directory_ + "/0.checkpoint",
                                      directory_ + "/" + std::to_string(100 + i) + ".checkpoint");
  }
  EXPECT_EQ(Seen(policy_, kStart), "") << "control";
  Keep(Note(5, {kStart}), kStart);
  const auto files = std::filesystem::directory_iterator(directory_);
  EXPECT_EQ(std::distance(begin(files), end(files)), 4'500);
  EXPECT_EQ(Seen(policy_, kStart), "5@0");
}

}  // namespace
}  // namespace edgekeep::cli::publisher
