#include "edgekeep/log/submission_desk.h"

namespace edgekeep::log {

Status SubmissionDesk::Look() {
  EK_TRY_ASSIGN(const std::string note,
                files_.Read(std::string(kPublicPrefix) + "checkpoint", release::log::kMaxNoteSize));
  EK_TRY_ASSIGN(const auto parsed, release::log::ParseSignedNote(note));
  EK_TRY_ASSIGN(const auto checkpoint, release::log::ParseCheckpoint(parsed.text));
  return admission_.Read(ViewOf({.size = checkpoint.size, .root = checkpoint.root}));
}

Result<Submitted> SubmissionDesk::Enter(std::string_view body, UnixTime now, EntryRates& rates) {
  EK_TRY_ASSIGN(const std::vector<std::string_view> statements, ReadSubmission(body));
  if (trust_.roots.back().expires <= now) return Error(ErrorCode::kExpired, "the newest root that this log knows");
  EK_TRY(Look());
  EK_TRY_ASSIGN(Admitted admitted, admission_.Admit(statements, refused_));
  if (admitted.entries.empty()) return Submitted{.added = 0, .size = admission_.size()};
  EK_TRY_ASSIGN(const LockedLog opened, open_());
  if (opened.log->head().size != admission_.size()) {
    // Somebody appended meanwhile, perhaps the same, or a ceremony after which other keys count.
    EK_TRY(admission_.Read(ViewOf(opened.log->head())));
    EK_TRY_ASSIGN(admitted, admission_.Admit(statements, refused_));
  }
  if (!rates.Take(admitted.signers, now)) return Error(ErrorCode::kOverRate, "entries of one signer");
  if (!admitted.entries.empty()) EK_TRY(opened.log->Append(admitted.entries, now));
  return Submitted{.added = admitted.entries.size(), .size = opened.log->head().size};
}

}  // namespace edgekeep::log
