// kUseTlsIdentity: the certificates by which a TLS server knows this device, and the one thing that is signed for that.
// Who speaks TLS has the session and no key.
#include <array>
#include <utility>

#include "edgekeep/base/writer.h"
#include "handlers.h"
#include "owner_credential.h"

namespace edgekeep::keep {
namespace {

constexpr std::string_view kContext = "TLS 1.3, client CertificateVerify";
constexpr std::size_t kPadding = 64, kMaxHash = 48;
using Content = std::array<std::uint8_t, kPadding + kContext.size() + 1 + kMaxHash>;

// RFC 8446 §4.4.3. All but the hash is the keep's, so that no request, no order and no evidence is signed by this way,
// whatever somebody calls a hash: those begin with other bytes than spaces.
Result<ByteView> ContentFor(ByteView transcript_hash, Content& room) {
  Writer out(room);
  for (std::size_t i = 0; i < kPadding; ++i) EK_TRY(out.WriteU8(' '));
  EK_TRY(out.WriteBytes(AsBytes(kContext)));
  EK_TRY(out.WriteU8(0));
  EK_TRY(out.WriteBytes(transcript_hash));
  return ByteView(out.written());
}

// By whichever key; empty for no hash.
template <typename Sign>
Result<Bytes> SignFor(ByteView transcript_hash, Sign sign) {
  if (transcript_hash.empty()) return Bytes();
  Content room{};
  EK_TRY_ASSIGN(const ByteView content, ContentFor(transcript_hash, room));
  return sign(content);
}

Result<TlsIdentityState> OfFactory(KeepState& state, ByteView transcript_hash) {
  TlsIdentityState shown;
  EK_TRY_ASSIGN(shown.certificates, FactoryCertificate(state));
  EK_TRY(shown.answer.certificates.PushBack(shown.certificates.view()));
  const auto sign = [&](ByteView content) { return state.world.anchor.SignWithIdentity(content); };
  EK_TRY_ASSIGN(shown.signature, SignFor(transcript_hash, sign));
  return shown;
}

Result<TlsIdentityState> OfOwner(KeepState& state, ByteView transcript_hash) {
  EK_TRY_ASSIGN(OwnerKey key, OpenOwnerKey(state));
  TlsIdentityState shown;
  for (const ByteView certificate : key.credential.certificates)
    EK_TRY(shown.answer.certificates.PushBack(certificate));
  const auto sign = [&](ByteView content) { return state.world.anchor.SignWithOwnerKey(key.salt, content); };
  EK_TRY_ASSIGN(shown.signature, SignFor(transcript_hash, sign));
  shown.certificates = std::move(key.bytes);
  return shown;
}

}  // namespace

Result<TlsIdentityState> UseTlsIdentity(KeepState& state, const gate::TlsIdentityRequest& request) {
  const std::lock_guard lock(state.mutex);
  EK_TRY(state.CheckInitialised());
  EK_TRY(state.CheckNotRetiring());
  const bool is_owners = request.identity == gate::TlsIdentity::kOwner;
  EK_TRY_ASSIGN(TlsIdentityState shown,
                is_owners ? OfOwner(state, request.transcript_hash) : OfFactory(state, request.transcript_hash));
  shown.answer.signature = shown.signature.view();
  return shown;
}

}  // namespace edgekeep::keep
