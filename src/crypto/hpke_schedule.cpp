#include "hpke_schedule.h"

namespace edgekeep::crypto {

Result<HpkeSchedule> HpkeSchedule::Start(const HpkeKdf& kdf, ByteView shared_secret, ByteView info) {
  const std::size_t hash_size = kdf.hash_size();
  HpkeSchedule schedule(kdf);
  // key_schedule_context = mode_base (0) || psk_id_hash || info_hash.
  const MutableByteView context(schedule.context_);
  EK_TRY(kdf.LabeledExtract({}, "psk_id_hash", {}, context.subspan(1, hash_size)));
  EK_TRY(kdf.LabeledExtract({}, "info_hash", info, context.subspan(1 + hash_size, hash_size)));
  EK_TRY(kdf.LabeledExtract(shared_secret, "secret", {},
                            MutableByteView(schedule.secret_.RevealForWriting()).first(hash_size)));
  return schedule;
}

Status HpkeSchedule::Derive(std::string_view label, MutableByteView out) const {
  const std::size_t hash_size = kdf_.hash_size();
  return kdf_.LabeledExpand(ByteView(secret_.Reveal()).first(hash_size), label,
                            ByteView(context_).first(1 + 2 * hash_size), out);
}

}  // namespace edgekeep::crypto
