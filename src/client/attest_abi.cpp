// The C interface for attestation (edgekeep/client/attest.h).
#include "blob_answer.h"
#include "edgekeep/client/attest.h"

namespace ek = edgekeep::client;

// NOLINTBEGIN(readability-identifier-naming): C names
extern "C" ek_code ek_admin_attestation_keys(const ek_client* client, void* buffer, size_t* size, ek_error* error) {
  const ek::Room room{buffer, size};
  if (client == nullptr || !ek::IsRoom(room)) return ek::NoPointer(error);
  return ek::ReportOutcome(ek::AskForBlob(*client, {edgekeep::gate::Command::kShowAttestationKeys, {}, {}}, room),
                           error);
}

extern "C" ek_code ek_admin_attest(const ek_client* client, const void* asked, size_t asked_size, void* buffer,
                                   size_t* size, ek_error* error) {
  const ek::Room room{buffer, size};
  if (client == nullptr || asked == nullptr || !ek::IsRoom(room)) return ek::NoPointer(error);
  const edgekeep::ByteView bytes(static_cast<const std::uint8_t*>(asked), asked_size);
  return ek::ReportOutcome(ek::AskWithBlob(*client, edgekeep::gate::Command::kAttest, bytes, room), error);
}

// NOLINTEND(readability-identifier-naming)
