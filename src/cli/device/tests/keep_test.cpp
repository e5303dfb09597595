// Commands against a keep of the test's own.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "command.h"
#include "edgekeep/base/check.h"
#include "edgekeep/edgekeep.h"
#include "edgekeep/formats/operations_policy.h"
#include "edgekeep/gate/admin.h"
#include "edgekeep/gate/failure.h"
#include "edgekeep/json/text.h"
#include "fixture/fake_cell.h"
#include "npy.h"

namespace edgekeep::cli::device {
namespace {

class KeepTest : public testing::Test {
 protected:
  Output Edgekeep(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--root", keep_.root()});
    return device::Edgekeep(std::move(arguments));
  }

  // Answers every administrator's question with what `encode` writes.
  void Administrate(gate::Command command, std::function<Status(CborWriter&)> encode) {
    keep_.ServeAdministrators([command, encode](gate::Channel& connection, const gate::Message& request) {
      std::vector<std::uint8_t> room(gate::kMaxBodySize);
      CborWriter body(room);
      EXPECT_TRUE(encode(body));
      EXPECT_TRUE(connection.Send(command, request.frame.header.id, body.written()));
    });
  }

  // A file with the input x: two rows of 1, 2, 3, 4.
  std::string WriteX(std::size_t columns = 4) {
    const std::vector<float> values = {1, 2, 3, 4, 1, 2, 3, 4};
    const std::vector<std::int64_t> shape = {static_cast<std::int64_t>(8 / columns),
                                             static_cast<std::int64_t>(columns)};
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(values.data());
    const std::vector<std::uint8_t> file = EncodeNpy(EK_FLOAT32, shape, ByteView(bytes, 32));
    return directory_.Write("x.npy", {file.begin(), file.end()});
  }

  WorkDirectory directory_;
  client::FakeCells cells_;
  client::FakeKeep keep_;
};

TEST_F(KeepTest, RunAnswersForPeople) {
  keep_.ServeApplications(cells_.AsKeep());
  const Output output = Edgekeep({"run", "acme/fake", "--input", "x=" + WriteX(), "--random", "1"});
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_TRUE(output.out.starts_with("acme/fake 1.2.3\ny  float32 [2,4]  min ")) << output.out;
  EXPECT_NE(output.out.find("n  int64 [1]  min 2  max 2  largest at 0\n"), std::string::npos) << output.out;
  EXPECT_TRUE(output.out.ends_with(" ms\n"));
}

TEST_F(KeepTest, RunAnswersForMachinesAndWritesOutputsOnce) {
  keep_.ServeApplications(cells_.AsKeep());
  const std::string outputs = directory_.path() / "outputs";
  const std::vector<std::string> arguments = {"run",      "acme/fake", "--input",      "x=" + WriteX(), "--random", "1",
                                              "--repeat", "5",         "--output-dir", outputs,         "--json"};
  const Output output = Edgekeep(arguments);
  ASSERT_EQ(output.exit_code, 0) << output.err;
  const auto value = json::Parse(output.out);
  ASSERT_TRUE(value);
  const json::Object& object = *value->AsObject().value();
  EXPECT_EQ(object.Find("milliseconds")->AsObject().value()->Find("runs")->AsUnsigned().value(), 5U);
  EXPECT_EQ(object.Find("outputs")->AsArray().value()->size(), 2U);
  const auto y = ReadNpy(outputs + "/y.npy");
  ASSERT_TRUE(y) << y.error().what;
  EXPECT_EQ(y->shape, (std::vector<std::int64_t>{2, 4}));
  const Output again = Edgekeep(arguments);
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_NE(again.err.find("ever overwritten"), std::string::npos) << again.err;
}

TEST_F(KeepTest, MadeUpInputsAreTheSameForTheSameSeed) {
  keep_.ServeApplications(cells_.AsKeep());
  const auto run = [this](const char* seed, const std::string& name) {
    const std::string directory = directory_.path() / name;
    EXPECT_EQ(Edgekeep({"run", "acme/fake", "--random", seed, "--shape", "x=3,4", "--output-dir", directory}).exit_code,
              0);
    return ReadText(directory + "/y.npy");
  };
  const std::string first = run("1", "a");
  EXPECT_EQ(first, run("1", "b"));
  EXPECT_NE(first, run("2", "c"));
}

TEST_F(KeepTest, RunSaysWhichInputIsMissingUnknownOrWrong) {
  keep_.ServeApplications(cells_.AsKeep());
  const auto error = [this](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"run", "acme/fake"});
    const Output output = Edgekeep(arguments);
    EXPECT_EQ(output.exit_code, 1);
    return output.err;
  };
  EXPECT_NE(error({}).find("an input is missing: x, float32 [?,4]: give it by --input x=FILE.npy"), std::string::npos);
  EXPECT_NE(error({"--input", "q=" + WriteX()}).find("no such input: q"), std::string::npos);
  EXPECT_NE(error({"--input", WriteX()}).find("no NAME=VALUE"), std::string::npos);
  EXPECT_NE(error({"--input", "x=absent.npy", "--random", "1"}).find("cannot read the input: absent.npy"),
            std::string::npos);
  EXPECT_NE(error({"--random", "1", "--shape", "x=1,q"}).find("no shape: 1,q"), std::string::npos);
  EXPECT_NE(error({"--random", "1", "--input", "x=" + WriteX(8)}).find("bad-tensor: an input's shape"),
            std::string::npos);
}

