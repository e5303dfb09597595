// What the device's commands do with input and places that are none.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "../small_file.h"
#include "command.h"
#include "edgekeep/formats/order.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/gate/admin.h"
#include "edgekeep/gate/failure.h"
#include "fixture/fake_cell.h"
#include "npy.h"
#include "running_command.h"

namespace edgekeep::cli::device {
namespace {

namespace fs = std::filesystem;

class BadInput : public testing::Test {
 protected:
  Output Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--root", keep_.root(), "run", "acme/fake", "--random", "1"});
    return Edgekeep(std::move(arguments));
  }

  std::string At(const std::string& name) const { return directory_.path() / name; }

  WorkDirectory directory_;
  std::atomic<int> calls_ = 0;
  client::FakeCells cells_{[this](client::FakeCall call) {
    ++calls_;
    client::Compute(call);
  }};
  client::FakeKeep keep_;
};

TEST_F(BadInput, APipeIsNoTensorAndNobodyWaitsForIt) {
  ASSERT_EQ(::mkfifo(At("pipe").c_str(), 0600), 0);
  for (const std::string& path : {At("pipe"), directory_.path().string()}) {
    const Outcome<Tensor> tensor = ReadNpy(path);
    ASSERT_FALSE(tensor);
    EXPECT_EQ(tensor.error().code, ErrorCode::kBadArgument);
  }
  fs::resize_file(directory_.Write("sparse", ""), std::uintmax_t{8} << 30);
  EXPECT_EQ(ReadNpy(At("sparse")).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(ReadNpy(At("absent")).error().code, ErrorCode::kNotFound);
}

TEST_F(BadInput, WhoIssuedAServersCertificateIsLookedAtBeforeThereIsSomethingToAsk) {
  ASSERT_EQ(::mkfifo(At("pipe").c_str(), 0600), 0);
  for (const std::string& path : {At("pipe"), At("absent")}) {
    const Output output =
        Edgekeep({"--root", keep_.root(), "device", "renew-licences", "--from", "https://127.0.0.1:1", "--ca", path});
    EXPECT_EQ(output.exit_code, 1);
    EXPECT_NE(output.err.find("the certificate of who issued the server's"), std::string::npos) << output.err;
    EXPECT_NE(output.err.find(path), std::string::npos) << output.err;
  }
}

TEST_F(BadInput, AFileIsReadToItsEndAndNoFurtherThanItMay) {
  const std::string file = directory_.Write("file", std::string(200'000, 'x'));
  EXPECT_EQ(ReadRegularFile(file, "it", 200'000)->size(), 200'000U);
  EXPECT_EQ(ReadRegularFile(file, "it", 199'999).error().code, ErrorCode::kTooLarge);
  EXPECT_GT(ReadRegularFile("/proc/self/maps", "it", 1 << 20)->size(), 0U) << "says that it is empty";
}

TEST_F(BadInput, ShapesBeyondMemoryAreNotEmptyOnes) {
  keep_.ServeApplications(cells_.AsKeep());
  const Output output = Run({"--shape", "x=9223372036854775807,9223372036854775807"});
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_NE(output.err.find("a shape too large"), std::string::npos) << output.err;
}

TEST_F(BadInput, NoCallIsMadeForFilesThatCannotBeMade) {
  keep_.ServeApplications(cells_.AsKeep());
  directory_.Write("n.npy", "mine");
  directory_.Write("r.inputs", "mine");
  for (const std::vector<std::string>& places : std::vector<std::vector<std::string>>{
           {"--output-dir", directory_.path()}, {"--receipt", At("r")}, {"--receipt", At("absent/r")}}) {
    const Output output = Run(places);
    EXPECT_EQ(output.exit_code, 1) << output.err;
    EXPECT_NE(output.err.find("cannot write"), std::string::npos) << output.err;
  }
  EXPECT_EQ(calls_, 0);
  EXPECT_FALSE(fs::exists(At("y.npy")));
  EXPECT_EQ(Run({"--output-dir", At("new/one")}).exit_code, 0) << "control: where nothing is";
  EXPECT_EQ(calls_, 1);
}

TEST_F(BadInput, FilesThatBelongTogetherAreAllWrittenOrNone) {
  {
    NewFiles files;
    files.MakeDirectory(At("a/b"));
    EXPECT_TRUE(files.Write(At("a/b/first"), AsBytes("1")));
    EXPECT_FALSE(files.Write(At("a/b/first"), AsBytes("2")));
    EXPECT_EQ(ReadText(At("a/b/first")), "1");
  }
  EXPECT_FALSE(fs::exists(At("a"))) << "with the directories that were made for them";
  NewFiles files;
  files.MakeDirectory(directory_.path());
  EXPECT_TRUE(files.Write(At("first"), AsBytes("1")));
  files.Keep();
}

TEST_F(BadInput, NothingIsGivenBackForAReceiptThatHasNoPlace) {
  keep_.ServeAdministrators([](gate::Channel&, const gate::Message&) { ADD_FAILURE() << "the keep was asked"; });
  const std::string file = directory_.Write("file", "mine");
  const Output output = Edgekeep({"--root", keep_.root(), "licence", "return", "--product", "acme/fake", "-o", file});
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_NE(output.err.find("File exists"), std::string::npos) << output.err;
}

// By nobody: who may order is the keep's to judge.
std::string AnOrder(formats::OrderAction action) {
  formats::Order order{.authority = "acme",
                       .action = action,
                       .devices = {},
                       .sequence = 1,
                       .not_after = {1},
                       .product = {},
                       .sessions = {}};
  EXPECT_TRUE(order.devices.PushBack(DeviceId()));
  std::vector<std::uint8_t> payload(formats::kMaxOrderSize), file(formats::kMaxSignedOrder);
  CborWriter words(payload), out(file);
  EXPECT_TRUE(formats::EncodeOrder(order, words));
  formats::SignedObject object{.payload = words.written(), .signatures = {}};
  EXPECT_TRUE(object.signatures.PushBack({.cose_algorithm = -8, .kid = KeyId(), .signature = AsBytes("nobody's")}));
  EXPECT_TRUE(formats::EncodeSignedObject(formats::typ::kOrder, object, out));
  return std::string(AsText(out.written()));
}

// The number of an order to report counts once, and a device retires once.
TEST_F(BadInput, NothingIsOrderedForAnAnswerThatHasNoPlace) {
  std::atomic<int> asked = 0;
  keep_.ServeAdministrators([&asked](gate::Channel& connection, const gate::Message& request) {
    ++asked;
    std::vector<std::uint8_t> room(gate::kMaxBodySize);
    CborWriter body(room);
    EXPECT_TRUE(gate::EncodeFailure({.code = ErrorCode::kUntrusted}, body));
    EXPECT_TRUE(connection.Send(gate::Command::kError, request.frame.header.id, body.written()));
  });
  const std::string report = directory_.Write("report.eko", AnOrder(formats::OrderAction::kReport));
  const std::string retire = directory_.Write("retire.eko", AnOrder(formats::OrderAction::kRetire));
  const auto hand_in = [&](const std::string& place) {
    for (std::vector<std::string> order : {std::vector<std::string>{"order", report, "--output", place},
                                           {"device", "retire", retire, "--certificate", place}}) {
      order.insert(order.begin(), {"--root", keep_.root()});
      EXPECT_EQ(Edgekeep(order).exit_code, 1);
    }
  };
  hand_in(directory_.Write("file", "mine"));
  hand_in(At("absent/file"));
  EXPECT_EQ(asked, 0);
  EXPECT_EQ(ReadText(At("file")), "mine");
  hand_in(At("new"));
  EXPECT_EQ(asked, 2) << "control: where there is a place";
}

TEST_F(BadInput, WhoeverEndsTopWaitsForNoKeep) {
  keep_.ServeAdministrators([](gate::Channel& connection, const gate::Message&) {
    Bytes room = Bytes::Allocate(gate::kMaxFrameSize).value();
    (void)connection.Receive(room.mutable_view(), 30'000);
  });
  RunningCommand top({"--root", keep_.root(), "top"});
  EXPECT_FALSE(top.Says("keep up", 1, 300)) << "control: nobody answers";
  EXPECT_EQ(top.End(SIGINT), 0);
}

TEST_F(BadInput, WhoeverChoosesAnAnchorWaitsForWhoeverDoesAlready) {
  const std::string anchor = At("var/lib/edgekeep/anchor");
  fs::create_directories(anchor);
  const int directory = ::open(anchor.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_EQ(::flock(directory, LOCK_EX), 0);
  RunningCommand second({"--root", directory_.path(), "device", "anchor", "software"});
  EXPECT_FALSE(second.Says("anchor", 1, 300));
  directory_.Write("var/lib/edgekeep/anchor/choice", "tpm2\n");
  ::close(directory);
  EXPECT_FALSE(second.Says("anchor", 1)) << "the other one's counts";
  EXPECT_EQ(ReadText(anchor + "/choice"), "tpm2\n");
}

}  // namespace
}  // namespace edgekeep::cli::device
