#include "labelled_key.h"

#include <array>

#include "edgekeep/base/writer.h"

namespace edgekeep::sealing {
namespace {

constexpr std::size_t kMaxInfoSize = 256;

}  // namespace

Status DeriveLabelled(const crypto::Provider& provider, ByteView input_key, ByteView salt, std::string_view label,
                      ByteView suffix, MutableByteView out) {
  std::array<std::uint8_t, kMaxInfoSize> info_buffer;
  Writer info(info_buffer);
  EK_TRY(info.WriteBytes(AsBytes(label)));
  EK_TRY(info.WriteBytes(suffix));
  SecretArray<32> prk;
  EK_TRY(provider.HkdfExtract(crypto::AlgorithmId::kHkdfSha256, salt, input_key, prk.RevealForWriting()));
  return provider.HkdfExpand(crypto::AlgorithmId::kHkdfSha256, prk.Reveal(), info.written(), out);
}

Result<SecretArray<32>> DeriveLabelledKey(const crypto::Provider& provider, ByteView input_key, ByteView salt,
                                          std::string_view label, ByteView suffix) {
  SecretArray<32> key;
  EK_TRY(DeriveLabelled(provider, input_key, salt, label, suffix, key.RevealForWriting()));
  return key;
}

}  // namespace edgekeep::sealing