TEST_F(KeepTest, RefusalsOfTheKeepAreOneLine) {
  keep_.ServeApplications([](gate::Channel& connection, const gate::Message& request) {
    std::uint8_t room[256];
    CborWriter body(room);
    EXPECT_TRUE(gate::EncodeFailure(gate::FailureOf(Error(ErrorCode::kDenied)), body));
    EXPECT_TRUE(connection.Send(gate::Command::kError, request.frame.header.id, body.written()));
  });
  const Output output = Edgekeep({"run", "acme/fake", "--random", "1"});
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_EQ(output.err,
            "edgekeep: opening acme/fake failed, denied: the keep: refused; the reason is in the keep's journal\n");
}

TEST_F(KeepTest, InitSaysThatASoftwareAnchorIsForDevelopment) {
  Administrate(gate::Command::kInitialise, [](CborWriter& body) {
    return gate::EncodeInitialiseAnswer(
        {.anchor = EK_ANCHOR_SOFTWARE, .publisher = InlineString<63>::Truncated("acme")}, body);
  });
  const Output output = Edgekeep({"device", "init", "--trust", directory_.Write("publisher.ekt", "trust")});
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_NE(output.out.find("anchor       software (for development only"), std::string::npos) << output.out;
}

TEST_F(KeepTest, InitRefusesAnotherAnchorThanIsExpected) {
  Administrate(gate::Command::kStatus,
               [](CborWriter& body) { return gate::EncodeStatusAnswer({.anchor = EK_ANCHOR_SOFTWARE}, body); });
  const std::string trust = directory_.Write("publisher.ekt", "trust");
  const Output refused = Edgekeep({"device", "init", "--trust", trust, "--anchor", "tpm2"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("this device's anchor is software"), std::string::npos) << refused.err;
  const Output right = Edgekeep({"device", "init", "--trust", trust, "--anchor", "software"});
  EXPECT_EQ(right.err.find("this device's anchor"), std::string::npos) << "control: goes on";
}

TEST_F(KeepTest, AnchorIsChosenOnce) {
  EXPECT_EQ(Edgekeep({"device", "anchor", "optee"}).exit_code, 1);
  EXPECT_EQ(Edgekeep({"device", "anchor", "tpm2:relative"}).exit_code, 1);
  const Output chosen = Edgekeep({"device", "anchor", "tpm2:/dev/tpmrm0@7,11"});
  EXPECT_EQ(chosen.exit_code, 0) << chosen.err;
  std::ifstream file(keep_.root() + "/var/lib/edgekeep/anchor/choice");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "tpm2:/dev/tpmrm0@7,11\n");
  const Output again = Edgekeep({"device", "anchor", "software"});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_NE(again.err.find("this device has an anchor"), std::string::npos) << again.err;
}

gate::PolicyBytes PolicyOfTwoThreads() {
  return gate::PolicyBytes::From(std::array<std::uint8_t, 5>{0xA2, 0x01, 0x02, 0x09, 0xF5}).value();
}

