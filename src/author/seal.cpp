#include "edgekeep/author/seal.h"

#include <algorithm>

#include "edgekeep/base/writer.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/key_wraps.h"
#include "edgekeep/sealing/verified_seal.h"
#include "external_data.h"
#include "package_source.h"
#include "segment_pipeline.h"

namespace edgekeep::author {
namespace {

struct Suites {
  crypto::SealSuite seal;
  crypto::HpkeSuite hpke;
};

// Both suites of one cipher family: whoever avoids AES avoids it everywhere.
Result<Suites> SuitesOf(SealCipher cipher) {
  const bool is_aes = cipher == SealCipher::kAes256Gcm;
  EK_TRY_ASSIGN(const crypto::SealSuite seal,
                crypto::FindSealSuite(is_aes ? crypto::SealSuiteId::kAes256GcmHkdfSha256
                                             : crypto::SealSuiteId::kChaCha20Poly1305HkdfSha256));
  EK_TRY_ASSIGN(const crypto::HpkeSuite hpke,
                crypto::FindHpkeSuite(is_aes ? crypto::HpkeSuiteId::kMlKem768P256HkdfSha256Aes256Gcm
                                             : crypto::HpkeSuiteId::kMlKem768P256HkdfSha256ChaCha20Poly1305));
  return Suites{seal, hpke};
}

// Everything that is fixed before the first segment.
struct Start {
  crypto::SealSuite suite;
  sealing::ContentKey content_key;
  formats::Salt salt;
  Bytes header;
  Digest header_digest;
};

Result<Bytes> Encode(const formats::SealedHeader& header) {
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(formats::kMaxHeaderSize));
  CborWriter out(bytes.mutable_view());
  EK_TRY(formats::EncodeSealedHeader(header, out));
  bytes.Truncate(out.written().size());
  return bytes;
}

Result<Bytes> MakeHeader(const crypto::Provider& provider, const formats::PublicKey& licensor, const Suites& suites,
                         const Start& start, formats::SealedHeader header) {
  EK_TRY_ASSIGN(const crypto::HpkeMessage wrap,
                sealing::WrapContentKeyToLicensor(provider, suites.hpke, licensor.bytes, header.product,
                                                  header.version.sequence, start.salt, start.content_key));
  EK_TRY_ASSIGN(header.key_commitment, sealing::CommitToKey(provider, start.content_key.key, start.salt));
  EK_TRY_ASSIGN(header.licensor_kem_kid,
                crypto::KeyIdOf(provider, static_cast<crypto::AlgorithmId>(licensor.algorithm), licensor.bytes));
  header.seal_suite = static_cast<std::uint16_t>(suites.seal.id);
  header.hpke_suite = static_cast<std::uint16_t>(suites.hpke.id);
  header.salt = start.salt;
  header.enc = wrap.enc.view();
  header.wrapped_key = wrap.ciphertext.view();
  return Encode(header);
}

Result<Start> MakeStart(const crypto::Provider& provider, const formats::PublicKey& licensor,
                        const SealRequest& request, std::uint64_t plaintext_size) {
  EK_TRY_ASSIGN(const Suites suites, SuitesOf(request.cipher));
  Start start;
  start.suite = suites.seal;
  EK_TRY(provider.Random(start.content_key.key.RevealForWriting()));
  EK_TRY(provider.Random(start.salt.mutable_view()));
  formats::SealedHeader header;
  header.kind = formats::SealedKind::kModel;
  header.product = request.product;
  header.version = request.version;
  header.plaintext_size = plaintext_size;
  header.policy = request.policy;
  EK_TRY_ASSIGN(start.header, MakeHeader(provider, licensor, suites, start, header));
  EK_TRY_ASSIGN(start.header_digest, crypto::Sha256(provider, {start.header.view()}));
  return start;
}

Result<Bytes> Encode(const formats::SealRecord& record) {
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(formats::kMaxHeaderSize));
  CborWriter out(bytes.mutable_view());
  EK_TRY(formats::EncodeSealRecord(record, out));
  bytes.Truncate(out.written().size());
  return bytes;
}

// Preamble, header, record and the zeros up to the body.
Result<Bytes> MakeFront(const Start& start, ByteView record, std::uint64_t body_offset, std::uint64_t body_size) {
  EK_TRY_ASSIGN(Bytes front, Bytes::Allocate(body_offset));
  Writer out(front.mutable_view());
  EK_TRY(formats::EncodePreamble(
      {static_cast<std::uint32_t>(start.header.size()), static_cast<std::uint32_t>(record.size()),
       static_cast<std::uint32_t>(body_offset), body_size},
      out));
  EK_TRY(out.WriteBytes(start.header.view()));
  EK_TRY(out.WriteBytes(record));
  return front;
}

