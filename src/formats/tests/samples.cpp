#include "samples.h"

#include <numeric>

#include "attestation_samples.h"
#include "edgekeep/formats/stored_values.h"
#include "factory_samples.h"
#include "log_samples.h"

namespace edgekeep::formats {
namespace {

Version SampleVersion() {
  return {.sequence = {7}, .display = VersionText::From("1.4.0-rc.2").value()};
}

ProductName SampleProduct() {
  return ProductName::Parse("acme/label-ocr").value();
}

SlotFileRecord SampleSlotFile(std::uint8_t first) {
  return {.header_digest = FilledId<Digest>(first),
          .tags_digest = FilledId<Digest>(first + 1),
          .file_size = kBodyAlignment + BodySize(5000000),
          .wrapped_slot_key = Filler(kWrappedSlotKeySize, first + 2)};
}

Holder HolderOf(std::string_view name, std::uint8_t first) {
  Holder holder{.name = name};
  EK_CHECK(holder.keys.PushBack({.algorithm = 0x0101, .bytes = Filler(32, first)}));
  EK_CHECK(holder.keys.PushBack({.algorithm = 0x0112, .bytes = Filler(48, first + 1)}));
  return holder;
}

Licence PerpetualLicence() {
  Licence licence = SampleLicence();
  licence.terms.expires.reset();
  return licence;
}

Licence ExportingLicence() {
  Licence licence = SampleLicence();
  licence.terms.allows_export = true;
  return licence;
}

Licence BoundedLicence() {
  Licence licence = ExportingLicence();
  licence.terms.call_budget = 100000;
  licence.terms.calls_per_minute = 60;
  return licence;
}

LicenceReport SampleLicenceReport() {
  return {.licence = Filler(300, 131),
          .device_request = Filler(200, 132),
          .counted_seconds = 2592000,
          .calls_reserved = 17,
          .made_at = {1790000000}};
}

Licence LeasedLicence() {
  Licence licence = SampleLicence();
  licence.terms.lease = Lease{.seconds = 2592000,
                              .grace_seconds = 604800,
                              .start_charge_seconds = 3600,
                              .clock_behind = ClockBehind::kDeny,
                              .counted_seconds = 2500000};
  for (const char* const feature : {"line-speed.2", "multi-page"})
    EK_CHECK(licence.terms.features.PushBack(InlineString<kMaxFeatureLength>::Truncated(feature)));
  licence.terms.processor_only = true;
  licence.terms.transferable = true;
  return licence;
}

CommitRecord UnpreparedRecord() {
  CommitRecord record = SampleCommitRecord();
  record.prepared.reset();
  return record;
}

SlotFileHeader PreparedHeader() {
  SlotFileHeader header = SampleSlotFileHeader();
  header.kind = SlotFileKind::kPrepared;
  header.engine_key = EngineKey::From("onnxruntime-1.30.0/x86_64-avx2").value();
  header.in_place_inputs = 5;
  return header;
}

CommitRecord RecordWithPolicy() {
  CommitRecord record = SampleCommitRecord();
  record.security_epoch = 5;
  record.policy = SampleProductPolicy();
  return record;
}

SealedHeader HeaderWithPolicy() {
  SealedHeader header = SampleSealedHeader();
  header.policy = SampleProductPolicy();
  return header;
}

KeyFile SymmetricKeyFile() {
  KeyFile file = SampleKeyFile();
  file.purpose = "epoch:acme/label-ocr";
  file.public_key = {};
  return file;
}

ByteVector EncodedPreamble(Status (*encode)(const Preamble&, Writer&), const Preamble& preamble) {
  return EncodedInto<Writer>(kPreambleSize, [&](Writer& out) { return encode(preamble, out); });
}

ByteVector EncodedSampleIndex() {
  const ByteVector index = EncodedBy(EncodePackageIndex, SamplePackageIndex());
  return EncodedInto<Writer>(8 + index.size(), [&](Writer& out) -> Status {
    EK_TRY(out.WriteU64LittleEndian(SamplePackageSize()));
    return out.WriteBytes(index);
  });
}

ByteVector EncodedSampleSignedObject() {
  return EncodedInto<CborWriter>(
      4096, [](CborWriter& out) { return EncodeSignedObject(typ::kGrant, SampleSignedObject(), out); });
}

}  // namespace

ByteView Filler(std::size_t size, std::uint8_t first) {
  static const ByteVector kPool = [] {
    ByteVector pool(8192);
    std::iota(pool.begin(), pool.end(), std::uint8_t{0});
    return pool;
  }();
  return std::span(kPool).subspan(first, size);
}

Preamble SamplePreamble() {
  return {.header_size = 1500, .record_size = 3600, .body_offset = 8192, .body_size = BodySize(5000000)};
}

ProductPolicy SampleProductPolicy() {
  ProductPolicy policy;
  policy.threads = 4;
  for (const int index : {0, 3, 1023}) EK_CHECK(policy.processors.PushBack(static_cast<std::uint16_t>(index)));
  policy.memory_budget = 268435456;
  policy.spinning = true;
  policy.providers = {};
  for (const auto provider : {ExecutionProvider::kOpenVino, ExecutionProvider::kCpu}) {
    EK_CHECK(policy.providers.PushBack(provider));
  }
  policy.weights_may_leave = true;
  policy.zero_copy_inputs = true;
  policy.output_guard = {.top_k = 5, .decimals = std::uint8_t{0}};
  policy.receipts = true;
  policy.start_at_boot = true;
  policy.linger_seconds = 86400;
  policy.licence_end = LicenceEnd::kDegrade;
  policy.degraded_calls_per_minute = 1;
  return policy;
}

OperationsPolicy SampleOperationsPolicy() {
  OperationsPolicy policy{
      .version = 3,
      .authority = InlineString<63>::Truncated("acme"),
      .sessions = 12,
      .demands = {
          .isolation_floor = Isolation::kVm, .threads = 4, .memory_budget = 1ULL << 30, .forbids_export = true}};
  EK_CHECK(policy.products.PushBack({SampleProduct(), {.isolation_floor = Isolation::kTrustZone}}));
  EK_CHECK(policy.products.PushBack({ProductName::Parse("acme/other").value(), {.threads = 1}}));
  return policy;
}

SealedHeader SampleSealedHeader() {
  return {.kind = SealedKind::kModel,
          .product = SampleProduct(),
          .version = SampleVersion(),
          .seal_suite = 1,
          .plaintext_size = 5000000,
          .salt = FilledId<Salt>(1),
          .key_commitment = FilledId<KeyCommitment>(2),
          .hpke_suite = 3,
          .licensor_kem_kid = FilledId<KeyId>(3),
          .enc = Filler(65, 4),
          .wrapped_key = Filler(48, 5),
          .policy = {}};
}

SealRecord SampleSealRecord() {
  return {.header_digest = FilledId<Digest>(11),
          .tags_digest = FilledId<Digest>(12),
          .plaintext_mac = FilledId<PlaintextMac>(13),
          .plaintext_size = 5000000,
          .sealed_at = {1790000000}};
}

Preamble SampleSlotPreamble() {
  return {.header_size = 300, .record_size = 0, .body_offset = 4096, .body_size = BodySize(5000000)};
}

SlotFileHeader SampleSlotFileHeader() {
  return {.kind = SlotFileKind::kCanonical,
          .product = SampleProduct(),
          .sequence = {7},
          .sealed_file = FilledId<SealedFileId>(21),
          .seal_suite = 2,
          .plaintext_size = 5000000,
          .salt = FilledId<Salt>(22),
          .key_commitment = FilledId<KeyCommitment>(23)};
}

SignedObject SampleSignedObject() {
  SignedObject object{.payload = Filler(20, 31)};
  EK_CHECK(object.signatures.PushBack({-19, FilledId<KeyId>(32), Filler(64, 33)}));
  EK_CHECK(object.signatures.PushBack({-49, FilledId<KeyId>(34), Filler(100, 35)}));
  return object;
}

Grant SampleGrant() {
  return {.product = SampleProduct(),
          .sequence = {7},
          .sealed_file = FilledId<SealedFileId>(41),
          .epoch = {3},
          .aead = 0x0301,
          .nonce = Filler(12, 42),
          .wrapped_key = Filler(48, 43)};
}

Licence SampleLicence() {
  return {.id = FilledId<LicenceId>(51),
          .issuer = InlineString<63>::From("acme").value(),
          .device = FilledId<DeviceId>(52),
          .issued_at = {1790000000},
          .product = SampleProduct(),
          .epoch = {3},
          .terms = {.first_sequence = {1},
                    .last_sequence = {UINT64_MAX},
                    .not_before = {1790000000},
                    .expires = UnixTime{1821536000},
                    .isolation_floor = Isolation::kVm},
          .hpke_suite = 1,
          .enc = Filler(1153, 53),
          .wrapped_epoch_key = Filler(48, 54)};
}

PublicKey SamplePublicKey() {
  return {.algorithm = 0x0101, .bytes = Filler(32, 61)};
}

TrustBundle SampleTrustBundle() {
  TrustBundle bundle{.publisher = "acme", .licensor_kem = {.algorithm = 0x0221, .bytes = Filler(60, 70)}};
  EK_CHECK(bundle.required_classes.PushBack(1) && bundle.required_classes.PushBack(2));
  EK_CHECK(bundle.authors.PushBack(HolderOf("anna", 71)) && bundle.authors.PushBack(HolderOf("bert", 75)));
  EK_CHECK(bundle.licensors.PushBack(HolderOf("anna", 79)));
  return bundle;
}

TrustPolicy SampleTrustPolicy() {
  TrustPolicy policy{.version = 3,
                     .authority = "acme",
                     .profile = PolicyProfile::kProduction,
                     .min_approvers = 2,
                     .delay = 604800,
                     .max_time_step = 63072000,
                     .issued_at = {1790000000},
                     .min_independent_witnesses = 1,
                     .log_policy = "quorum none\n"};
  EK_CHECK(policy.required_classes.PushBack(1) && policy.required_classes.PushBack(2));
  EK_CHECK(policy.notaries.PushBack(HolderOf("nora", 90)));
  EK_CHECK(policy.dependent_cosigners.PushBack("a.example") && policy.dependent_cosigners.PushBack("notary.example"));
  EK_CHECK(policy.officers.PushBack(HolderOf("olga", 94)));
  AddSampleRules(policy);
  return policy;
}

TimeRepair SampleTimeRepair() {
  return {.number = 2, .time = {1790000000}, .root_version = 5, .ahead_from = UnixTime{1821536000}};
}

DeviceRequest SampleDeviceRequest() {
  return {.identity = {.algorithm = 0x0102, .bytes = Filler(65, 81)},
          .kem = {.algorithm = 0x0221, .bytes = Filler(1249, 82)},
          .anchor = AnchorKind::kTpm2,
          .chip = ChipClass{0x49424d20, 0x700020000},
          .rekeyed_at = UnixTime{1790000000},
          .ownership = Ownership{3, FilledId<Digest>(83)}};
}

CommitRecord SampleCommitRecord() {
  return {.generation = 300,
          .product = SampleProduct(),
          .version = SampleVersion(),
          .slot = 1,
          .sealed_file = FilledId<SealedFileId>(91),
          .epoch = {3},
          .canonical = SampleSlotFile(92),
          .prepared = PreparedRecord{.file = SampleSlotFile(96), .engine_key = PreparedHeader().engine_key},
          .installed_at = {1790000000},
          .policy = {}};
}

KeyFile SampleKeyFile() {
  return {.purpose = "author",
          .public_key = SamplePublicKey(),
          .costs = {.memory_kib = 65536, .passes = 3, .lanes = 4},
          .salt = Filler(16, 101),
          .aead = 0x0301,
          .nonce = Filler(12, 102),
          .ciphertext = Filler(48, 103)};
}

ReceiptBatch SampleReceiptBatch() {
  return {.product = SampleProduct(),
          .version = SampleVersion(),
          .sealed_file = FilledId<SealedFileId>(111),
          .device = FilledId<DeviceId>(112),
          .licence = FilledId<LicenceId>(113),
          .serving = FilledId<ServingId>(114),
          .first = 300,
          .count = 5,
          .root = FilledId<Digest>(115),
          .signed_at = {1790000000}};
}

Receipt SampleReceipt() {
  Receipt receipt{.batch = Filler(400, 116),
                  .call = {.number = 302, .inputs = FilledId<Digest>(117), .outputs = FilledId<Digest>(118)},
                  .path = {}};
  for (std::uint8_t i = 0; i < 3; ++i)
    EK_CHECK(receipt.path.PushBack(FilledId<Digest>(static_cast<std::uint8_t>(119 + i))));
  return receipt;
}

PackageIndex SamplePackageIndex() {
  PackageIndex index;
  EK_CHECK(index.PushBack({.path = "model.onnx", .role = FileRole::kModel, .size = 4700}));
  EK_CHECK(index.PushBack({.path = "weights/part-0.bin", .role = FileRole::kSide, .size = 70000}));
  EK_CHECK(index.PushBack({.path = "weights/empty", .role = FileRole::kSide, .size = 0}));
  EK_CHECK(index.PushBack({.path = "keys_v1.txt", .role = FileRole::kSide, .size = 1}));
  EK_CHECK(LayOutPackage(index));
  return index;
}

std::uint64_t SamplePackageSize() {
  PackageIndex index = SamplePackageIndex();
  return LayOutPackage(index).value();
}

StoredValues SampleStoredValues() {
  static const ByteVector value = {1, 2, 3, 4, 5};
  StoredValues values;
  EK_CHECK(values.PushBack({"Zone.1_a-b", value}) && values.PushBack({"empty", {}}));
  return values;
}

std::vector<ObjectKind> AllObjects() {
  std::vector<ObjectKind> kinds = {
      {"Preamble", EncodedPreamble(EncodePreamble, SamplePreamble()), ReencodedPreamble, false},
      {"SealedHeader", EncodedBy(EncodeSealedHeader, SampleSealedHeader()), ReencodedSealedHeader},
      {"SealedHeaderWithPolicy", EncodedBy(EncodeSealedHeader, HeaderWithPolicy()), ReencodedSealedHeader},
      {"ProductPolicy", EncodedBy(EncodeProductPolicy, SampleProductPolicy()), ReencodedProductPolicy},
      {"OperationsPolicy", EncodedBy(EncodeOperationsPolicy, SampleOperationsPolicy()), ReencodedOperationsPolicy},
      {"SealRecord", EncodedBy(EncodeSealRecord, SampleSealRecord()), ReencodedSealRecord},
      {"SlotPreamble", EncodedPreamble(EncodeSlotPreamble, SampleSlotPreamble()), ReencodedSlotPreamble, false},
      {"SlotFileHeader", EncodedBy(EncodeSlotFileHeader, SampleSlotFileHeader()), ReencodedSlotFileHeader},
      {"SlotFileHeaderPrepared", EncodedBy(EncodeSlotFileHeader, PreparedHeader()), ReencodedSlotFileHeader},
      {"SignedObject", EncodedSampleSignedObject(), ReencodedSignedObject},
      {"Grant", EncodedBy(EncodeGrant, SampleGrant()), ReencodedGrant},
      {"Licence", EncodedBy(EncodeLicence, SampleLicence()), ReencodedLicence},
      {"LicencePerpetual", EncodedBy(EncodeLicence, PerpetualLicence()), ReencodedLicence},
      {"LicenceExporting", EncodedBy(EncodeLicence, ExportingLicence()), ReencodedLicence},
      {"LicenceBounded", EncodedBy(EncodeLicence, BoundedLicence()), ReencodedLicence},
      {"LicenceReport", EncodedBy(EncodeLicenceReport, SampleLicenceReport()), ReencodedLicenceReport},
      {"LicenceLeased", EncodedBy(EncodeLicence, LeasedLicence()), ReencodedLicence},
      {"PublicKey", EncodedBy(EncodePublicKey, SamplePublicKey()), ReencodedPublicKey},
      {"TrustBundle", EncodedBy(EncodeTrustBundle, SampleTrustBundle()), ReencodedTrustBundle},
      {"TrustPolicy", EncodedBy(EncodeTrustPolicy, SampleTrustPolicy()), ReencodedTrustPolicy},
      {"TimeRepair", EncodedBy(EncodeTimeRepair, SampleTimeRepair()), ReencodedTimeRepair},
      {"Order", EncodedBy(EncodeOrder, SampleOrder()), ReencodedOrder},
      {"OrderAuthority", EncodedBy(EncodeOrderAuthority, SampleOrderAuthority()), ReencodedOrderAuthority},
      {"Retirement", EncodedBy(EncodeRetirementCertificate, SampleRetirementCertificate()), ReencodedRetirement},
      {"DeviceRequest", EncodedBy(EncodeDeviceRequest, SampleDeviceRequest()), ReencodedDeviceRequest},
      {"CommitRecord", EncodedBy(EncodeCommitRecord, SampleCommitRecord()), ReencodedCommitRecord},
      {"CommitRecordUnprepared", EncodedBy(EncodeCommitRecord, UnpreparedRecord()), ReencodedCommitRecord},
      {"CommitRecordWithPolicy", EncodedBy(EncodeCommitRecord, RecordWithPolicy()), ReencodedCommitRecord},
      {"KeyFile", EncodedBy(EncodeKeyFile, SampleKeyFile()), ReencodedKeyFile},
      {"KeyFileSymmetric", EncodedBy(EncodeKeyFile, SymmetricKeyFile()), ReencodedKeyFile},
      {"ReceiptBatch", EncodedBy(EncodeReceiptBatch, SampleReceiptBatch()), ReencodedReceiptBatch},
      {"Receipt", EncodedBy(EncodeReceipt, SampleReceipt()), ReencodedReceipt},
      {"StoredValues", EncodedBy(EncodeStoredValues, SampleStoredValues()), ReencodedStoredValues},
      {"PackageIndex", EncodedSampleIndex(), ReencodedPackageIndex, false},
  };
  for (ObjectKind& kind : LogObjects()) kinds.push_back(std::move(kind));
  for (ObjectKind& kind : FactoryObjects()) kinds.push_back(std::move(kind));
  for (ObjectKind& kind : AttestationObjects()) kinds.push_back(std::move(kind));
  return kinds;
}

}  // namespace edgekeep::formats
