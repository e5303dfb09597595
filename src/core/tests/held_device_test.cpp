// A disk that is cut and put back at random, for ever.
#include <array>
#include <cstdlib>
#include <random>
#include <vector>

#include "edgekeep/base/testing/expect_error.h"
#include "fixture/bound_store.h"

namespace edgekeep::core {
namespace {

// Whoever holds the device cuts its power where they like, keeps every copy of its disk, and puts back whichever they
// like. What the keep has said is done must never be undone.
class HeldDevice : public fixture::BoundStore {
 protected:
  void Live() {
    disk_.contents = copies_[Below(copies_.size())];
    Restart();
    if (!Look()) return;
    power_.CutAt(Below(14));
    for (std::uint64_t i = 0, count = 1 + Below(3); i < count; ++i) {
      const std::size_t object = Below(kNames.size());
      const std::uint64_t value = ++last_value_;
      const bool done = Write(kNames[object], std::to_string(value)).has_value();
      if (done) done_[object] = value;
      copies_.push_back(disk_.contents);
    }
    power_.Back();
    ++num_lives_;
  }

  // False where the disk is not believed.
  bool Look() {
    std::array<std::uint64_t, 2> found{};
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      const Result<Bytes> bytes = store_->Read(kNames[i], fixture::kMaxSize);
      if (!bytes && bytes.error().code() != ErrorCode::kNotFound) return false;
      if (bytes) found[i] = std::stoull(std::string(AsText(bytes->view())));
    }
    for (std::size_t i = 0; i < kNames.size(); ++i) EXPECT_GE(found[i], done_[i]) << kNames[i] << " was put back";
    copies_.push_back(disk_.contents);
    return true;
  }

  std::uint64_t Below(std::uint64_t bound) { return random_() % bound; }

  static constexpr std::array<const char*, 2> kNames = {"calls", "policies"};
  std::mt19937_64 random_;
  std::vector<fixture::PoweredStore::Contents> copies_;
  std::array<std::uint64_t, 2> done_{};
  std::uint64_t last_value_ = 0;
  std::uint64_t num_lives_ = 0;
};

TEST_F(HeldDevice, NeverGoesBack) {
  const std::uint64_t num_seeds = std::getenv("EDGEKEEP_LONG") != nullptr ? 20'000 : 80;
  for (std::uint64_t seed = 0; seed < num_seeds && !HasFailure(); ++seed) {
    random_.seed(seed);
    disk_.contents.clear();
    Restart();
    done_ = {};
    EK_ASSERT_OK(Write("calls", std::to_string(++last_value_)));
    done_[0] = last_value_;
    copies_.assign(1, disk_.contents);
    for (int life = 0; life < 12; ++life) Live();
    SCOPED_TRACE(seed);
  }
  EXPECT_GT(num_lives_, num_seeds) << "disks that are believed are what is tested";
}

}  // namespace
}  // namespace edgekeep::core
