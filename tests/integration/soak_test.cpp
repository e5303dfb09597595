// A device at work: after it has done everything a few times, doing it many times more takes nothing more of the
// machine. script/bench --soak runs the same for as long as one likes.
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "binaries.h"
#include "device.h"
#include "edgekeep/edgekeep.hpp"
#include "eventually.h"
#include "process_counts.h"
#include "publisher.h"

namespace edgekeep::test {
namespace {

struct Held {
  std::size_t descriptors = 0;
  std::size_t threads = 0;
  std::size_t kib = 0;
};

// The least of several looks: what belongs to a session that was just closed goes a moment later.
Held HeldBy(pid_t process) {
  Held held{OpenDescriptorsOf(process), ThreadsOf(process), HeldKib(process)};
  for (int look = 0; look < 40; ++look) {
    ::poll(nullptr, 0, 5);
    held.descriptors = std::min(held.descriptors, OpenDescriptorsOf(process));
    held.threads = std::min(held.threads, ThreadsOf(process));
    held.kib = std::min(held.kib, HeldKib(process));
  }
  return held;
}

class SoakedDevice : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = WhyNoDevice(); !reason.empty()) GTEST_SKIP() << reason;
    device_.UseNoSpareCell();  // it would come and go beside the counting
    device_.Start();
    Publisher& publisher = Publisher::Shared();
    const auto licence = publisher.Licence(device_.Initialise(publisher.trust_bundle()), kDirectionProduct);
    const auto sealed = publisher.Seal(OcrModel("ch_ppocr_mobile_v2.0_cls_infer.onnx"), kDirectionProduct);
    ASSERT_EQ(device_.Edgekeep({"install", sealed, publisher.Grant(sealed), licence}).exit_code, 0);
  }

  app::Model Open() {
    const auto client = app::Client::Open({.root = device_.root().c_str()});
    return std::move(client->OpenModel(kDirectionProduct, {.ring_bytes = 1U << 20, .threads = 1}).value());
  }

  void Call(app::Model& model, int times) {
    const std::array<std::int64_t, 4> shape = {1, 3, 48, 192};
    const std::array inputs = {app::Input(nullptr, picture_, shape)};
    for (int i = 0; i < times; ++i) ASSERT_TRUE(model.Run(inputs));
  }

  void Work(app::Model& called, int rounds) {
    for (int i = 0; i < rounds; ++i) {
      Call(called, 25);
      app::Model opened = Open();
      Call(opened, 1);
    }
  }

  std::vector<float> picture_ = std::vector<float>(3 * 48 * 192, 0.5F);
  Device device_;
};

TEST_F(SoakedDevice, HoldsNoMoreAfterManyOpensAndCalls) {
  app::Model called = Open();
  const pid_t keep = device_.ProcessesNamed("edgekeep-keep").at(0);
  const std::array processes = {keep, device_.spawner(), device_.ProcessesNamed("edgekeep-cell").at(0), ::getpid()};
  Work(called, 4);
  std::array<Held, processes.size()> before;
  for (std::size_t i = 0; i < before.size(); ++i) before[i] = HeldBy(processes[i]);
  Work(called, 16);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Held& held = before[i];
    EXPECT_TRUE(Eventually([&] { return OpenDescriptorsOf(processes[i]) <= held.descriptors; })) << i;
    EXPECT_TRUE(Eventually([&] { return ThreadsOf(processes[i]) <= held.threads; })) << i;
    // 16 sessions that each left a page or two would stay below; their buffers, rings or stacks would not.
    EXPECT_TRUE(Eventually([&] { return HeldKib(processes[i]) <= held.kib + 128; }))
        << i << ": " << held.kib << " before";
  }
  // Control: what is not closed is seen by the same counts.
  const app::Model kept = Open();
  EXPECT_GT(HeldBy(keep).descriptors, before[0].descriptors);
  EXPECT_GT(HeldBy(::getpid()).descriptors, before[3].descriptors);
}

}  // namespace
}  // namespace edgekeep::test
