// Transfers at the desks of both owners: who signs for an authority, and what no desk takes.
#include "edgekeep/author/transfer.h"

#include "edgekeep/base/base64.h"
#include "edgekeep/certificates/openssl/owner_certificates.h"
#include "fixture/test_authority.h"
#include "support.h"

namespace edgekeep::author {
namespace {

using enum formats::TransferSide;
using edgekeep::fixture::TestAuthority;

constexpr UnixTime kFrom{kNow.value - 1000}, kUntil{kNow.value + 1000};
const std::string kSigns = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n";
const std::string kForTransfers = kSigns + "extendedKeyUsage=critical,1.3.6.1.4.1.99999.2.2\n";

std::string PemOf(const Buffer& der) {
  std::string text(Base64Size(der.size()), ' ');
  EncodeBase64(der, text);
  return "-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n";
}

Buffer BytesOf(const std::string& text) {
  return {text.begin(), text.end()};
}

class TransferDesk : public testing::Test {
 protected:
  TransferDesk() {
    const auto proposed = ProposeTransfer(TestContext(), *certificates_,
                                          {.device = {}, .from = from_, .to = to_, .until = kUntil, .server = {}});
    EXPECT_TRUE(proposed);
    if (proposed) WriteAll(file_, {proposed->view().begin(), proposed->view().end()});
  }

  std::string Put(const std::string& name, const Buffer& bytes) {
    const std::string path = directory_ / name;
    WriteAll(path, bytes);
    return path;
  }

  std::string Put(const TestAuthority& authority, const std::string& name) {
    return Put(name, authority.Certificate());
  }

  std::string SignatureOf(const TestAuthority& key, formats::TransferSide side) {
    const auto to_sign = ToSignOf(file_, side);
    EXPECT_TRUE(to_sign);
    return Put("signature", to_sign ? key.Sign(to_sign->view()) : Buffer());
  }

  Outcome<Bytes> Word(formats::TransferSide side, const TestAuthority& key, std::vector<std::string> signers) {
    return WithWordOf(
        TestContext(), *certificates_, file_,
        {.side = side, .authority = from_, .signature = SignatureOf(key, side), .certificates = std::move(signers)});
  }

  Outcome<Bytes> Gives(const TestAuthority& key, std::vector<std::string> signers) {
    return Word(kGiver, key, std::move(signers));
  }

  Directory directory_;
  std::unique_ptr<ports::OwnerCertificates> certificates_ = certificates::NewOpenSslCertificates().value();
  TestAuthority giver_{"Giver", kFrom, kUntil}, taker_{"Taker", kFrom, kUntil};
  TestAuthority signer_{"Signer", kFrom, kUntil, &giver_, kForTransfers};
  const std::string from_ = Put(giver_, "from.der"), to_ = Put(taker_, "to.der"), by_ = Put(signer_, "signer.der");
  const std::string file_ = directory_ / "transfer.ekw";
};

TEST_F(TransferDesk, WhomAnAuthorityMadeForItSignsInItsPlace) {
  const TestAuthority between("Between", kFrom, kUntil, &taker_),
      below("Below", kFrom, kUntil, &between, kForTransfers);
  const auto given = Gives(signer_, {by_});
  EK_ASSERT_DONE(given);
  WriteAll(file_, {given->view().begin(), given->view().end()});
  const std::string lower = Put(below, "below.der"), upper = Put("between.pem", BytesOf(PemOf(between.Certificate())));
  ExpectFailure(Word(kTaker, below, {lower}), ErrorCode::kUntrusted);
  ExpectFailure(Word(kTaker, below, {upper, lower}), ErrorCode::kForbidden);
  const auto both = Word(kTaker, below, {lower, upper});
  EK_ASSERT_DONE(both);
  WriteAll(file_, {both->view().begin(), both->view().end()});
  const auto review = ReviewTransfer(TestContext(), *certificates_, file_, from_);
  EK_ASSERT_DONE(review);
  EXPECT_EQ(review->giver, Said::kVerified);
  EXPECT_EQ(review->taker, Said::kVerified);
}

TEST_F(TransferDesk, NobodyElseDoes) {
  EK_ASSERT_DONE(Gives(giver_, {}));  // the control: its own key
  ExpectFailure(Gives(signer_, {}), ErrorCode::kBadSignature);
  ExpectFailure(Gives(giver_, {by_}), ErrorCode::kBadSignature);
  const TestAuthority strangers("Signer", kFrom, kUntil, &taker_, kForTransfers);
  ExpectFailure(Gives(strangers, {Put(strangers, "s.der")}), ErrorCode::kUntrusted);
  const TestAuthority device("Device", kFrom, kUntil, &giver_, kSigns + "extendedKeyUsage=clientAuth\n");
  ExpectFailure(Gives(device, {Put(device, "d.der")}), ErrorCode::kForbidden);
  const TestAuthority over("Signer", {kFrom.value - 9}, kFrom, &giver_, kForTransfers);
  ExpectFailure(Gives(over, {Put(over, "o.der")}), ErrorCode::kExpired);
  ExpectFailure(Word(kTaker, signer_, {by_}), ErrorCode::kUntrusted);
  ExpectFailure(
      WithWordOf(TestContext(), *certificates_, file_,
                 {.side = kGiver, .authority = to_, .signature = SignatureOf(giver_, kGiver), .certificates = {}}),
      ErrorCode::kUntrusted, "not the authority that gives the device away");
  // What was signed for the other side.
  ExpectFailure(
      WithWordOf(TestContext(), *certificates_, file_,
                 {.side = kGiver, .authority = from_, .signature = SignatureOf(giver_, kTaker), .certificates = {}}),
      ErrorCode::kBadSignature);
}

TEST_F(TransferDesk, FilesThatAreNoneAreRefusedByName) {
  const std::string pem = PemOf(signer_.Certificate());
  EK_ASSERT_DONE(Gives(signer_, {Put("one.pem", BytesOf(pem))}));  // the control
  ExpectFailure(Gives(signer_, {Put("two.pem", BytesOf(pem + pem))}), ErrorCode::kMalformed);
  ExpectFailure(Gives(signer_, {Put("cut.pem", BytesOf(pem.substr(0, pem.size() / 2)))}), ErrorCode::kMalformed);
  ExpectFailure(Gives(signer_, {Put("empty", {})}), ErrorCode::kMalformed);
  Buffer cut = signer_.Certificate();
  cut.pop_back();
  ExpectFailure(Gives(signer_, {Put("cut.der", cut)}), ErrorCode::kMalformed);
  ExpectFailure(Gives(signer_, {Put("large.der", Buffer(16385, 0x30))}), ErrorCode::kTooLarge);
  ExpectFailure(Gives(signer_, {by_, by_, by_, by_}), ErrorCode::kTooLarge);
  ExpectFailure(Gives(signer_, {directory_ / "none.pem"}), ErrorCode::kNotFound);
  const auto with = [&](const Buffer& signature) {
    return WithWordOf(TestContext(), *certificates_, file_,
                      {.side = kGiver, .authority = from_, .signature = Put("sig", signature), .certificates = {by_}});
  };
  ExpectFailure(with({1, 2, 3}), ErrorCode::kBadSignature);
  ExpectFailure(with({}), ErrorCode::kBadSignature);
  ExpectFailure(with(Buffer(formats::kMaxOwnerSignature + 1, 1)), ErrorCode::kTooLarge);
  ExpectFailure(ToSignOf(from_, kGiver), ErrorCode::kMalformed);
}

}  // namespace
}  // namespace edgekeep::author