class Sealer {
 public:
  Sealer(const Context& context, const Publisher& publisher, const SealRequest& request, HolderKeys author)
      : context_(context), publisher_(publisher), request_(request), author_(std::move(author)) {}

  Outcome<SealReport> Run(PackageSource& source, const Progress& progress) {
    const std::uint64_t plaintext_size = source.plaintext_size();
    const std::uint64_t body_size = formats::BodySize(plaintext_size);
    EK_TRY_ASSIGN(const Start start,
                  AtOutput(MakeStart(context_.provider, publisher_.trust().licensor_kem, request_, plaintext_size)));
    formats::SealRecord record{start.header_digest, {}, {}, plaintext_size, context_.now};
    EK_TRY_ASSIGN(const std::uint64_t body_offset, AtOutput(RoomBeforeBody(start, record)));
    EK_TRY_ASSIGN(files::NewFile file, AtOutput(files::NewFile::Create(request_.output, files::Access::kPublic)));
    EK_TRY(AtOutput(file.Reserve(body_offset + body_size)));
    EK_TRY_ASSIGN(const SealedBody body, SealSegments(start, source, {file, request_.output, body_offset}, progress));
    record.tags_digest = body.tags_digest;
    record.plaintext_mac = body.plaintext_mac;
    EK_TRY_ASSIGN(const Bytes signed_record, AtOutput(Sign(record)));
    EK_TRY_ASSIGN(const Bytes front, AtOutput(MakeFront(start, signed_record.view(), body_offset, body_size)));
    EK_TRY(AtOutput(file.WriteAt(0, front.view())));
    // What no device would accept must not leave this machine.
    EK_TRY_ASSIGN(
        const sealing::VerifiedSeal seal,
        AtOutput(sealing::VerifySeal(context_.provider, front.view(), body_offset + body_size, publisher_.trust())));
    EK_TRY(AtOutput(file.Commit()));
    return SealReport{seal.id(), plaintext_size, body_offset + body_size, {}};
  }

 private:
  template <typename T>
  Outcome<T> AtOutput(Result<T> result) const {
    return At(request_.output, std::move(result));
  }

  // A record takes the same room whatever its digests are, so its size is known before there are any.
  Result<std::uint64_t> RoomBeforeBody(const Start& start, const formats::SealRecord& record) const {
    EK_TRY_ASSIGN(const Bytes payload, Encode(record));
    EK_TRY_ASSIGN(const std::size_t size,
                  sealing::SignedObjectSize(formats::typ::kSealedFile, payload.size(), author_.pointers()));
    return formats::BodyOffset(static_cast<std::uint32_t>(start.header.size()), static_cast<std::uint32_t>(size));
  }

  Result<Bytes> Sign(const formats::SealRecord& record) const {
    EK_TRY_ASSIGN(const Bytes payload, Encode(record));
    return sealing::SignObject(context_.provider, formats::typ::kSealedFile, payload.view(), author_.pointers());
  }

  Outcome<SealedBody> SealSegments(const Start& start, PackageSource& source, const BodyTarget& target,
                                   const Progress& progress) const {
    EK_TRY_ASSIGN(const sealing::SegmentKeys keys,
                  AtOutput(sealing::SegmentKeys::Derive(context_.provider, start.suite, start.content_key.key,
                                                        start.salt, start.header_digest)));
    EK_TRY_ASSIGN(sealing::PlaintextMacState mac,
                  AtOutput(sealing::PlaintextMacState::Create(context_.provider, start.content_key.key, start.salt)));
    return SealBody(context_, source, {keys, std::move(mac)}, target, progress);
  }

  const Context& context_;
  const Publisher& publisher_;
  const SealRequest& request_;
  HolderKeys author_;
};

Done CheckRequest(const Publisher& publisher, const SealRequest& request) {
  if (request.product.publisher() != publisher.trust().publisher) {
    return Failure{ErrorCode::kWrongProduct, "a product of another publisher", std::string(request.product.view()),
                   "products of this publisher begin with '" + std::string(publisher.trust().publisher) + "/'"};
  }
  return {};
}

}  // namespace

Outcome<SealReport> Seal(const Context& context, const Publisher& publisher, const SecretBytes& passphrase,
                         const SealRequest& request, const Progress& progress) {
  EK_TRY(CheckRequest(publisher, request));
  EK_TRY_ASSIGN(PackageSource source, PackageSource::Open(request.model, request.side_files));
  EK_TRY_ASSIGN(HolderKeys author, publisher.OpenAuthor(context, passphrase));
  Sealer sealer(context, publisher, request, std::move(author));
  EK_TRY_ASSIGN(SealReport report, sealer.Run(source, progress));
  report.warning = ExternalDataWarning(request.model, source);
  return report;
}

}  // namespace edgekeep::author
