#include "edgekeep/factory/reconcile.h"
#include "edgekeep/formats/signed_object.h"

namespace edgekeep::factory {
namespace {

using formats::CertificateDigest;

template <typename Id>
std::vector<std::uint8_t> Joined(const std::vector<Id>& digests) {
  std::vector<std::uint8_t> bytes;
  for (const Id& digest : digests) {
    bytes.insert(bytes.end(), digest.view().begin(), digest.view().end());
  }
  return bytes;
}

}  // namespace

Result<std::string> MakeList(const crypto::Provider& provider, const VerifiedOrder& order,
                             const Reconciliation& reconciliation, UnixTime now,
                             std::span<const sealing::SigningKey* const> keys, Despite despite) {
  if (despite == Despite::kNothing && !reconciliation.has_whole_journals()) {
    return Error(ErrorCode::kBadState, "identity list: a journal is forked, broken or withheld");
  }
  if (reconciliation.refused.size() + reconciliation.accepted.size() + reconciliation.retired.size() >
      formats::kMaxListedIdentities) {
    return Error(ErrorCode::kTooLarge, "identity list");
  }
  const std::vector<std::uint8_t> accepted = Joined(reconciliation.accepted), refused = Joined(reconciliation.refused),
                                  retired = Joined(reconciliation.retired),
                                  chips = Joined(reconciliation.retired_chips);
  std::vector<std::uint8_t> payload(accepted.size() + refused.size() + retired.size() + chips.size() + 512);
  CborWriter out(payload);
  EK_TRY(formats::EncodeIdentityList({.order = order.id(),
                                      .product = order.product(),
                                      .units = order.units(),
                                      .issued_at = now,
                                      .accepted = accepted,
                                      .refused = refused,
                                      .retired = retired,
                                      .retired_chips = chips},
                                     out));
  EK_TRY_ASSIGN(const Bytes object, sealing::SignObject(provider, formats::typ::kIdentityList, out.written(), keys));
  return std::string(AsText(object.view()));
}

Status CheckFollows(const formats::IdentityList& before, const formats::IdentityList& next) {
  if (next.issued_at < before.issued_at) return Error(ErrorCode::kWrongVersion, "identity list: older than before");
  for (ByteView rest = before.retired; !rest.empty(); rest = rest.subspan(CertificateDigest::kSize)) {
    EK_TRY_ASSIGN(const auto digest, CertificateDigest::From(rest.first(CertificateDigest::kSize)));
    if (formats::Lists(next.retired, digest) || formats::Lists(next.refused, digest)) continue;
    return Error(ErrorCode::kWrongVersion, "identity list: without somebody who had retired");
  }
  for (ByteView rest = before.retired_chips; !rest.empty(); rest = rest.subspan(formats::ChipId::kSize)) {
    EK_TRY_ASSIGN(const auto chip, formats::ChipId::From(rest.first(formats::ChipId::kSize)));
    if (!formats::ListsChip(next.retired_chips, chip))
      return Error(ErrorCode::kWrongVersion, "identity list: without a chip that had retired");
  }
  return {};
}

}  // namespace edgekeep::factory
