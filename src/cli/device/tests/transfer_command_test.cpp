// `device transfer`: what becomes of receipts, once the device has changed hands.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <vector>

#include "command.h"
#include "edgekeep/formats/transfer.h"
#include "edgekeep/gate/admin.h"
#include "edgekeep/gate/failure.h"
#include "fixture/fake_keep.h"

namespace edgekeep::cli::device {
namespace {

namespace fs = std::filesystem;

using Room = std::vector<std::uint8_t>;

std::string Written(CborWriter& out) {
  return std::string(AsText(out.written()));
}

std::string SomeTransfer() {
  Room payload(formats::kMaxTransferSize), file(formats::kMaxSignedTransfer);
  CborWriter words(payload), out(file);
  EXPECT_TRUE(formats::EncodeTransfer({.device = {},
                                       .from = {},
                                       .to = AsBytes("authority"),
                                       .number = 3,
                                       .issued_at = {1},
                                       .not_after = {2},
                                       .licences = formats::LicencesHandedOver::kNone,
                                       .values = formats::ValuesHandedOver::kNone,
                                       .server = {}},
                                      words));
  EXPECT_TRUE(formats::EncodeSignedTransfer({.payload = words.written(), .giver = {}, .taker = {}}, out));
  return Written(out);
}

// A keep that changes hands whenever it is asked, and ends the licences of two products by it.
class TransferCommand : public testing::Test {
 protected:
  TransferCommand() {
    keep_.ServeAdministrators([this](gate::Channel& connection, const gate::Message& request) {
      const gate::FrameHeader& header = request.frame.header;
      Room room(gate::kMaxBodySize), bytes(formats::kMaxTransferAnswer);
      CborWriter body(room), answer(bytes);
      if (header.command == gate::Command::kTransfer) {
        ++transfers_;
        formats::TransferAnswer said{.number = 3, .ended = {}};
        for (const char* name : {"acme/first", "acme/second"})
          EXPECT_TRUE(said.ended.PushBack(ProductName::Parse(name).value()));
        EXPECT_TRUE(formats::EncodeTransferAnswer(said, answer) && gate::EncodeBlob(answer.written(), body));
      } else {
        ++receipts_;
        const auto licensed = gate::DecodeLicensedProduct(request.frame.body);
        const bool refuses = licensed && licensed->product.view() == refused_;
        EXPECT_TRUE(refuses ? gate::EncodeFailure({.code = ErrorCode::kNotFound}, body)
                            : gate::EncodeBlob(AsBytes("receipt"), body));
        if (refuses) return Send(connection, gate::Command::kError, header.id, body);
      }
      Send(connection, header.command, header.id, body);
    });
    fs::create_directory(place_);
  }

  static void Send(gate::Channel& connection, gate::Command command, std::uint64_t id, CborWriter& body) {
    EXPECT_TRUE(connection.Send(command, id, body.written()));
  }

  Output HandIn(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"--root", keep_.root(), "device", "transfer", file_});
    return Edgekeep(std::move(more));
  }

  // One line, which says that there is no way back any more.
  static void ExpectHasChangedHands(const Output& output, const std::string& path) {
    EXPECT_EQ(output.exit_code, 1);
    EXPECT_EQ(std::ranges::count(output.err, '\n'), 1) << output.err;
    EXPECT_NE(output.err.find("the device has changed hands, but a receipt is missing"), std::string::npos);
    EXPECT_NE(output.err.find(path), std::string::npos) << output.err;
  }

  WorkDirectory directory_;
  const std::string file_ = directory_.Write("both.ekw", SomeTransfer());
  const fs::path place_ = directory_.path() / "receipts";
  const fs::path first_ = place_ / "acme_first.ekr", second_ = place_ / "acme_second.ekr";
  std::string refused_;
  std::atomic<int> transfers_ = 0, receipts_ = 0;
  client::FakeKeep keep_;
};

TEST_F(TransferCommand, PutsAReceiptOfEachLicenceThatEndedIntoADirectory) {
  EXPECT_EQ(HandIn().exit_code, 0);
  EXPECT_EQ(receipts_, 0) << "who does not ask for them gets none";
  const Output output = HandIn({"--receipts", place_});
  EXPECT_EQ(output.exit_code, 0) << output.err;
  for (const fs::path& path : {first_, second_}) {
    EXPECT_EQ(ReadText(path), "receipt");
    EXPECT_NE(output.out.find("receipt: " + path.string()), std::string::npos) << output.out;
  }
}

TEST_F(TransferCommand, WithoutAPlaceForReceiptsNothingIsHandedIn) {
  const std::string nowhere = directory_.path() / "none";
  for (const std::string& place : {nowhere, file_}) {
    const Output output = HandIn({"--receipts", place});
    EXPECT_EQ(output.exit_code, 1);
    EXPECT_NE(output.err.find("no directory for receipts: " + place), std::string::npos) << output.err;
  }
  directory_.Write("both.ekw.cut", SomeTransfer().substr(0, 20));
  const Output cut =
      Edgekeep({"--root", keep_.root(), "device", "transfer", file_ + ".cut", "--receipts", place_.string()});
  EXPECT_EQ(cut.exit_code, 1);
  EXPECT_NE(cut.err.find("no transfer"), std::string::npos) << cut.err;
  EXPECT_EQ(transfers_, 0);
  EXPECT_TRUE(fs::is_empty(place_));
  EXPECT_EQ(HandIn({"--receipts", place_}).exit_code, 0) << "the control";
}

TEST_F(TransferCommand, AReceiptThatIsThereIsKeptAndTheOthersAreFetched) {
  directory_.Write("receipts/acme_first.ekr", "of before");
  ExpectHasChangedHands(HandIn({"--receipts", place_}), first_);
  EXPECT_EQ(ReadText(first_), "of before");
  EXPECT_EQ(ReadText(second_), "receipt");
}

TEST_F(TransferCommand, AReceiptThatTheKeepDoesNotGiveHoldsUpNoOther) {
  refused_ = "acme/first";
  ExpectHasChangedHands(HandIn({"--receipts", place_}), "acme/first");
  EXPECT_FALSE(fs::exists(first_));
  EXPECT_EQ(ReadText(second_), "receipt");
}

}  // namespace
}  // namespace edgekeep::cli::device
