#include "edgekeep/gate/release.h"

#include <utility>

#include "fields.h"

namespace edgekeep::gate {
namespace {

constexpr std::int64_t kRelease = 3;

Result<ReleaseFacts> ReadFacts(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  ReleaseFacts facts;
  EK_TRY_ASSIGN(facts.product, fields.Product(1));
  EK_TRY_ASSIGN(facts.version, fields.VersionOf(2));
  EK_TRY_ASSIGN(facts.security_epoch, fields.Unsigned<std::uint64_t>(3));
  EK_TRY_ASSIGN(facts.cosigned_at.value, fields.Unsigned<std::uint64_t>(4));
  EK_TRY(fields.End());
  return facts;
}

Status WriteFacts(const ReleaseFacts& facts, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 4));
  EK_TRY(fields.Text(1, facts.product.view()));
  EK_TRY(fields.VersionOf(2, facts.version));
  EK_TRY(fields.Unsigned(3, facts.security_epoch));
  return fields.Unsigned(4, facts.cosigned_at.value);
}

Result<ReleaseStep> ReadStep(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  ReleaseStep step;
  EK_TRY_ASSIGN(step.wanted, fields.Text<kMaxReleaseFileName>(1));
  EK_TRY_ASSIGN(step.max_size, fields.Unsigned<std::uint64_t>(2));
  EK_TRY_ASSIGN(const bool complete, fields.Has(kRelease));
  if (complete) {
    EK_TRY_ASSIGN(step.release, ReadFacts(in));
  }
  EK_TRY(fields.End());
  if (step.wanted.empty() != complete) return Error(ErrorCode::kMalformed, "step of a release");
  return step;
}

Result<FileOutcome> ReadOutcome(CborReader& in) {
  EK_TRY_ASSIGN(const std::uint64_t number, in.ReadUnsigned());
  if (number == 0 || number > std::to_underlying(FileOutcome::kFailed))
    return Error(ErrorCode::kMalformed, "what became of a file");
  return static_cast<FileOutcome>(number);
}

Result<AdoptAnswer> ReadAdopted(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  AdoptAnswer answer;
  EK_TRY_ASSIGN(const auto kind, fields.Unsigned<std::uint8_t>(1));
  if (kind == 0 || kind > std::to_underlying(AdoptedKind::kOperationsPolicy))
    return Error(ErrorCode::kMalformed, "what was adopted");
  answer.kind = static_cast<AdoptedKind>(kind);
  EK_TRY_ASSIGN(answer.number, fields.Unsigned<std::uint64_t>(2));
  EK_TRY_ASSIGN(answer.counts_from.value, fields.Unsigned<std::uint64_t>(3));
  EK_TRY_ASSIGN(answer.counts, fields.Flag(4));
  EK_TRY(fields.End());
  return answer;
}

Result<ReleaseDirectory> ReadDirectory(CborReader& in) {
  EK_TRY_ASSIGN(const std::string_view text, in.ReadText());
  if (text.empty()) return Error(ErrorCode::kMalformed, "directory of a release");
  EK_TRY(CheckPrintable(text));
  return ReleaseDirectory::From(text);
}

}  // namespace

Result<ReleaseDirectory> DecodeReleaseDirectory(ByteView body) {
  if (body.empty()) return ReleaseDirectory();
  return DecodeWhole(body, ReadDirectory);
}

Status EncodeReleaseDirectory(const ReleaseDirectory& directory, CborWriter& out) {
  return directory.empty() ? Status() : out.Text(directory.view());
}

Result<ReleaseStep> DecodeReleaseStep(ByteView body) {
  return DecodeWhole(body, ReadStep);
}

Status EncodeReleaseStep(const ReleaseStep& step, CborWriter& out) {
  if (step.wanted.empty() != step.release.has_value()) return Error(ErrorCode::kBadArgument, "step of a release");
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, step.release ? 3 : 2));
  EK_TRY(fields.Text(1, step.wanted.view()));
  EK_TRY(fields.Unsigned(2, step.max_size));
  if (!step.release) return {};
  EK_TRY(fields.At(kRelease));
  return WriteFacts(*step.release, out);
}

Result<FileOutcome> DecodeFileOutcome(ByteView body) {
  return DecodeWhole(body, ReadOutcome);
}

Status EncodeFileOutcome(FileOutcome outcome, CborWriter& out) {
  return out.Unsigned(std::to_underlying(outcome));
}

Result<AdoptAnswer> DecodeAdoptAnswer(ByteView body) {
  return DecodeWhole(body, ReadAdopted);
}

Status EncodeAdoptAnswer(const AdoptAnswer& answer, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 4));
  EK_TRY(fields.Unsigned(1, std::to_underlying(answer.kind)));
  EK_TRY(fields.Unsigned(2, answer.number));
  EK_TRY(fields.Unsigned(3, answer.counts_from.value));
  return fields.Flag(4, answer.counts);
}

}  // namespace edgekeep::gate
