// edgekeep-forge PUBLISHER PASSPHRASE-FILE X.eks G.ekg FORGED.eks: what somebody does who knows a product's epoch key,
// as every licensed device does: opens the grant, decrypts the sealed file, changes it, encrypts it again under the
// same key. The author's signatures are all that is left against it.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <type_traits>
#include <utility>
#include <vector>

#include "edgekeep/author/epoch_keys.h"
#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/formats/grant.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/key_wraps.h"
#include "edgekeep/sealing/segments.h"
#include "edgekeep/sealing/verified_seal.h"
#include "edgekeep/signer/passphrase.h"
#include "files.h"

namespace edgekeep {
namespace {

template <typename T>
auto OrDie(T result, const char* what) {
  if (!result) {
    std::fprintf(stderr, "edgekeep-forge: %s\n", what);
    std::exit(1);
  }
  if constexpr (!std::is_void_v<typename T::value_type>) return *std::move(result);
}

sealing::ContentKey OpenGrant(const crypto::Provider& provider, char** arguments, ByteView grant_file,
                              const ProductName& product) {
  const author::Context context{.provider = provider, .now = {}};
  const author::Publisher publisher = OrDie(author::Publisher::Open(context, arguments[1]), "publisher");
  const SecretBytes passphrase = OrDie(signer::ReadPassphraseFile(arguments[2]), "passphrase");
  const author::EpochKeys epochs =
      OrDie(author::EpochKeys::Open(context, publisher, product, passphrase), "epoch keys");
  const formats::SignedObject signed_grant =
      OrDie(formats::DecodeSignedObject(formats::typ::kGrant, grant_file), "grant");
  const formats::Grant grant = OrDie(formats::DecodeGrant(signed_grant.payload), "grant");
  const sealing::EpochKey epoch_key = OrDie(epochs.KeyOf(context, grant.epoch), "epoch key");
  return OrDie(sealing::UnwrapContentKey(provider, epoch_key, grant), "content key");
}

// Flips one bit of each segment's plaintext; every segment stays one that the content key opens.
std::size_t ReplaceSegments(sealing::SegmentCipher& cipher, MutableByteView body) {
  const std::size_t whole = formats::kSegmentSize + crypto::kAeadTagSize;
  const std::size_t count = (body.size() + whole - 1) / whole;
  for (std::size_t i = 0; i < count; ++i) {
    const MutableByteView segment = body.subspan(i * whole, std::min(whole, body.size() - i * whole));
    const MutableByteView plaintext = segment.first(segment.size() - crypto::kAeadTagSize);
    const auto index = static_cast<std::uint32_t>(i);
    const bool last = i + 1 == count;
    OrDie(cipher.Open(index, last, segment, plaintext), "segment does not open");
    plaintext[plaintext.size() / 2] ^= 1;
    OrDie(cipher.Seal(index, last, plaintext, segment), "segment does not seal");
    std::vector<std::uint8_t> checked(plaintext.size());
    OrDie(cipher.Open(index, last, segment, checked), "forged segment does not open");
  }
  return count;
}

int Forge(char** arguments) {
  const auto provider = OrDie(crypto::NewOpenSslProvider(), "OpenSSL");
  std::vector<std::uint8_t> sealed = test::ReadFile(arguments[3]);
  const std::vector<std::uint8_t> grant = test::ReadFile(arguments[4]);
  const sealing::UnverifiedSeal seal = OrDie(sealing::ParseSeal(*provider, sealed, sealed.size()), "sealed file");
  const sealing::ContentKey key = OpenGrant(*provider, arguments, grant, seal.header.product);
  const crypto::SealSuite suite =
      OrDie(crypto::FindSealSuite(static_cast<crypto::SealSuiteId>(seal.header.seal_suite)), "suite");
  const sealing::SegmentKeys keys = OrDie(
      sealing::SegmentKeys::Derive(*provider, suite, key.key, seal.header.salt, seal.record.header_digest), "keys");
  sealing::SegmentCipher cipher = OrDie(sealing::SegmentCipher::Create(*provider, keys), "cipher");
  const std::size_t count = ReplaceSegments(cipher, MutableByteView(sealed).subspan(seal.preamble.body_offset));
  test::WriteFile(arguments[5], sealed);
  std::printf("%zu forged segments, each opens under the stolen content key\n", count);
  return 0;
}

}  // namespace
}  // namespace edgekeep

int main(int count, char** arguments) {
  if (count != 6) {
    std::fputs("usage: edgekeep-forge PUBLISHER PASSPHRASE-FILE X.eks G.ekg FORGED.eks\n", stderr);
    return 2;
  }
  return edgekeep::Forge(arguments);
}
