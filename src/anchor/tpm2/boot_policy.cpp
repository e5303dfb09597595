#include "boot_policy.h"

#include <algorithm>
#include <bit>

#include "edgekeep/base/writer.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/labels.h"
#include "key_templates.h"

namespace edgekeep::anchor {
namespace {

constexpr std::size_t kPcrsOfBank = 24;
constexpr std::size_t kMaxSelected = 8;  // what TPM2_PCR_Read answers at once
constexpr crypto::AlgorithmId kAuthority = crypto::AlgorithmId::kEcdsaP256Sha256;
constexpr const char* kWhere = "tpm2: this boot state is not approved, or was approved for an earlier epoch";

ByteView ViewOf(const TPM2B_NAME& name) {
  return {name.name, std::min<std::size_t>(name.size, sizeof name.name)};
}

Result<Digest> Extend(const crypto::Provider& provider, const Digest& policy, TPM2_CC command,
                      std::initializer_list<ByteView> arguments) {
  std::array<std::uint8_t, 4> code;
  EK_TRY(Writer(code).WriteU32BigEndian(command));
  EK_TRY_ASSIGN(const auto hash, provider.NewHash(crypto::AlgorithmId::kSha256));
  EK_TRY(hash->Update(policy.view()));
  EK_TRY(hash->Update(code));
  for (const ByteView argument : arguments) EK_TRY(hash->Update(argument));
  std::array<std::uint8_t, 32> digest;
  EK_TRY(hash->Finish(digest));
  return Digest::From(digest);
}

Result<Loaded> LoadAuthority(Tpm& tpm, ByteView authority) {
  const TPM2B_PUBLIC key = AuthorityKey(authority);
  ESYS_TR handle = ESYS_TR_NONE;
  EK_TRY(tpm.Check(tpm.calls().LoadExternal(tpm.context(), ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, nullptr, &key,
                                            ESYS_TR_RH_OWNER, &handle),
                   "tpm2: loading the authority's key"));
  return Loaded(tpm, handle);
}

Result<TPM2B_NAME> NameOf(Tpm& tpm, ESYS_TR handle) {
  Owned<TPM2B_NAME> name(tpm.calls());
  EK_TRY(tpm.Check(tpm.calls().TR_GetName(tpm.context(), handle, name.out()), "tpm2: the name of an object"));
  return *name;
}

TPM2B_NONCE PolicyReference() {
  TPM2B_NONCE reference{};
  constexpr std::string_view kLabel = formats::label::kTpmBootApproval;
  reference.size = kLabel.size();
  std::ranges::copy(kLabel, reference.buffer);
  return reference;
}

TPMT_SIGNATURE ToTpmSignature(const BootApproval& approval) {
  TPMT_SIGNATURE signature{};
  signature.sigAlg = TPM2_ALG_ECDSA;
  TPMS_SIGNATURE_ECDSA& parts = signature.signature.ecdsa;
  parts.hash = TPM2_ALG_SHA256;
  parts.signatureR.size = parts.signatureS.size = 32;
  std::copy_n(approval.signature.begin(), 32, parts.signatureR.buffer);
  std::copy_n(approval.signature.begin() + 32, 32, parts.signatureS.buffer);
  return signature;
}

TPM2B_DIGEST ToTpmDigest(const Digest& digest) {
  TPM2B_DIGEST bytes{};
  bytes.size = 32;
  std::ranges::copy(digest.view(), bytes.buffer);
  return bytes;
}

std::array<std::uint8_t, 8> BigEndian(std::uint64_t number) {
  std::array<std::uint8_t, 8> bytes{};
  (void)Writer(bytes).WriteU64BigEndian(number);
  return bytes;
}

// The chip's own check of the authority's signature, in a form that only this chip believes, until it is reset.
Result<TPMT_TK_VERIFIED> CheckSignature(const crypto::Provider& provider, Tpm& tpm, ByteView authority,
                                        const BootApproval& approval, const Digest& policy) {
  EK_TRY_ASSIGN(const Digest signed_digest,
                crypto::Sha256(provider, {policy.view(), AsBytes(formats::label::kTpmBootApproval)}));
  EK_TRY_ASSIGN(const Loaded key, LoadAuthority(tpm, authority));
  const TPM2B_DIGEST digest = ToTpmDigest(signed_digest);
  const TPMT_SIGNATURE signature = ToTpmSignature(approval);
  Owned<TPMT_TK_VERIFIED> verified(tpm.calls());
  EK_TRY(tpm.Check(tpm.calls().VerifySignature(tpm.context(), key.get(), ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                                               &digest, &signature, verified.out()),
                   "tpm2: an approval of a boot state"));
  return *verified;
}

Status ProveState(Tpm& tpm, ESYS_TR session, const BootSession& boot, const BootApproval& approval) {
  const TPML_PCR_SELECTION selection = SelectPcrs(boot.pcrs);
  const TPM2B_DIGEST as_it_is{};
  EK_TRY(tpm.Check(
      tpm.calls().PolicyPCR(tpm.context(), session, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &as_it_is, &selection),
      kWhere));
  TPM2B_OPERAND limit{};
  limit.size = 8;
  std::ranges::copy(BigEndian(approval.epoch_limit), limit.buffer);
  return tpm.Check(tpm.calls().PolicyNV(tpm.context(), boot.epoch_index, boot.epoch_index, session, ESYS_TR_PASSWORD,
                                        ESYS_TR_NONE, ESYS_TR_NONE, &limit, 0, TPM2_EO_UNSIGNED_LE),
                   kWhere);
}

}  // namespace

Result<Loaded> StartPolicySession(Tpm& tpm) {
  TPMT_SYM_DEF no_cipher{};
  no_cipher.algorithm = TPM2_ALG_NULL;
  ESYS_TR session = ESYS_TR_NONE;
  EK_TRY(tpm.Check(
      tpm.calls().StartAuthSession(tpm.context(), ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                                   nullptr, TPM2_SE_POLICY, &no_cipher, TPM2_ALG_SHA256, &session),
      "tpm2: starting a policy session"));
  return Loaded(tpm, session);
}

TPML_PCR_SELECTION SelectPcrs(std::uint32_t pcrs) {
  TPML_PCR_SELECTION selection{};
  selection.count = 1;
  selection.pcrSelections[0].hash = TPM2_ALG_SHA256;
  selection.pcrSelections[0].sizeofSelect = 3;
  for (std::size_t byte = 0; byte < 3; ++byte) {
    selection.pcrSelections[0].pcrSelect[byte] = static_cast<std::uint8_t>(pcrs >> (8 * byte));
  }
  return selection;
}

Result<Digest> ReadBootState(const crypto::Provider& provider, Tpm& tpm, std::uint32_t pcrs) {
  const auto count = static_cast<std::size_t>(std::popcount(pcrs));
  if (count == 0 || count > kMaxSelected || pcrs >> kPcrsOfBank != 0) {
    return Error(ErrorCode::kBadArgument, "tpm2: one to eight PCRs of 24");
  }
  const TPML_PCR_SELECTION selection = SelectPcrs(pcrs);
  UINT32 updates = 0;
  Owned<TPML_PCR_SELECTION> read(tpm.calls());
  Owned<TPML_DIGEST> values(tpm.calls());
  EK_TRY(tpm.Check(tpm.calls().PCR_Read(tpm.context(), ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &selection, &updates,
                                        read.out(), values.out()),
                   "tpm2: reading PCRs"));
  if (values->count != count) return Error(ErrorCode::kUnsupported, "tpm2: the TPM has no SHA-256 bank of PCRs");
  EK_TRY_ASSIGN(const auto hash, provider.NewHash(crypto::AlgorithmId::kSha256));
  for (std::size_t i = 0; i < count; ++i) {
    const TPM2B_DIGEST& value = values->digests[i];
    EK_TRY(hash->Update({value.buffer, std::min<std::size_t>(value.size, sizeof value.buffer)}));
  }
  std::array<std::uint8_t, 32> state;
  EK_TRY(hash->Finish(state));
  return Digest::From(state);
}

Result<TPM2B_NAME> NameOfAuthority(Tpm& tpm, ByteView authority) {
  EK_TRY_ASSIGN(const Loaded key, LoadAuthority(tpm, authority));
  return NameOf(tpm, key.get());
}

Result<Digest> VaultPolicy(const crypto::Provider& provider, const TPM2B_NAME& authority) {
  EK_TRY_ASSIGN(const Digest first, Extend(provider, Digest(), TPM2_CC_PolicyAuthorize, {ViewOf(authority)}));
  return crypto::Sha256(provider, {first.view(), AsBytes(formats::label::kTpmBootApproval)});
}

Result<Digest> ApprovedPolicy(const crypto::Provider& provider, const ApprovedState& approved,
                              const TPM2B_NAME& epoch_index) {
  const TPML_PCR_SELECTION selection = SelectPcrs(approved.pcrs);
  std::array<std::uint8_t, 10> pcrs;
  Writer out(pcrs);
  EK_TRY(out.WriteU32BigEndian(selection.count));
  EK_TRY(out.WriteU16BigEndian(selection.pcrSelections[0].hash));
  EK_TRY(out.WriteU8(selection.pcrSelections[0].sizeofSelect));
  EK_TRY(out.WriteBytes({selection.pcrSelections[0].pcrSelect, 3}));
  EK_TRY_ASSIGN(const Digest state,
                Extend(provider, Digest(), TPM2_CC_PolicyPCR, {out.written(), approved.state.view()}));
  // TPM2_PolicyNV: operand || offset 0 || "unsigned, less or equal".
  const auto limit = BigEndian(approved.epoch_limit);
  const std::array<std::uint8_t, 4> comparison{0, 0, 0, TPM2_EO_UNSIGNED_LE};
  EK_TRY_ASSIGN(const Digest arguments, crypto::Sha256(provider, {limit, comparison}));
  return Extend(provider, state, TPM2_CC_PolicyNV, {arguments.view(), ViewOf(epoch_index)});
}

Result<BootApproval> Approve(const crypto::Provider& provider, const SecretBytes& authority_key,
                             const ApprovedState& approved, const TPM2B_NAME& epoch_index) {
  EK_TRY_ASSIGN(const Digest policy, ApprovedPolicy(provider, approved, epoch_index));
  constexpr std::string_view kLabel = formats::label::kTpmBootApproval;
  std::array<std::uint8_t, 32 + kLabel.size()> message;
  const auto rest = std::ranges::copy(policy.view(), message.begin()).out;
  std::ranges::copy(kLabel, rest);
  EK_TRY_ASSIGN(const Bytes signature, provider.Sign(kAuthority, authority_key.Reveal(), message));
  BootApproval approval{.state = approved.state, .epoch_limit = approved.epoch_limit};
  if (signature.size() != approval.signature.size()) return Error(ErrorCode::kInternal, "tpm2: an approval's size");
  std::ranges::copy(signature.view(), approval.signature.begin());
  return approval;
}

Result<Loaded> OpenBootSession(const crypto::Provider& provider, Tpm& tpm, const BootSession& boot,
                               const BootApproval& approval) {
  EK_TRY_ASSIGN(const TPM2B_NAME epoch_name, NameOf(tpm, boot.epoch_index));
  const ApprovedState approved{.pcrs = boot.pcrs, .state = approval.state, .epoch_limit = approval.epoch_limit};
  EK_TRY_ASSIGN(const Digest policy, ApprovedPolicy(provider, approved, epoch_name));
  EK_TRY_ASSIGN(const TPM2B_NAME authority_name, NameOfAuthority(tpm, boot.authority));
  EK_TRY_ASSIGN(const TPMT_TK_VERIFIED ticket, CheckSignature(provider, tpm, boot.authority, approval, policy));
  EK_TRY_ASSIGN(Loaded session, StartPolicySession(tpm));
  EK_TRY(ProveState(tpm, session.get(), boot, approval));
  const TPM2B_DIGEST approved_policy = ToTpmDigest(policy);
  const TPM2B_NONCE reference = PolicyReference();
  EK_TRY(tpm.Check(tpm.calls().PolicyAuthorize(tpm.context(), session.get(), ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                                               &approved_policy, &reference, &authority_name, &ticket),
                   kWhere));
  return session;
}

}  // namespace edgekeep::anchor
