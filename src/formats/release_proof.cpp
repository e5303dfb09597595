#include "edgekeep/formats/release_proof.h"

#include "fields.h"

namespace edgekeep::formats {
namespace {

constexpr std::string_view kProofType = "edgekeep/release-proof";

Status Check(const ProvenEntry& leaf) {
  if (leaf.entry.empty() || leaf.inclusion.empty()) return Malformed("release proof: entry");
  EK_TRY(CheckLimit(leaf.entry, kMaxLogEntrySize));
  return CheckLimit(AsBytes(leaf.inclusion), kMaxInclusionText);
}

Status Check(const ReleaseProof& proof) {
  if (proof.checkpoint.empty()) return Malformed("release proof: checkpoint");
  EK_TRY(Check(proof.release));
  if (!proof.verdict) return {};
  EK_TRY(Check(proof.verdict->leaf));
  return proof.verdict->statement.empty() ? Malformed("release proof: statement") : Status();
}

Result<ProvenEntry> ReadLeaf(CborReader& in) {
  ProvenEntry leaf;
  EK_TRY_ASSIGN(leaf.entry, in.ReadByteString());
  EK_TRY_ASSIGN(leaf.inclusion, in.ReadText());
  return leaf;
}

Status WriteLeaf(const ProvenEntry& leaf, CborWriter& out) {
  EK_TRY(out.ByteString(leaf.entry));
  return out.Text(leaf.inclusion);
}

Result<ProvenVerdict> ReadVerdict(CborReader& in) {
  EK_TRY(in.ExpectArray(3));
  ProvenVerdict verdict;
  EK_TRY_ASSIGN(verdict.leaf, ReadLeaf(in));
  EK_TRY_ASSIGN(verdict.statement, in.ReadByteString());
  return verdict;
}

}  // namespace

Result<ReleaseProof> DecodeReleaseProof(ByteView bytes) {
  EK_TRY(CheckLimit(bytes, kMaxReleaseProofSize));
  CborReader in(bytes);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  EK_TRY(fields.Type(kProofType));
  ReleaseProof proof;
  EK_TRY_ASSIGN(proof.checkpoint, fields.Text(1));
  EK_TRY(fields.At(2));
  EK_TRY(in.ExpectArray(2));
  EK_TRY_ASSIGN(proof.release, ReadLeaf(in));
  EK_TRY_ASSIGN(const bool has_verdict, fields.Has(3));
  if (has_verdict) {
    EK_TRY_ASSIGN(proof.verdict, ReadVerdict(in));
  }
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(proof));
  return proof;
}

Status EncodeReleaseProof(const ReleaseProof& proof, CborWriter& out) {
  EK_TRY(Check(proof));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, proof.verdict ? 4 : 3));
  EK_TRY(fields.Text(kTypeKey, kProofType));
  EK_TRY(fields.Text(1, proof.checkpoint));
  EK_TRY(fields.At(2));
  EK_TRY(out.Array(2));
  EK_TRY(WriteLeaf(proof.release, out));
  if (!proof.verdict) return {};
  EK_TRY(fields.At(3));
  EK_TRY(out.Array(3));
  EK_TRY(WriteLeaf(proof.verdict->leaf, out));
  return out.ByteString(proof.verdict->statement);
}

}  // namespace edgekeep::formats
