#include "log_samples.h"

#include "edgekeep/base/check.h"

namespace edgekeep::formats {
namespace {

template <auto kDecode, auto kEncode>
Result<ByteVector> ReencodedBy(ByteView bytes) {
  return Reencoded(bytes, kDecode, kEncode);
}

ReleaseEntry BareRelease() {
  ReleaseEntry entry = SampleReleaseEntry();
  entry.interface.reset();
  entry.dependencies.reset();
  return entry;
}

Verdict FavourableVerdict() {
  Verdict verdict = SampleVerdict();
  verdict.findings = {};
  return verdict;
}

ReleaseProof ProofWithoutVerdict() {
  ReleaseProof proof = SampleReleaseProof();
  proof.verdict.reset();
  return proof;
}

}  // namespace

LogEntry SampleLogEntry() {
  return {.logged_at = {1790000000}, .content = Filler(100, 130)};
}

ReleaseEntry SampleReleaseEntry() {
  return {.product = ProductName::Parse("acme/label-ocr").value(),
          .channel = "stable",
          .version = {.sequence = {7}, .display = VersionText::From("1.4.0").value()},
          .security_epoch = 300,
          .targets_version = 41,
          .targets = FilledId<Digest>(131),
          .manifest = FilledId<Digest>(132),
          .total_size = 5000000,
          .interface = FilledId<Digest>(133),
          .dependencies = FilledId<Digest>(134),
          .author = "anna"};
}

Approval SampleApproval() {
  return {.release = FilledId<ContentDigest>(135), .holder = "bert"};
}

Rejection SampleRejection() {
  return {.release = FilledId<ContentDigest>(136), .holder = "dora", .reason = "scores fell"};
}

Verdict SampleVerdict() {
  Verdict verdict{.release = FilledId<ContentDigest>(137),
                  .release_index = 300,
                  .tree_size = 70000,
                  .findings = {},
                  .approvals = {},
                  .log = "log.example/edgekeep"};
  EK_CHECK(verdict.findings.PushBack({.reason = VerdictReason::kNoQuorum, .detail = "1 of 2"}));
  EK_CHECK(verdict.findings.PushBack({.reason = VerdictReason::kSecurityEpochBack, .detail = "2 after 3"}));
  EK_CHECK(verdict.approvals.PushBack(FilledId<ContentDigest>(138)));
  return verdict;
}

KeyCeremony SampleKeyCeremony() {
  KeyCeremony ceremony{.kind = CeremonyKind::kReplaced,
                       .role = "targets",
                       .metadata_version = 3,
                       .metadata = FilledId<Digest>(139),
                       .threshold = 2,
                       .holders = {}};
  for (const char* holder : {"anna", "bert", "cora"}) EK_CHECK(ceremony.holders.PushBack(holder));
  return ceremony;
}

PolicyChange SamplePolicyChange() {
  return {.kind = PolicyKind::kTimeRepair,
          .version = 4,
          .policy = FilledId<Digest>(140),
          .not_before = UnixTime{1790604800}};
}

EpochChange SampleEpochChange() {
  return {.product = ProductName::Parse("acme/label-ocr").value(), .epoch = {4}, .reason = "one device is lost"};
}

Retirement SampleRetirement() {
  return {.kind = RetiredKind::kKey, .id = FilledId<Digest>(141), .reason = "end of life"};
}

ReleaseProof SampleReleaseProof() {
  return {.checkpoint = "checkpoint\n",
          .release = {.entry = Filler(50, 142), .inclusion = "inclusion\n"},
          .verdict =
              ProvenVerdict{.leaf = {.entry = Filler(30, 143), .inclusion = "other\n"}, .statement = Filler(300, 144)}};
}

std::vector<ObjectKind> LogObjects() {
  return {
      {"LogEntry", EncodedBy(EncodeLogEntry, SampleLogEntry()), ReencodedBy<DecodeLogEntry, EncodeLogEntry>},
      {"LogRelease", EncodedBy(EncodeReleaseEntry, SampleReleaseEntry()),
       ReencodedBy<DecodeReleaseEntry, EncodeReleaseEntry>},
      {"LogReleaseBare", EncodedBy(EncodeReleaseEntry, BareRelease()),
       ReencodedBy<DecodeReleaseEntry, EncodeReleaseEntry>},
      {"LogApproval", EncodedBy(EncodeApproval, SampleApproval()), ReencodedBy<DecodeApproval, EncodeApproval>},
      {"LogRejection", EncodedBy(EncodeRejection, SampleRejection()), ReencodedBy<DecodeRejection, EncodeRejection>},
      {"LogVerdict", EncodedBy(EncodeVerdict, SampleVerdict()), ReencodedBy<DecodeVerdict, EncodeVerdict>},
      {"LogVerdictFavourable", EncodedBy(EncodeVerdict, FavourableVerdict()),
       ReencodedBy<DecodeVerdict, EncodeVerdict>},
      {"LogKeyCeremony", EncodedBy(EncodeKeyCeremony, SampleKeyCeremony()),
       ReencodedBy<DecodeKeyCeremony, EncodeKeyCeremony>},
      {"LogPolicyChange", EncodedBy(EncodePolicyChange, SamplePolicyChange()),
       ReencodedBy<DecodePolicyChange, EncodePolicyChange>},
      {"LogEpochChange", EncodedBy(EncodeEpochChange, SampleEpochChange()),
       ReencodedBy<DecodeEpochChange, EncodeEpochChange>},
      {"LogRetirement", EncodedBy(EncodeRetirement, SampleRetirement()),
       ReencodedBy<DecodeRetirement, EncodeRetirement>},
      {"ReleaseProof", EncodedBy(EncodeReleaseProof, SampleReleaseProof()),
       ReencodedBy<DecodeReleaseProof, EncodeReleaseProof>},
      {"ReleaseProofWithoutVerdict", EncodedBy(EncodeReleaseProof, ProofWithoutVerdict()),
       ReencodedBy<DecodeReleaseProof, EncodeReleaseProof>},
  };
}

}  // namespace edgekeep::formats
