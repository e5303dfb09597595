#include "edgekeep/gate/admin.h"

#include "edgekeep/gate/owner.h"
#include "edgekeep/gate/release.h"
#include "samples.h"
#include "strict.h"

namespace edgekeep::gate {
namespace {

ProductStatus SampleProduct() {
  return {.product = ProductName::Parse("acme/label-ocr").value(),
          .version = SampleVersion(),
          .slot = 1,
          .licensed = true,
          .licence_expires = UnixTime{1'800'000'000},
          .prepared_for = TextOf<128>("onnxruntime-1.30.0/x86_64-avx2"),
          .prepared_form_current = true,
          .open_sessions = 3,
          .policy = SamplePolicy(),
          .provider = 2,
          .calls_left = 1ULL << 40,
          .crashes = CrashFacts{.count = 3,
                                .last = UnixTime{1'700'000'000},
                                .signal = 11,
                                .memory = CrashMemory::kWiped,
                                .wait_seconds = 60},
          .prepared_form_set_aside = true,
          .lease = LeaseFacts{.seconds = 2592000, .grace_seconds = 604800, .used_seconds = 3000000}};
}

StatusAnswer SampleStatus() {
  StatusAnswer answer{.initialised = true,
                      .device = IdOf<DeviceId>(0x11),
                      .anchor = 1,
                      .publisher = TextOf<63>("acme"),
                      .engine_key = TextOf<128>("onnxruntime-1.30.0/x86_64-avx2"),
                      .memory_locking = TextOf<32>("pool"),
                      .products = {}};
  EXPECT_TRUE(answer.products.PushBack(SampleProduct()));
  ProductStatus perpetual = SampleProduct();
  perpetual.licence_expires.reset();
  perpetual.policy = {};
  perpetual.crashes.reset();
  perpetual.lease.reset();
  perpetual.returned = true;
  EXPECT_TRUE(answer.products.PushBack(perpetual));
  answer.releases = ReleaseStatus{.policy_version = 3,
                                  .profile = 2,
                                  .root_version = 4,
                                  .targets_version = 5,
                                  .time_floor = {1'700'000'000},
                                  .waiting_policy = 6,
                                  .waits_until = {1'700'600'000},
                                  .policy_fingerprint = IdOf<Digest>(9),
                                  .operations = OperationsBytes::From(SamplePolicy().view()).value(),
                                  .operations_unreadable = true,
                                  .suspended = true,
                                  .installs_held = true,
                                  .max_sessions = 4,
                                  .quarantined = true};
  answer.clock_behind_seconds = 7200;
  return answer;
}

Status EncodeView(const ByteView& bytes, CborWriter& out) {
  return EncodeBlob(bytes, out);
}

Status EncodeOutcome(const FileOutcome& outcome, CborWriter& out) {
  return EncodeFileOutcome(outcome, out);
}

TEST(Admin, StepsOfAReleaseAreStrict) {
  const ReleaseStep wanted{.wanted = TextOf<kMaxReleaseFileName>("metadata/2.root.json"), .max_size = 512'000};
  ExpectStrict<ReleaseStep>(wanted, DecodeReleaseStep, EncodeReleaseStep);
  const ReleaseFacts facts{ProductName::Parse("acme/label-ocr").value(), SampleVersion(), 2, UnixTime{1'700'000'000}};
  ExpectStrict<ReleaseStep>({.release = facts}, DecodeReleaseStep, EncodeReleaseStep);
  const auto directory = TextOf<kMaxReleaseDirectory>("acme/label-ocr/stable/3");
  EXPECT_EQ(DecodeReleaseDirectory(Encoded<ReleaseDirectory>(directory, EncodeReleaseDirectory)), directory);
  EXPECT_TRUE(DecodeReleaseDirectory({})->empty());
  const std::array<std::uint8_t, 1> empty_text = {0x60};
  EXPECT_FALSE(DecodeReleaseDirectory(empty_text));
  ExpectStrict<FileOutcome>(FileOutcome::kNotFound, DecodeFileOutcome, EncodeOutcome);
  const AdoptAnswer adopted{.kind = AdoptedKind::kTimeRepair, .number = 7, .counts_from = {9}, .counts = true};
  ExpectStrict<AdoptAnswer>(adopted, DecodeAdoptAnswer, EncodeAdoptAnswer);
  // A step wants a file or has a release, not both and not neither.
  EXPECT_FALSE(DecodeReleaseStep(Encoded<ReleaseStep>(wanted, [](const ReleaseStep& step, CborWriter& out) -> Status {
    EK_TRY(out.Map(2));
    EK_TRY(out.Int(1));
    EK_TRY(out.Text(""));
    EK_TRY(out.Int(2));
    return out.Unsigned(step.max_size);
  })));
}

TEST(Admin, BlobIsStrict) {
  ExpectStrict<ByteView>(AsBytes("a trust bundle"), DecodeBlob, EncodeView);
}

TEST(Admin, InitialiseAnswerIsStrict) {
  const InitialiseAnswer answer{
      .device = IdOf<DeviceId>(1), .anchor = 1, .publisher = TextOf<63>("acme"), .trust_fingerprint = IdOf<Digest>(2)};
  ExpectStrict<InitialiseAnswer>(answer, DecodeInitialiseAnswer, EncodeInitialiseAnswer);
}

TEST(Admin, WordsAboutAnOwnersCredentialAreStrict) {
  const CredentialRequest asked{.authority = AsBytes("authority"),
                                .csr_attributes = AsBytes("csrattrs"),
                                .challenge_password = TextOf<kMaxChallengePassword>("once")};
  ExpectStrict<CredentialRequest>(asked, DecodeCredentialRequest, EncodeCredentialRequest);
  ExpectStrict<CredentialRequest>({}, DecodeCredentialRequest, EncodeCredentialRequest);
  ExpectStrict<CredentialAnswer>({AsBytes("answer"), AsBytes("others")}, DecodeCredentialAnswer,
                                 EncodeCredentialAnswer);
  const HeldCertificate held{.certificate = AsBytes("certificate"),
                             .not_before = {1'700'000'000},
                             .not_after = {1'800'000'000},
                             .renew_from = {1'750'000'000},
                             .now = {1'760'000'000}};
  ExpectStrict<CredentialFacts>({IdOf<Digest>(3), true, held, 7}, DecodeCredentialFacts, EncodeCredentialFacts);
  ExpectStrict<CredentialFacts>({}, DecodeCredentialFacts, EncodeCredentialFacts);
}

TEST(Admin, WordsAboutATlsIdentityAreStrict) {
  const Buffer hash(48, 7), other(33, 7), signature(64, 9);
  TlsIdentityRequest request{.identity = TlsIdentity::kFactory, .transcript_hash = hash};
  ExpectStrict<TlsIdentityRequest>(request, DecodeTlsIdentityRequest, EncodeTlsIdentityRequest);
  ExpectStrict<TlsIdentityRequest>({}, DecodeTlsIdentityRequest, EncodeTlsIdentityRequest);
  request.transcript_hash = other;
  Buffer room(100);
  CborWriter out(room);
  EXPECT_FALSE(EncodeTlsIdentityRequest(request, out));
  const Buffer asked = {0xa2, 1, 2, 2, 0x43, 1, 2, 3}, third = {0xa1, 1, 3};
  EXPECT_EQ(DecodeTlsIdentityRequest(asked).error().code(), ErrorCode::kMalformed) << "what is no transcript's hash";
  EXPECT_EQ(DecodeTlsIdentityRequest(third).error().code(), ErrorCode::kMalformed) << "a third identity";
  TlsIdentityAnswer answer{.certificates = {}, .signature = signature};
  const Buffer none = Encoded<TlsIdentityAnswer>(answer, EncodeTlsIdentityAnswer);
  EXPECT_EQ(DecodeTlsIdentityAnswer(none).error().code(), ErrorCode::kMalformed);
  ASSERT_TRUE(answer.certificates.PushBack(AsBytes("own")) && answer.certificates.PushBack(AsBytes("between")));
  ExpectStrict<TlsIdentityAnswer>(answer, DecodeTlsIdentityAnswer, EncodeTlsIdentityAnswer);
  answer.signature = {};
  ExpectStrict<TlsIdentityAnswer>(answer, DecodeTlsIdentityAnswer, EncodeTlsIdentityAnswer);
}

TEST(Admin, InstallIsStrict) {
  const InstallRequest request{.grant = AsBytes("grant"), .licence = AsBytes("licence")};
  ExpectStrict<InstallRequest>(request, DecodeInstallRequest, EncodeInstallRequest);
  const InstallAnswer answer{
      .product = ProductName::Parse("acme/label-ocr").value(), .version = SampleVersion(), .prepared = true};
  ExpectStrict<InstallAnswer>(answer, DecodeInstallAnswer, EncodeInstallAnswer);
}

TEST(Admin, StatusIsStrict) {
  ExpectStrict<StatusAnswer>(SampleStatus(), DecodeStatusAnswer, EncodeStatusAnswer);
  ExpectStrict<StatusAnswer>(StatusAnswer{}, DecodeStatusAnswer, EncodeStatusAnswer);
}

TEST(Admin, StatusKeepsWhatIsOptional) {
  const auto status = DecodeStatusAnswer(Encoded<StatusAnswer>(SampleStatus(), EncodeStatusAnswer));
  ASSERT_TRUE(status);
  EXPECT_EQ(status->products[0].licence_expires, UnixTime{1'800'000'000});
  EXPECT_FALSE(status->products[1].licence_expires);
}

TEST(Admin, CrashesThatMakeNoSenseAreRefused) {
  StatusAnswer answer;
  ASSERT_TRUE(answer.products.PushBack(SampleProduct()));
  answer.products[0].crashes->count = 0;
  EXPECT_EQ(DecodeStatusAnswer(Encoded<StatusAnswer>(answer, EncodeStatusAnswer)).error().code(),
            ErrorCode::kMalformed);
  answer.products[0].crashes->count = 1;
  EXPECT_TRUE(DecodeStatusAnswer(Encoded<StatusAnswer>(answer, EncodeStatusAnswer)));
  for (const auto memory : {std::uint8_t{0}, std::uint8_t{4}}) {
    answer.products[0].crashes->memory = static_cast<CrashMemory>(memory);
    EXPECT_EQ(DecodeStatusAnswer(Encoded<StatusAnswer>(answer, EncodeStatusAnswer)).error().code(),
              ErrorCode::kMalformed);
  }
}

TEST(Admin, FullStatusFitsOneMessage) {
  StatusAnswer answer = SampleStatus();
  while (answer.products.size() < kMaxProducts) ASSERT_TRUE(answer.products.PushBack(SampleProduct()));
  EXPECT_LT(Encoded<StatusAnswer>(answer, EncodeStatusAnswer).size(), kMaxBodySize);
}

TEST(Admin, LicensedProductIsStrict) {
  ExpectStrict<LicensedProduct>({ProductName::Parse("acme/label-ocr").value()}, DecodeLicensedProduct,
                                EncodeLicensedProduct);
}

TEST(Admin, StatusOfTooManyProductsIsRefused) {
  const Buffer none = Encoded<StatusAnswer>(StatusAnswer{}, EncodeStatusAnswer);
  StatusAnswer one;
  ASSERT_TRUE(one.products.PushBack(SampleProduct()));
  const Buffer with_one = Encoded<StatusAnswer>(one, EncodeStatusAnswer);
  constexpr std::ptrdiff_t kBehind = 2;  // the last field
  Buffer forged(none.begin(), none.end() - 1 - kBehind);
  forged.insert(forged.end(), {0x98, 65});
  for (int i = 0; i < 65; ++i) {
    forged.insert(forged.end(), with_one.begin() + static_cast<std::ptrdiff_t>(none.size()) - kBehind,
                  with_one.end() - kBehind);
  }
  EXPECT_EQ(DecodeStatusAnswer(forged).error().code(), ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace edgekeep::gate
