#include "hpke_kdf.h"

#include "edgekeep/base/writer.h"

namespace edgekeep::crypto {
namespace {

constexpr std::string_view kVersion = "HPKE-v1";

}  // namespace

Result<HpkeKdf> HpkeKdf::ForKem(const Provider& provider, AlgorithmId kdf, std::uint16_t kem) {
  HpkeKdf made;
  if (kdf == AlgorithmId::kHkdfSha256) {
    made.hash_ = AlgorithmId::kSha256;
  } else if (kdf == AlgorithmId::kHkdfSha512) {
    made.hash_ = AlgorithmId::kSha512;
  } else {
    return Error(ErrorCode::kUnsupported, "HPKE KDF");
  }
  EK_TRY_ASSIGN(const Algorithm hash, FindAlgorithm(made.hash_, Kind::kHash));
  made.provider_ = &provider;
  made.kdf_ = kdf;
  made.hash_size_ = hash.output_size;
  Writer id(made.suite_id_);
  EK_TRY(id.WriteBytes(AsBytes("KEM")));
  EK_TRY(id.WriteU16BigEndian(kem));
  made.suite_id_size_ = id.size();
  return made;
}

Result<HpkeKdf> HpkeKdf::ForSuite(const Provider& provider, AlgorithmId kdf, const HpkeNumbers& numbers) {
  EK_TRY_ASSIGN(HpkeKdf made, ForKem(provider, kdf, numbers.kem));
  Writer id(made.suite_id_);
  EK_TRY(id.WriteBytes(AsBytes("HPKE")));
  EK_TRY(id.WriteU16BigEndian(numbers.kem));
  EK_TRY(id.WriteU16BigEndian(numbers.kdf));
  EK_TRY(id.WriteU16BigEndian(numbers.aead));
  made.suite_id_size_ = id.size();
  return made;
}

Status HpkeKdf::LabeledExtract(ByteView salt, std::string_view label, ByteView input_key, MutableByteView prk) const {
  // HKDF-Extract is HMAC over the input key; taken in pieces, so that no secret is copied together.
  EK_TRY_ASSIGN(const auto mac, provider_->NewHmac(hash_, salt));
  EK_TRY(mac->Update(AsBytes(kVersion)));
  EK_TRY(mac->Update(suite_id()));
  EK_TRY(mac->Update(AsBytes(label)));
  EK_TRY(mac->Update(input_key));
  return mac->Finish(prk);
}

Status HpkeKdf::LabeledExpand(ByteView prk, std::string_view label, ByteView info, MutableByteView out) const {
  if (out.size() > 0xffff) return Error(ErrorCode::kTooLarge, "HPKE output");
  std::array<std::uint8_t, 2 + kVersion.size() + 10 + 16 + 512> buffer{};
  Writer labeled(buffer);
  EK_TRY(labeled.WriteU16BigEndian(static_cast<std::uint16_t>(out.size())));
  EK_TRY(labeled.WriteBytes(AsBytes(kVersion)));
  EK_TRY(labeled.WriteBytes(suite_id()));
  EK_TRY(labeled.WriteBytes(AsBytes(label)));
  EK_TRY(labeled.WriteBytes(info));
  return provider_->HkdfExpand(kdf_, prk, labeled.written(), out);
}

}  // namespace edgekeep::crypto
