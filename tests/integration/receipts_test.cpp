// Receipts of a whole device, checked as a third party does.
#include <fstream>

#include "binaries.h"
#include "bounded_device.h"
#include "files.h"

namespace edgekeep::test {
namespace {

namespace fs = std::filesystem;

class DeviceReceipts : public BoundedDevice {
 protected:
  void SetUp() override {
    BoundedDevice::SetUp();
    if (IsSkipped()) return;
    Install(1, R"({"receipts": true, "output_guard": {"decimals": 2}})", {});
  }

  // `edgekeep receipt verify`, as the publisher's program.
  Outcome Verify(const std::vector<std::string>& more, const fs::path& request) const {
    std::vector<std::string> words = {
        Binary("edgekeep-publisher"), "receipt", "verify", receipt_, "--request", request};
    words.insert(words.end(), more.begin(), more.end());
    return RunProgram(words);
  }

  std::vector<std::string> Tensors() const {
    return {"--inputs", receipt_.string() + ".inputs", "--outputs", receipt_.string() + ".outputs"};
  }

  const fs::path receipt_ = files_ / "r.ekr";
};

TEST_F(DeviceReceipts, VerifyForWhoHasTheRequest) {
  const Outcome run =
      device_.Edgekeep({"run", kProduct, "--random", "3", "--shape", "x=4", "--receipt", receipt_.string()});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const fs::path request = device_.root() / "d.ekd";
  const Outcome verified = Verify(Tensors(), request);
  EXPECT_EQ(verified.exit_code, 0) << verified.err;
  EXPECT_NE(verified.out.find(kProduct), std::string::npos) << verified.out;

  // One bit of the outputs, as another answer would be.
  std::vector<std::uint8_t> outputs = ReadFile(receipt_.string() + ".outputs");
  outputs.back() ^= 1;
  std::ofstream(files_ / "altered", std::ios::binary)
      .write(reinterpret_cast<const char*>(outputs.data()), static_cast<std::streamsize>(outputs.size()));
  const Outcome altered = Verify({"--outputs", files_ / "altered"}, request);
  EXPECT_EQ(altered.exit_code, 1);
  EXPECT_NE(altered.err.find("not the tensors"), std::string::npos) << altered.err;

  // Another device's request.
  Device other;
  other.Start();
  const Outcome foreign = Verify({}, other.Initialise(Publisher::Shared().trust_bundle()));
  EXPECT_EQ(foreign.exit_code, 1);
  EXPECT_NE(foreign.err.find("signed by another device"), std::string::npos) << foreign.err;
}

// By the library: many calls under one signature, each with its own number, for the session that made it.
TEST_F(DeviceReceipts, EachAnsweredCallHasOne) {
  app::Model model = Open(4);
  std::vector<app::Call> calls;
  for (int i = 0; i < 3; ++i) calls.push_back(*Submit(model, static_cast<float>(i)));
  for (app::Call& call : calls) ASSERT_TRUE(call.Wait());
  std::array<std::byte, EK_MAX_RECEIPT> first{};
  std::array<std::byte, EK_MAX_RECEIPT> second{};
  const auto size = calls[0].Receipt(first);
  ASSERT_TRUE(size) << size.error().name();
  ASSERT_TRUE(calls[1].Receipt(second));
  EXPECT_NE(first, second);
  std::array<std::byte, 10> small{};
  EXPECT_EQ(calls[2].Receipt(small).error().code(), ek_code{EK_TOO_LARGE});
  // Asked again, it is the same.
  std::array<std::byte, EK_MAX_RECEIPT> again{};
  EXPECT_EQ(*calls[0].Receipt(again), *size);
  EXPECT_EQ(first, again);
}

TEST_F(DeviceReceipts, WithoutThePolicyThereIsNone) {
  Install(2, "", {});
  app::Model model = Open();
  app::Call call = *Submit(model, 1);
  ASSERT_TRUE(call.Wait());
  std::array<std::byte, EK_MAX_RECEIPT> receipt{};
  EXPECT_EQ(call.Receipt(receipt).error().code(), ek_code{EK_NOT_FOUND});
}

}  // namespace
}  // namespace edgekeep::test
