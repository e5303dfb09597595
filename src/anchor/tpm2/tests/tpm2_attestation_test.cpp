#include "edgekeep/anchor/tpm2/tpm2_attestation.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>

#include "../key_templates.h"
#include "../nv_index.h"
#include "../tpm.h"
#include "anchored_device.h"
#include "edgekeep/base/reader.h"
#include "edgekeep/base/writer.h"
#include "edgekeep/crypto/digest.h"

namespace edgekeep::anchor {
namespace {

using Octets = std::vector<std::uint8_t>;

constexpr std::uint16_t kQuoteType = 0x8018;
constexpr std::uint16_t kCertifyType = 0x8017;
constexpr std::uint16_t kCounterType = 0x8014;

Octets OctetsOf(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

bool Holds(const ports::SignedStatement& statement, ByteView part) {
  return !std::ranges::search(statement.statement.view(), part).empty();
}

bool SignedBy(const ports::SignedStatement& statement, ByteView key) {
  return TestProvider()
      .Verify(crypto::AlgorithmId::kEcdsaP256Sha256, key, statement.statement.view(), statement.signature.view())
      .has_value();
}

// "TCG", then what kind of statement it is.
std::uint16_t TypeOf(const ports::SignedStatement& statement) {
  Reader in(statement.statement.view());
  EXPECT_EQ(in.ReadU32BigEndian().value(), 0xff544347U);
  return in.ReadU16BigEndian().value();
}

// What only the library's users in tests call.
template <typename Function>
Function Esys(const char* name) {
  return reinterpret_cast<Function>(dlsym(dlopen("libtss2-esys.so.0", RTLD_NOW | RTLD_LOCAL), name));
}

struct Credential {
  Octets blob;
  Octets seed;
};

// What a station does, here by a TPM of its own.
class Station {
 public:
  Credential MakeCredential(ByteView endorsement_key, ByteView name, ByteView secret) {
    const auto tpm = Tpm::Open(ConnectTpm(chip_.socket().c_str()).value(), std::chrono::seconds(30)).value();
    TPM2B_PUBLIC key = EndorsementKeyTemplate();
    key.publicArea.unique.ecc = ToTpmPoint(endorsement_key);
    ESYS_TR handle = ESYS_TR_NONE;
    tpm->Check(tpm->calls().LoadExternal(tpm->context(), ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, nullptr, &key,
                                         ESYS_TR_RH_NULL, &handle),
               "")
        .value();
    const Loaded loaded(*tpm, handle);
    TPM2B_DIGEST credential{};
    credential.size = static_cast<UINT16>(secret.size());
    std::ranges::copy(secret, credential.buffer);
    TPM2B_NAME object{};
    object.size = static_cast<UINT16>(name.size());
    std::ranges::copy(name, object.name);
    Owned<TPM2B_ID_OBJECT> blob(tpm->calls());
    Owned<TPM2B_ENCRYPTED_SECRET> seed(tpm->calls());
    const auto make = Esys<decltype(&Esys_MakeCredential)>("Esys_MakeCredential");
    tpm->Check(make(tpm->context(), loaded.get(), ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &credential, &object,
                    blob.out(), seed.out()),
               "")
        .value();
    return {OctetsOf({blob->credential, blob->size}), OctetsOf({seed->secret, seed->size})};
  }

 private:
  test::SimulatedTpm chip_;
};

class Tpm2AttestationTest : public testing::Test {
 protected:
  AnchoredDevice device_;
  std::unique_ptr<Tpm2Anchor> anchor_ = device_.Open();
  Tpm2Attestation attestation_ = Tpm2Attestation::Create(*anchor_).value();
  Octets nonce_ = Octets(16, 0x5a);
};

TEST_F(Tpm2AttestationTest, CredentialOpensInItsOwnChipForItsOwnKeyAlone) {
  Station station;
  const Octets secret(32, 0x77);
  const Bytes endorsement = attestation_.EndorsementKey().value();
  const Bytes name = attestation_.Name().value();
  const Credential right = station.MakeCredential(endorsement.view(), name.view(), secret);
  const SecretBytes opened = attestation_.Activate(right.blob, right.seed).value();
  EXPECT_EQ(OctetsOf(opened.Reveal()), secret);
  Credential changed = right;
  changed.blob.back() ^= 1;
  EXPECT_EQ(CodeOf(attestation_.Activate(changed.blob, changed.seed)), ErrorCode::kDenied);
  Bytes other_name = Bytes::Copy(name.view()).value();
  other_name.mutable_view()[33] ^= 1;
  const Credential others_key = station.MakeCredential(endorsement.view(), other_name.view(), secret);
  EXPECT_EQ(CodeOf(attestation_.Activate(others_key.blob, others_key.seed)), ErrorCode::kDenied);
  AnchoredDevice other;
  const auto other_anchor = other.Open();
  Tpm2Attestation others = Tpm2Attestation::Create(*other_anchor).value();
  EXPECT_EQ(CodeOf(others.Activate(right.blob, right.seed)), ErrorCode::kDenied) << "another chip";
  EXPECT_EQ(CodeOf(attestation_.Activate({}, right.seed)), ErrorCode::kMalformed);
  EXPECT_EQ(CodeOf(attestation_.Activate(right.blob, Octets(5000, 1))), ErrorCode::kMalformed);
}

TEST_F(Tpm2AttestationTest, QuotesWhatWasMeasured) {
  const Bytes key = attestation_.AttestationKey().value();
  const Digest measured = crypto::Sha256(TestProvider(), {AsBytes("an application")}).value();
  const ports::SignedStatement before = attestation_.QuotePcrs(1U << 12, nonce_).value();
  attestation_.Measure(12, measured).value();
  const ports::SignedStatement after = attestation_.QuotePcrs(1U << 12, nonce_).value();
  EXPECT_TRUE(SignedBy(before, key.view()));
  EXPECT_TRUE(SignedBy(after, key.view()));
  EXPECT_EQ(TypeOf(after), kQuoteType);
  EXPECT_TRUE(Holds(after, nonce_));
  const std::array<std::uint8_t, 32> zero{};
  const Digest pcr = crypto::Sha256(TestProvider(), {zero, measured.view()}).value();
  const Digest expected = crypto::Sha256(TestProvider(), {pcr.view()}).value();
  EXPECT_TRUE(Holds(after, expected.view()));
  EXPECT_FALSE(Holds(before, expected.view())) << "control";
  AnchoredDevice other;
  const auto other_anchor = other.Open();
  Tpm2Attestation others = Tpm2Attestation::Create(*other_anchor).value();
  EXPECT_FALSE(SignedBy(others.QuotePcrs(1U << 12, nonce_).value(), key.view())) << "another chip's";
}

TEST_F(Tpm2AttestationTest, MeasuresIntoNoPcrThatCanBeResetOrThatTheVaultHangsOn) {
  for (const std::uint32_t pcr : {7U, 16U, 17U, 23U, 24U, 64U}) {
    EXPECT_EQ(CodeOf(attestation_.Measure(pcr, Digest())), ErrorCode::kBadArgument) << pcr;
  }
}

// The name of a P-256 key in the TPM's words, worked out from its public key and what it is allowed to do.
Octets NameOfKey(std::uint32_t attributes, bool signs, ByteView point) {
  std::array<std::uint8_t, 128> area;
  Writer out(area);
  out.WriteU32BigEndian(0x0023000b).value();  // ECC, SHA-256
  out.WriteU32BigEndian(attributes).value();
  out.WriteU16BigEndian(0).value();       // no policy
  out.WriteU16BigEndian(0x0010).value();  // no cipher
  signs ? out.WriteU32BigEndian(0x0018000b).value() : out.WriteU16BigEndian(0x0010).value();
  out.WriteU32BigEndian(0x00030010).value();  // P-256, no KDF
  for (const ByteView number : {point.subspan(1, 32), point.last(32)}) {
    out.WriteU16BigEndian(32).value();
    out.WriteBytes(number).value();
  }
  Octets name = {0, 0x0b};
  const Digest digest = crypto::Sha256(TestProvider(), {out.written()}).value();
  name.insert(name.end(), digest.view().begin(), digest.view().end());
  return name;
}

TEST_F(Tpm2AttestationTest, CertifiesTheDevicesKeysAsKeysOfThisChip) {
  // Fixed to this TPM and parent, made in it, opened by a password, not counting failures.
  constexpr std::uint32_t kFixed = 0x472;
  const Bytes key = attestation_.AttestationKey().value();
  const Bytes identity = anchor_->IdentityPublicKey().value();
  EXPECT_EQ(attestation_.CertifyKey(AttestedKey::kKem, nonce_).error().code(), ErrorCode::kBadState);
  const Bytes kem = anchor_->KemPublicKey(SecretArray<32>::CopyOf(std::array<std::uint8_t, 32>{1})).value();
  const ports::SignedStatement of_identity = attestation_.CertifyKey(AttestedKey::kIdentity, nonce_).value();
  const ports::SignedStatement of_kem = attestation_.CertifyKey(AttestedKey::kKem, nonce_).value();
  for (const ports::SignedStatement* statement : {&of_identity, &of_kem}) {
    EXPECT_TRUE(SignedBy(*statement, key.view()));
    EXPECT_EQ(TypeOf(*statement), kCertifyType);
    EXPECT_TRUE(Holds(*statement, nonce_));
  }
  const Octets identity_name = NameOfKey(kFixed | 0x40000, true, identity.view());
  const Octets kem_name = NameOfKey(kFixed | 0x20000, false, kem.view());
  EXPECT_TRUE(Holds(of_identity, identity_name));
  EXPECT_TRUE(Holds(of_kem, kem_name));
  EXPECT_FALSE(Holds(of_kem, identity_name)) << "control";
}

TEST_F(Tpm2AttestationTest, CertifiesTheCounter) {
  const Bytes key = attestation_.AttestationKey().value();
  const std::uint64_t value = anchor_->counter().Increment().value();
  const ports::SignedStatement statement = attestation_.CertifyCounter(nonce_).value();
  EXPECT_TRUE(SignedBy(statement, key.view()));
  EXPECT_EQ(TypeOf(statement), kCounterType);
  EXPECT_TRUE(Holds(statement, nonce_));
  Reader tail(statement.statement.view().last(8));
  EXPECT_EQ(tail.ReadU64BigEndian().value(), value);
  EXPECT_EQ(CodeOf(attestation_.CertifyCounter({})), ErrorCode::kBadArgument);
  EXPECT_EQ(CodeOf(attestation_.CertifyCounter(Octets(33, 1))), ErrorCode::kBadArgument);
}

TEST_F(Tpm2AttestationTest, SameKeyAtEveryStart) {
  const Bytes key = attestation_.AttestationKey().value();
  const Bytes endorsement = attestation_.EndorsementKey().value();
  anchor_.reset();
  device_.tpm.PowerCycle();
  anchor_ = device_.Open();
  Tpm2Attestation again = Tpm2Attestation::Create(*anchor_).value();
  const Bytes key_again = again.AttestationKey().value();
  const Bytes endorsement_again = again.EndorsementKey().value();
  EXPECT_EQ(OctetsOf(key_again.view()), OctetsOf(key.view()));
  EXPECT_EQ(OctetsOf(endorsement_again.view()), OctetsOf(endorsement.view()));
}

TPM2B_NV_PUBLIC SomeIndex(TPM2_HANDLE handle, TPMA_NV type, UINT16 size) {
  TPM2B_NV_PUBLIC index{};
  index.nvPublic.nvIndex = handle;
  index.nvPublic.nameAlg = TPM2_ALG_SHA256;
  index.nvPublic.attributes = type | TPMA_NV_AUTHREAD | TPMA_NV_AUTHWRITE | TPMA_NV_NO_DA;
  index.nvPublic.dataSize = size;
  return index;
}

TEST(EndorsementCertificateTest, IsReadWhole) {
  AnchoredDevice device;
  Octets certificate(700);
  for (std::size_t i = 0; i < certificate.size(); ++i) certificate[i] = static_cast<std::uint8_t>(i * 7);
  {
    const auto anchor = device.Open();
    EXPECT_EQ(CodeOf(Tpm2Attestation::Create(*anchor).value().EndorsementCertificate()), ErrorCode::kNotFound);
  }
  {
    const auto tpm = Tpm::Open(device.Connect(), std::chrono::seconds(30)).value();
    const NvIndex index = NvIndex::Define(*tpm, SomeIndex(0x01c0000a, 0, 700)).value();
    for (std::size_t at = 0; at < 700; at += 350) {
      TPM2B_MAX_NV_BUFFER data{};
      data.size = 350;
      std::copy_n(certificate.begin() + static_cast<std::ptrdiff_t>(at), 350, data.buffer);
      ASSERT_EQ(tpm->calls().NV_Write(tpm->context(), index.get(), index.get(), ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                      ESYS_TR_NONE, &data, static_cast<UINT16>(at)),
                0U);
    }
  }
  const auto anchor = device.Open();
  const Bytes read = Tpm2Attestation::Create(*anchor).value().EndorsementCertificate().value();
  EXPECT_EQ(OctetsOf(read.view()), certificate);
}

// Why application state is measured into a PCR (decision 0124): who removes an extend index and defines it again has it
// empty, under the same name.
TEST(ExtendIndexTest, IsEmptyUnderTheSameNameAfterItsRemoval) {
  test::SimulatedTpm chip;
  const auto tpm = Tpm::Open(ConnectTpm(chip.socket().c_str()).value(), std::chrono::seconds(30)).value();
  const TPM2B_NV_PUBLIC wanted = SomeIndex(0x018e4bff, TPM2_NT_EXTEND << TPMA_NV_TPM2_NT_SHIFT, 32);
  const auto extend = Esys<decltype(&Esys_NV_Extend)>("Esys_NV_Extend");
  Octets contents[2], names[2];
  for (int life = 0; life < 2; ++life) {
    NvIndex index = NvIndex::Define(*tpm, wanted).value();
    TPM2B_MAX_NV_BUFFER data{};
    data.size = 1;
    // In its first life something else is measured before.
    for (int i = life; i < 2; ++i) {
      data.buffer[0] = static_cast<BYTE>(i);
      ASSERT_EQ(extend(tpm->context(), index.get(), index.get(), ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &data),
                0U);
    }
    const TPM2B_NAME name = index.Name().value();
    names[life] = OctetsOf({name.name, name.size});
    const Bytes read = NvIndex::ReadAnybodys(*tpm, 0x018e4bff).value();
    contents[life] = OctetsOf(read.view());
    NvIndex::Remove(*tpm, 0x018e4bff).value();
  }
  EXPECT_EQ(names[0], names[1]);
  EXPECT_NE(contents[0], contents[1]) << "control: what was measured shows";
  const std::array<std::uint8_t, 32> zero{};
  const std::array<std::uint8_t, 1> last{1};
  const Digest as_if_new = crypto::Sha256(TestProvider(), {zero, last}).value();
  EXPECT_EQ(contents[1], OctetsOf(as_if_new.view()));
}

}  // namespace
}  // namespace edgekeep::anchor
