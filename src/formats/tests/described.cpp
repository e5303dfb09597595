#include "described.h"

#include <functional>
#include <map>

#include "attestation_samples.h"
#include "edgekeep/base/hex.h"
#include "factory_samples.h"
#include "log_described.h"
#include "operations_described.h"
#include "order_described.h"
#include "samples.h"
#include "stored_values_described.h"

namespace edgekeep::formats {
namespace {

std::string Hex(ByteView bytes) {
  std::string text;
  for (; !bytes.empty(); bytes = bytes.subspan(std::min<std::size_t>(bytes.size(), 64)))
    text += ToHex(bytes.first(std::min<std::size_t>(bytes.size(), 64))).view();
  return text;
}

template <typename Id>
std::string HexOf(const Id& id) {
  return Hex(id.view());
}

Json Describe(const Version& version) {
  return {{"sequence", version.sequence.value}, {"display", version.display.view()}};
}

Json Describe(const PublicKey& key) {
  return {{"algorithm", key.algorithm}, {"bytes", Hex(key.bytes)}};
}

Json Describe(const Preamble& preamble) {
  return {{"header_size", preamble.header_size},
          {"record_size", preamble.record_size},
          {"body_offset", preamble.body_offset},
          {"body_size", preamble.body_size}};
}

template <typename List>
Json NumbersOf(const List& list) {
  Json numbers = Json::array();
  for (const auto number : list) numbers.push_back(static_cast<std::uint16_t>(number));
  return numbers;
}

Json Describe(const ProductPolicy& policy) {
  const OutputGuard& guard = policy.output_guard;
  return {{"threads", OrNull(policy.threads)},
          {"processors", NumbersOf(policy.processors)},
          {"memory_budget", OrNull(policy.memory_budget)},
          {"spinning", policy.spinning},
          {"providers", NumbersOf(policy.providers)},
          {"weights_may_leave", policy.weights_may_leave},
          {"zero_copy_inputs", policy.zero_copy_inputs},
          {"output_guard", {{"top_k", OrNull(guard.top_k)}, {"decimals", OrNull(guard.decimals)}}},
          {"receipts", policy.receipts},
          {"start_at_boot", policy.start_at_boot},
          {"linger_seconds", policy.linger_seconds},
          {"licence_end", std::to_underlying(policy.licence_end)},
          {"degraded_calls_per_minute", policy.degraded_calls_per_minute}};
}

// null where everything has its default.
Json DescribeOptional(const ProductPolicy& policy) {
  return policy.is_default() ? Json() : Describe(policy);
}

Json Describe(const SealedHeader& header) {
  return {{"kind", std::to_underlying(header.kind)},
          {"product", header.product.view()},
          {"version", Describe(header.version)},
          {"seal_suite", header.seal_suite},
          {"segment_size", header.segment_size},
          {"plaintext_size", header.plaintext_size},
          {"salt", HexOf(header.salt)},
          {"key_commitment", HexOf(header.key_commitment)},
          {"hpke_suite", header.hpke_suite},
          {"licensor_kem_kid", HexOf(header.licensor_kem_kid)},
          {"enc", Hex(header.enc)},
          {"wrapped_key", Hex(header.wrapped_key)},
          {"policy", DescribeOptional(header.policy)}};
}

Json Describe(const SealRecord& record) {
  return {{"header_digest", HexOf(record.header_digest)},
          {"tags_digest", HexOf(record.tags_digest)},
          {"plaintext_mac", HexOf(record.plaintext_mac)},
          {"plaintext_size", record.plaintext_size},
          {"sealed_at", record.sealed_at.value}};
}

Json Describe(const SlotFileHeader& header) {
  return {{"kind", std::to_underlying(header.kind)},
          {"product", header.product.view()},
          {"sequence", header.sequence.value},
          {"sealed_file", HexOf(header.sealed_file)},
          {"seal_suite", header.seal_suite},
          {"plaintext_size", header.plaintext_size},
          {"salt", HexOf(header.salt)},
          {"key_commitment", HexOf(header.key_commitment)},
          {"engine_key", header.engine_key.view()},
          {"in_place_inputs", header.in_place_inputs}};
}

Json Describe(const SignedObject& object) {
  Json signatures = Json::array();
  for (const SignatureEntry& entry : object.signatures) {
    signatures.push_back(
        {{"cose_algorithm", entry.cose_algorithm}, {"kid", HexOf(entry.kid)}, {"signature", Hex(entry.signature)}});
  }
  return {{"payload", Hex(object.payload)}, {"signatures", signatures}};
}

Json Describe(const Grant& grant) {
  return {{"product", grant.product.view()},
          {"sequence", grant.sequence.value},
          {"sealed_file", HexOf(grant.sealed_file)},
          {"epoch", grant.epoch.value},
          {"aead", grant.aead},
          {"nonce", Hex(grant.nonce)},
          {"wrapped_key", Hex(grant.wrapped_key)}};
}

Json Describe(const Lease& lease) {
  return {lease.seconds, lease.grace_seconds, lease.start_charge_seconds, std::to_underlying(lease.clock_behind),
          lease.counted_seconds};
}

Json Describe(const Features& features) {
  Json list = Json::array();
  for (const auto& feature : features) list.push_back(feature.view());
  return list;
}

Json Describe(const LicenceTerms& terms) {
  return {{"first_sequence", terms.first_sequence.value},
          {"last_sequence", terms.last_sequence.value},
          {"not_before", terms.not_before.value},
          {"expires", terms.expires ? Json(terms.expires->value) : Json()},
          {"isolation_floor", std::to_underlying(terms.isolation_floor)},
          {"export", terms.allows_export},
          {"call_budget", terms.call_budget ? Json(*terms.call_budget) : Json()},
          {"calls_per_minute", terms.calls_per_minute ? Json(*terms.calls_per_minute) : Json()},
          {"lease", terms.lease ? Describe(*terms.lease) : Json()},
          {"features", Describe(terms.features)},
          {"processor_only", terms.processor_only},
          {"transferable", terms.transferable}};
}

Json Describe(const LicenceReport& report) {
  return {{"licence", Hex(report.licence)},
          {"device_request", Hex(report.device_request)},
          {"counted_seconds", report.counted_seconds},
          {"calls_reserved", report.calls_reserved},
          {"made_at", report.made_at.value}};
}

Json Describe(const Licence& licence) {
  return {{"id", HexOf(licence.id)},           {"issuer", licence.issuer.view()},
          {"device", HexOf(licence.device)},   {"issued_at", licence.issued_at.value},
          {"product", licence.product.view()}, {"epoch", licence.epoch.value},
          {"terms", Describe(licence.terms)},  {"hpke_suite", licence.hpke_suite},
          {"enc", Hex(licence.enc)},           {"wrapped_epoch_key", Hex(licence.wrapped_epoch_key)}};
}

Json Describe(std::span<const Holder> holders) {
  Json all = Json::array();
  for (const Holder& holder : holders) {
    Json keys = Json::array();
    for (const PublicKey& key : holder.keys) keys.push_back(Describe(key));
    all.push_back({{"name", holder.name}, {"keys", keys}});
  }
  return all;
}

Json Describe(const TrustBundle& bundle) {
  return {{"publisher", bundle.publisher},
          {"required_classes", DescribeClasses(bundle.required_classes)},
          {"authors", Describe(bundle.authors.view())},
          {"licensors", Describe(bundle.licensors.view())},
          {"licensor_kem", Describe(bundle.licensor_kem)}};
}

Json Describe(const TrustPolicy& policy) {
  Json cosigners = Json::array();
  for (const std::string_view name : policy.dependent_cosigners) cosigners.push_back(name);
  return {{"version", policy.version},
          {"authority", policy.authority},
          {"profile", std::to_underlying(policy.profile)},
          {"required_classes", DescribeClasses(policy.required_classes)},
          {"min_approvers", policy.min_approvers},
          {"delay", policy.delay},
          {"max_time_step", policy.max_time_step},
          {"issued_at", policy.issued_at.value},
          {"notaries", Describe(policy.notaries.view())},
          {"min_independent_witnesses", policy.min_independent_witnesses},
          {"dependent_cosigners", cosigners},
          {"log_policy", policy.log_policy},
          {"officers", Describe(policy.officers.view())},
          {"orders", DescribeRules(policy)},
          {"quarantine", DescribeQuarantine(policy)}};
}

Json Describe(const DeviceRequest& request) {
  return {{"identity", Describe(request.identity)},
          {"kem", Describe(request.kem)},
          {"anchor", std::to_underlying(request.anchor)},
          {"chip", request.chip ? Json{request.chip->manufacturer, request.chip->firmware} : Json()},
          {"rekeyed_at", request.rekeyed_at ? Json(request.rekeyed_at->value) : Json()},
          {"ownership", DescribeOwnership(request.ownership)}};
}

Json Describe(const SlotFileRecord& file) {
  return {{"header_digest", HexOf(file.header_digest)},
          {"tags_digest", HexOf(file.tags_digest)},
          {"file_size", file.file_size},
          {"wrapped_slot_key", Hex(file.wrapped_slot_key)}};
}

Json Describe(const std::optional<PreparedRecord>& prepared) {
  if (!prepared) return {};
  return {{"file", Describe(prepared->file)}, {"engine_key", prepared->engine_key.view()}};
}

Json Describe(const CommitRecord& record) {
  return {{"generation", record.generation},           {"product", record.product.view()},
          {"version", Describe(record.version)},       {"slot", record.slot},
          {"sealed_file", HexOf(record.sealed_file)},  {"epoch", record.epoch.value},
          {"canonical", Describe(record.canonical)},   {"prepared", Describe(record.prepared)},
          {"installed_at", record.installed_at.value}, {"policy", DescribeOptional(record.policy)},
          {"security_epoch", record.security_epoch}};
}

Json Describe(const KeyFile& file) {
  const Json costs = {
      {"memory_kib", file.costs.memory_kib}, {"passes", file.costs.passes}, {"lanes", file.costs.lanes}};
  return {{"purpose", file.purpose},
          {"public_key", Describe(file.public_key)},
          {"costs", costs},
          {"salt", Hex(file.salt)},
          {"aead", file.aead},
          {"nonce", Hex(file.nonce)},
          {"ciphertext", Hex(file.ciphertext)}};
}

Json Describe(const ReceiptBatch& batch) {
  return {{"product", batch.product.view()},
          {"version", Describe(batch.version)},
          {"sealed_file", HexOf(batch.sealed_file)},
          {"device", HexOf(batch.device)},
          {"licence", HexOf(batch.licence)},
          {"serving", HexOf(batch.serving)},
          {"first", batch.first},
          {"count", batch.count},
          {"root", HexOf(batch.root)},
          {"signed_at", batch.signed_at.value}};
}

Json Describe(const Receipt& receipt) {
  Json path = Json::array();
  for (const Digest& digest : receipt.path) path.push_back(HexOf(digest));
  return {{"batch", Hex(receipt.batch)},
          {"number", receipt.call.number},
          {"inputs", HexOf(receipt.call.inputs)},
          {"outputs", HexOf(receipt.call.outputs)},
          {"path", path}};
}

Json Describe(const PackageIndex& index) {
  Json files = Json::array();
  for (const PackageFile& file : index) {
    files.push_back(
        {{"path", file.path}, {"role", std::to_underlying(file.role)}, {"offset", file.offset}, {"size", file.size}});
  }
  return files;
}

struct Kind {
  std::function<Result<Json>(ByteView, const Json&)> describe;
  std::function<Result<ByteVector>(ByteView, const Json&)> reencode;
};

// `decode` and `encode` may need more of the vector than its bytes.
template <typename Out = CborWriter, typename Decode, typename Encode>
Kind KindWith(Decode decode, Encode encode) {
  return {.describe = [decode](ByteView bytes, const Json& vector) -> Result<Json> {
            const auto object = decode(bytes, vector);
            if (!object) return object.error();
            return Describe(*object);
          },
          .reencode =
              [decode, encode](ByteView bytes, const Json& vector) {
                return Reencoded<Out>(
                    bytes, [&](ByteView input) { return decode(input, vector); },
                    [&](const auto& object, Out& out) { return encode(object, out, vector); });
              }};
}

template <typename Out = CborWriter, typename Decode, typename Encode>
Kind KindOf(Decode decode, Encode encode) {
  return KindWith<Out>([decode](ByteView bytes, const Json&) { return decode(bytes); },
                       [encode](const auto& object, Out& out, const Json&) { return encode(object, out); });
}

Kind SignedObjectKind() {
  const auto type = [](const Json& vector) { return vector.at("type").get<std::string>(); };
  return KindWith([type](ByteView bytes, const Json& vector) { return DecodeSignedObject(type(vector), bytes); },
                  [type](const SignedObject& object, CborWriter& out, const Json& vector) {
                    return EncodeSignedObject(type(vector), object, out);
                  });
}

Kind PackageIndexKind() {
  return KindWith(
      [](ByteView bytes, const Json& vector) {
        return DecodePackageIndex(bytes, vector.at("plaintext_size").get<std::uint64_t>());
      },
      [](const PackageIndex& index, CborWriter& out, const Json&) { return EncodePackageIndex(index, out); });
}

const Kind& FindKind(const std::string& name) {
  static const std::map<std::string, Kind> kKinds = {
      {"preamble", KindOf<Writer>(DecodePreamble, EncodePreamble)},
      {"sealed-header", KindOf(DecodeSealedHeader, EncodeSealedHeader)},
      {"product-policy", KindOf([](ByteView bytes) { return DecodeProductPolicy(bytes); }, EncodeProductPolicy)},
      {"operations-policy", KindOf(DecodeOperationsPolicy, EncodeOperationsPolicy)},
      {"seal-record", KindOf(DecodeSealRecord, EncodeSealRecord)},
      {"slot-preamble", KindOf<Writer>(DecodeSlotPreamble, EncodeSlotPreamble)},
      {"slot-file-header", KindOf(DecodeSlotFileHeader, EncodeSlotFileHeader)},
      {"signed-object", SignedObjectKind()},
      {"grant", KindOf(DecodeGrant, EncodeGrant)},
      {"licence", KindOf(DecodeLicence, EncodeLicence)},
      {"licence-report", KindOf(DecodeLicenceReport, EncodeLicenceReport)},
      {"trust-bundle", KindOf(DecodeTrustBundle, EncodeTrustBundle)},
      {"trust-policy", KindOf(DecodeTrustPolicy, EncodeTrustPolicy)},
      {"time-repair", KindOf(DecodeTimeRepair, EncodeTimeRepair)},
      {"order", KindOf(DecodeOrder, EncodeOrder)},
      {"order-authority", KindOf(DecodeOrderAuthority, EncodeOrderAuthority)},
      {"retirement", KindOf(DecodeRetirementCertificate, EncodeRetirementCertificate)},
      {"device-request", KindOf(DecodeDeviceRequest, EncodeDeviceRequest)},
      {"commit-record", KindOf(DecodeCommitRecord, EncodeCommitRecord)},
      {"key-file", KindOf(DecodeKeyFile, EncodeKeyFile)},
      {"receipt-batch", KindOf(DecodeReceiptBatch, EncodeReceiptBatch)},
      {"receipt", KindOf(DecodeReceipt, EncodeReceipt)},
      {"package-index", PackageIndexKind()},
      {"log-entry", KindOf(DecodeLogEntry, EncodeLogEntry)},
      {"log-release", KindOf(DecodeReleaseEntry, EncodeReleaseEntry)},
      {"log-approval", KindOf(DecodeApproval, EncodeApproval)},
      {"log-rejection", KindOf(DecodeRejection, EncodeRejection)},
      {"log-verdict", KindOf(DecodeVerdict, EncodeVerdict)},
      {"log-key-ceremony", KindOf(DecodeKeyCeremony, EncodeKeyCeremony)},
      {"log-policy-change", KindOf(DecodePolicyChange, EncodePolicyChange)},
      {"log-epoch-change", KindOf(DecodeEpochChange, EncodeEpochChange)},
      {"log-retirement", KindOf(DecodeRetirement, EncodeRetirement)},
      {"release-proof", KindOf(DecodeReleaseProof, EncodeReleaseProof)},
      {"production-order", KindOf(DecodeProductionOrder, EncodeProductionOrder)},
      {"ticket-book", KindOf(DecodeTicketBook, EncodeTicketBook)},
      {"log-provisioned", KindOf(DecodeProvisioned, EncodeProvisioned)},
      {"log-voided", KindOf(DecodeVoided, EncodeVoided)},
      {"identity", KindOf(DecodeFactoryIdentity, EncodeFactoryIdentity)},
      {"identity-list", KindOf(DecodeIdentityList, EncodeIdentityList)},
      {"provisioning-hello", KindOf(DecodeProvisioningHello, EncodeProvisioningHello)},
      {"provisioning-challenge", KindOf(DecodeProvisioningChallenge, EncodeProvisioningChallenge)},
      {"provisioning-proof", KindOf(DecodeProvisioningProof, EncodeProvisioningProof)},
      {"provisioning-refusal", KindOf(DecodeProvisioningRefusal, EncodeProvisioningRefusal)},
      {"owner", KindOf(DecodeOwnerRecord, EncodeOwnerRecord)},
      {"transfer", KindOf(DecodeTransfer, EncodeTransfer)},
      {"signed-transfer", KindOf(DecodeSignedTransfer, EncodeSignedTransfer)},
      {"transfer-answer", KindOf(DecodeTransferAnswer, EncodeTransferAnswer)},
      {"evidence", KindOf(DecodeEvidence, EncodeEvidence)},
      {"measured-event", KindOf(DecodeMeasuredEvent, EncodeMeasuredEvent)},
      {"challenge", KindOf(DecodeChallenge, EncodeChallenge)},
      {"attestation-keys", KindOf(DecodeAttestationKeys, EncodeAttestationKeys)},
      {"activation", KindOf(DecodeActivation, EncodeActivation)},
      {"enrolment", KindOf(DecodeEnrolment, EncodeEnrolment)},
      {"stored-values", KindOf(DecodeStoredValues, EncodeStoredValues)},
      {"appraisal-policy", KindOf(DecodeAppraisalPolicy, EncodeAppraisalPolicy)},
  };
  return kKinds.at(name);
}

}  // namespace

Result<Json> Described(const std::string& kind, ByteView bytes, const Json& vector) {
  return FindKind(kind).describe(bytes, vector);
}

Result<ByteVector> ReencodedAs(const std::string& kind, ByteView bytes, const Json& vector) {
  return FindKind(kind).reencode(bytes, vector);
}

}  // namespace edgekeep::formats
