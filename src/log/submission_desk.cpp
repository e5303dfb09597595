#include "edgekeep/log/submission_desk.h"

namespace edgekeep::log {

Status SubmissionDesk::Look() {
  EK_TRY_ASSIGN(const std::string note,
                files_.Read(std::string(kPublicPrefix) + "checkpoint", release::log::kMaxNoteSize));
  EK_TRY_ASSIGN(const auto parsed, release::log::ParseSignedNote(note));
  EK_TRY_ASSIGN(const auto checkpoint, release::log::ParseCheckpoint(parsed.text));
  return admission_.Read(ViewOf(checkpoint.origin, {.size = checkpoint.size, .root = checkpoint.root}));
}

Result<Admitted> SubmissionDesk::Admit(std::span<const std::string_view> statements, UnixTime now,
                                       const EntryRates& rates) {
  std::size_t number = 0;
  Result<Admitted> admitted = admission_.Admit(statements, number);
  if (!admitted) refused_ = number;
  if (admitted && !rates.Allows(admitted->signers, now)) return Error(ErrorCode::kOverRate, "entries of one signer");
  return admitted;
}

Result<Submitted> SubmissionDesk::Enter(std::span<const std::string_view> statements, UnixTime now, EntryRates& rates) {
  refused_.reset();
  if (trust_.roots.back().expires <= now) return Error(ErrorCode::kExpired, "the newest root that this log knows");
  EK_TRY(Look());
  EK_TRY_ASSIGN(Admitted admitted, Admit(statements, now, rates));
  if (admitted.entries.empty()) return Submitted{.added = 0, .size = admission_.size()};
  EK_TRY_ASSIGN(const LockedLog opened, open_());
  if (opened.log->head().size != admission_.size()) {
    // Somebody appended meanwhile, perhaps the same, or a ceremony after which other keys count.
    EK_TRY(admission_.Read(ViewOf(opened.log->origin(), opened.log->head())));
    EK_TRY_ASSIGN(admitted, Admit(statements, now, rates));
  }
  if (!admitted.entries.empty()) EK_TRY(opened.log->Append(admitted.entries, now));
  rates.Take(admitted.signers, now);
  return Submitted{.added = admitted.entries.size(), .size = opened.log->head().size};
}

}  // namespace edgekeep::log