gate::StatusAnswer DeviceStatus() {
  gate::StatusAnswer answer{.initialised = true,
                            .anchor = EK_ANCHOR_SOFTWARE,
                            .publisher = InlineString<63>::Truncated("acme"),
                            .engine_key = InlineString<128>::Truncated("onnxruntime-1.30.0/avx512"),
                            .memory_locking = InlineString<32>::Truncated("pool")};
  const gate::ProductStatus product{.product = ProductName::Parse("acme/fake").value(),
                                    .version = {.sequence = {3}, .display = VersionText::Truncated("1.1")},
                                    .licensed = true,
                                    .licence_expires = UnixTime{1'900'000'000},
                                    .prepared_for = InlineString<128>::Truncated("onnxruntime-1.30.0/avx512"),
                                    .prepared_form_current = true,
                                    .policy = PolicyOfTwoThreads(),
                                    .provider = 1};
  EXPECT_TRUE(answer.products.PushBack(product));
  return answer;
}

TEST_F(KeepTest, StatusTellsDeviceAndProducts) {
  Administrate(gate::Command::kStatus, [](CborWriter& body) { return gate::EncodeStatusAnswer(DeviceStatus(), body); });
  const Output text = Edgekeep({"status"});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  for (const char* words :
       {"software (for development only", "onnxruntime-1.30.0/avx512", "raise RLIMIT_MEMLOCK",
        "acme/fake  1.1 (sequence 3), slot 0, licensed until 2030-03-17 17:46 UTC, prepared for this "
        "engine and CPU, 0 open, computes on cpu\n  policy     threads 2, receipts\n"}) {
    EXPECT_NE(text.out.find(words), std::string::npos) << words << "\n" << text.out;
  }
  const auto value = json::Parse(Edgekeep({"status", "--json"}).out);
  ASSERT_TRUE(value);
  const json::Object& object = *value->AsObject().value();
  EXPECT_TRUE(object.Find("development_only")->AsBool().value());
  const json::Object& product = *(*object.Find("products")->AsArray().value())[0].AsObject().value();
  EXPECT_EQ(product.Find("licence_expires")->AsUnsigned().value(), 1'900'000'000U);
  EXPECT_EQ(product.Find("provider")->AsText().value(), "cpu");
  EXPECT_EQ(product.Find("policy")->AsObject().value()->Find("threads")->AsUnsigned().value(), 2U);
  EXPECT_EQ(Edgekeep({"device", "show"}).out.find("acme/fake"), std::string::npos);
}

TEST_F(KeepTest, StatusTellsWhatAnOperationsPolicyDemands) {
  Administrate(gate::Command::kStatus, [](CborWriter& body) {
    const formats::OperationsPolicy policy{.version = 3,
                                           .authority = InlineString<63>::Truncated("acme"),
                                           .sessions = 4,
                                           .demands = {.isolation_floor = formats::Isolation::kVm}};
    std::array<std::uint8_t, formats::kMaxOperationsPolicySize> buffer;
    CborWriter out(buffer);
    EK_CHECK(formats::EncodeOperationsPolicy(policy, out));
    gate::StatusAnswer answer = DeviceStatus();
    answer.releases = gate::ReleaseStatus{.operations = gate::OperationsBytes::From(out.written()).value()};
    return gate::EncodeStatusAnswer(answer, body);
  });
  const Output text = Edgekeep({"status"});
  EXPECT_NE(text.out.find("\noperations   policy 3\n             of a device: 4 sessions at most\n"
                          "             of every product: isolation vm\n"),
            std::string::npos)
      << text.out << text.err;
  const auto value = json::Parse(Edgekeep({"status", "--json"}).out);
  ASSERT_TRUE(value);
  const json::Object& releases = *value->AsObject().value()->Find("releases")->AsObject().value();
  const json::Object& operations = *releases.Find("operations")->AsObject().value();
  EXPECT_EQ(operations.Find("isolation_floor")->AsText().value(), "vm");
  EXPECT_FALSE(releases.Find("operations_unreadable")->AsBool().value());
}

TEST_F(KeepTest, StatusSaysThatNothingOpensUnderADamagedOperationsPolicy) {
  Administrate(gate::Command::kStatus, [](CborWriter& body) {
    gate::StatusAnswer answer = DeviceStatus();
    answer.releases = gate::ReleaseStatus{.operations_unreadable = true};
    return gate::EncodeStatusAnswer(answer, body);
  });
  EXPECT_NE(Edgekeep({"status"}).out.find("operations   DAMAGED: nothing opens until it is handed in again"),
            std::string::npos);
}

TEST_F(KeepTest, StatusTellsWhatOrdersAndQuarantineHoldItTo) {
  gate::ReleaseStatus releases;
  Administrate(gate::Command::kStatus, [&releases](CborWriter& body) {
    gate::StatusAnswer answer = DeviceStatus();
    answer.releases = releases;
    return gate::EncodeStatusAnswer(answer, body);
  });
  const std::string none = Edgekeep({"status"}).out;
  EXPECT_EQ(none.find("ordered"), std::string::npos) << "control";
  EXPECT_EQ(none.find("quarantine"), std::string::npos) << "control";
  releases = {.suspended = true, .installs_held = true, .max_sessions = 4, .quarantined = true};
  const std::string all = Edgekeep({"status"}).out;
  for (const char* const words :
       {"ordered      SUSPENDED: nothing opens until an order to resume",
        "ordered      nothing is installed until an order allows it", "ordered      at most 4 sessions at a time",
        "quarantine   of this chip's class: no licence is renewed here"}) {
    EXPECT_NE(all.find(words), std::string::npos) << words;
  }
  const auto value = json::Parse(Edgekeep({"status", "--json"}).out);
  ASSERT_TRUE(value);
  const json::Object& told = *value->AsObject().value()->Find("releases")->AsObject().value();
  EXPECT_TRUE(told.Find("suspended")->AsBool().value());
  EXPECT_EQ(told.Find("max_sessions")->AsUnsigned().value(), 4U);
}

TEST_F(KeepTest, StatusTellsOfCrashes) {
  Administrate(gate::Command::kStatus, [](CborWriter& body) {
    gate::StatusAnswer answer = DeviceStatus();
    answer.products[0].crashes = gate::CrashFacts{.count = 3,
                                                  .last = UnixTime{1'900'000'000},
                                                  .signal = 11,
                                                  .memory = gate::CrashMemory::kLeftToKernel,
                                                  .wait_seconds = 16};
    answer.products[0].prepared_form_set_aside = true;
    return gate::EncodeStatusAnswer(answer, body);
  });
  const Output text = Edgekeep({"status"});
  const char* const words =
      "\n  crashes    3 since the keep began, the last at 2030-03-17 17:46 UTC by SIGSEGV, its memory left to the "
      "kernel; the next cell may start in 16 s\n";
  EXPECT_NE(text.out.find(words), std::string::npos) << text.out;
  EXPECT_NE(text.out.find(", prepared form set aside: cells that ran it crashed or hung, "), std::string::npos)
      << text.out;
  const auto value = json::Parse(Edgekeep({"status", "--json"}).out);
  ASSERT_TRUE(value);
  const json::Object& product =
      *(*value->AsObject().value()->Find("products")->AsArray().value())[0].AsObject().value();
  const json::Object& crashes = *product.Find("crashes")->AsObject().value();
  EXPECT_EQ(crashes.Find("count")->AsUnsigned().value(), 3U);
  EXPECT_EQ(crashes.Find("last")->AsUnsigned().value(), 1'900'000'000U);
  EXPECT_EQ(crashes.Find("signal")->AsUnsigned().value(), 11U);
  EXPECT_EQ(crashes.Find("memory")->AsText().value(), "left to the kernel");
  EXPECT_EQ(crashes.Find("wait_seconds")->AsUnsigned().value(), 16U);
  EXPECT_TRUE(product.Find("prepared_form_set_aside")->AsBool().value());
}

TEST_F(KeepTest, ShowWritesTheRequestOnce) {
  Administrate(gate::Command::kShowRequest,
               [](CborWriter& body) { return gate::EncodeBlob(AsBytes("request"), body); });
  const std::string path = directory_.path() / "d.ekd";
  EXPECT_EQ(Edgekeep({"device", "show", "--request", "-o", path}).exit_code, 0);
  EXPECT_EQ(ReadText(path), "request");
  EXPECT_EQ(Edgekeep({"device", "show", "--request", "-o", path}).exit_code, 1);
  EXPECT_EQ(Edgekeep({"device", "show", "--request"}).out, "request");
  EXPECT_EQ(Edgekeep({"device", "show", "--request", "--json"}).exit_code, 1);
}

TEST_F(KeepTest, ShowSaysWhoseTheDeviceIsWhereThatIsWanted) {
  Administrate(gate::Command::kShowOwnership,
               [](CborWriter& body) { return gate::EncodeBlob(AsBytes("owned"), body); });
  const std::string path = directory_.path() / "d.ekd";
  EXPECT_EQ(Edgekeep({"device", "show", "--request", "--ownership", "-o", path}).exit_code, 0);
  EXPECT_EQ(ReadText(path), "owned");
  EXPECT_EQ(Edgekeep({"device", "show", "--ownership"}).exit_code, 2) << "of a request alone";
}

TEST_F(KeepTest, InstallTellsWhatWasInstalled) {
  Administrate(gate::Command::kInstall, [](CborWriter& body) {
    return gate::EncodeInstallAnswer({.product = ProductName::Parse("acme/fake").value(),
                                      .version = {.sequence = {9}, .display = VersionText::Truncated("2.0")},
                                      .prepared = true},
                                     body);
  });
  const std::string file = directory_.Write("file", "x");
  const Output output = Edgekeep({"install", file, file, file});
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_EQ(output.out, "installed acme/fake 2.0 (sequence 9), re-sealed for this device, prepared for its engine\n");
  EXPECT_EQ(output.err, "");  // no progress where there is no terminal
}

}  // namespace
}  // namespace edgekeep::cli::device
