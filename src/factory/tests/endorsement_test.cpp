// Whose word an endorsement certificate is, and for what: each false one beside a right one that differs in nothing
// else. They are made by another library (GnuTLS's certtool).
#include <ctime>
#include <fstream>
#include <iterator>

#include "chip_maker.h"
#include "edgekeep/factory/openssl/certificates.h"
#include "factory_fixture.h"
#include "files.h"
#include "program.h"
#include "temporary_directory.h"

namespace edgekeep::factory {
namespace {

using enum ErrorCode;
using Octets = std::vector<std::uint8_t>;

constexpr const char* kCa = "ca\ncert_signing_key\n";
constexpr const char* kChip = "key_agreement\nkey_purpose_oid = 2.23.133.8.1\n";

class EndorsementTest : public testing::Test {
 protected:
  EndorsementTest() {
    MakeKey("maker", {"--ecc", "--curve", "secp256r1"});
    MakeKey("chip", {"--ecc", "--curve", "secp256r1"});
    MakeAuthority("maker");
  }

  std::string In(const std::string& name) const { return directory_ / name; }

  static void Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "/usr/bin/certtool");
    const test::Outcome outcome = test::RunProgram(arguments);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  }

  void MakeKey(const std::string& name, std::vector<std::string> kind) const {
    kind.insert(kind.end(), {"--generate-privkey", "--outfile", In(name + ".key")});
    Run(kind);
  }

  std::string Template(const std::string& name, const std::string& uses) const {
    std::ofstream(In(name + ".template")) << "cn = \"" << name << "\"\nexpiration_days = 3650\n" << uses;
    return In(name + ".template");
  }

  void MakeAuthority(const std::string& name) const {
    Run({"--generate-self-signed", "--load-privkey", In(name + ".key"), "--template", Template(name, kCa), "--outfile",
         In(name + ".pem")});
  }

  // DER; with the same as PEM in NAME.pem.
  Octets Certify(const std::string& name, const std::string& uses, const std::string& issuer = "maker",
                 const std::string& hash = "SHA256") const {
    Run({"--generate-certificate", "--load-privkey", In("chip.key"), "--load-ca-privkey", In(issuer + ".key"),
         "--load-ca-certificate", In(issuer + ".pem"), "--template", Template(name, uses), "--hash", hash, "--outfile",
         In(name + ".pem")});
    Run({"-i", "--infile", In(name + ".pem"), "--outder", "--outfile", In(name + ".der")});
    return test::ReadFile(In(name + ".der"));
  }

  std::string Pem(const std::string& name) const {
    const Octets bytes = test::ReadFile(In(name + ".pem"));
    return {bytes.begin(), bytes.end()};
  }

  ErrorCode Verdict(const Octets& der, const std::vector<std::string>& makers, std::int64_t later = 3600) const {
    const ChipMakers believed = ChipMakers::Parse(library_, makers).value();
    return RefusalOf(believed.VerifyEndorsement(der, {static_cast<std::uint64_t>(std::time(nullptr) + later)}));
  }

  ErrorCode Verdict(const Octets& der) const { return Verdict(der, {Pem("maker")}); }

  test::TemporaryDirectory directory_;
  X509Library library_ = X509Library::Open().value();
};

TEST_F(EndorsementTest, IsForEndorsementAndByAMaker) {
  const Octets right = Certify("right", kChip);
  EXPECT_EQ(Verdict(right), kInternal) << "control";
  EXPECT_EQ(Verdict(Certify("server", "key_agreement\nkey_purpose_oid = 1.3.6.1.5.5.7.3.1\n")), kUntrusted);
  EXPECT_EQ(Verdict(Certify("anything", "key_agreement\n")), kUntrusted) << "no purpose";
  EXPECT_EQ(Verdict(Certify("signer", "signing_key\nkey_purpose_oid = 2.23.133.8.1\n")), kUntrusted) << "wraps nothing";
  EXPECT_EQ(Verdict(Certify("authority", std::string(kCa) + kChip)), kUntrusted) << "an authority's";
}

TEST_F(EndorsementTest, IsOfItsTime) {
  const Octets right = Certify("right", kChip);
  constexpr std::int64_t kDay = 86400;
  EXPECT_EQ(Verdict(right, {Pem("maker")}, 3649 * kDay), kInternal) << "control";
  EXPECT_EQ(Verdict(right, {Pem("maker")}, 3651 * kDay), kUntrusted);
  EXPECT_EQ(Verdict(right, {Pem("maker")}, -kDay), kUntrusted);
}

// The chip's own key signs for another one: its certificate is no authority's, even where somebody believes it.
TEST_F(EndorsementTest, IsNoAuthority) {
  Certify("chip", kChip);
  const Octets below = Certify("below", kChip, "chip");
  EXPECT_EQ(Verdict(below, {Pem("maker"), Pem("chip")}), kUntrusted);
  Certify("middle", kCa);
  std::filesystem::copy_file(In("chip.key"), In("middle.key"));
  EXPECT_EQ(Verdict(Certify("right", kChip, "middle"), {Pem("maker"), Pem("middle")}), kInternal) << "control";
}

TEST_F(EndorsementTest, IsOfAlgorithmsThatHold) {
  EXPECT_EQ(Verdict(Certify("broken", kChip, "maker", "SHA1")), kUntrusted);
  MakeKey("small", {"--rsa", "--bits", "1024"});
  MakeAuthority("small");
  EXPECT_EQ(Verdict(Certify("by-small", kChip, "small"), {Pem("small")}), kUntrusted);
  MakeKey("large", {"--rsa", "--bits", "2048"});
  MakeAuthority("large");
  EXPECT_EQ(Verdict(Certify("by-large", kChip, "large"), {Pem("large")}), kInternal) << "control";
}

// A bundle counts as a whole: behind a block that is none a maker would be missing, and nobody would know.
TEST_F(EndorsementTest, MakersAreReadToTheEnd) {
  const auto verdict = [&](const std::string& pem) { return RefusalOf(ChipMakers::Parse(library_, {pem})); };
  const std::string maker = Pem("maker");
  EXPECT_EQ(verdict("# two of them\n" + maker + "\n" + maker), kInternal) << "control";
  EXPECT_EQ(verdict(maker + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" + maker), kMalformed);
  EXPECT_EQ(verdict(maker + maker.substr(0, maker.size() / 2)), kMalformed);
  const Octets key = test::ReadFile(In("maker.key"));
  EXPECT_EQ(verdict(maker + std::string(key.begin(), key.end())), kMalformed);
  EXPECT_EQ(verdict("nothing"), kMalformed);
}

TEST_F(EndorsementTest, SaysWhoMadeTheChip) {
  const test::ChipMaker maker(directory_.path() / "");
  const log::TestKey key{crypto::AlgorithmId::kEcdsaP256Sha256};
  const ByteView point = key.public_key();
  const Octets der = maker.Certify({point.begin(), point.end()});
  const ChipMakers makers = ChipMakers::Parse(library_, {Pem("maker")}).value();
  const UnixTime now{static_cast<std::uint64_t>(std::time(nullptr)) + 3600};
  const VerifiedEndorsement said = makers.VerifyEndorsement(der, now).value();
  EXPECT_TRUE(Equal(said.key.view(), point));
  EXPECT_EQ(said.manufacturer, 0x49424d00U);
  EXPECT_EQ(makers.VerifyEndorsement(Certify("nameless", kChip), now)->manufacturer, std::nullopt);
}

}  // namespace
}  // namespace edgekeep::factory
