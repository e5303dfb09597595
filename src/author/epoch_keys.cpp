#include "edgekeep/author/epoch_keys.h"

#include <algorithm>

#include "edgekeep/base/reader.h"
#include "edgekeep/base/writer.h"
#include "edgekeep/formats/limits.h"
#include "edgekeep/sealing/key_wraps.h"
#include "key_names.h"
#include "open_key.h"

namespace edgekeep::author {
namespace {

constexpr Epoch kFirstEpoch{1};
// What the key file protects: K_last (32), u64 big-endian last, u64 big-endian current.
constexpr std::size_t kSecretSize = 48;

struct Stored {
  sealing::EpochKey last;
  Epoch current;
};

Result<Stored> Parse(const SecretBytes& secret) {
  if (secret.size() != kSecretSize) return Error(ErrorCode::kMalformed, "epoch key");
  Reader numbers(secret.Reveal().subspan(32));
  EK_TRY_ASSIGN(const std::uint64_t last, numbers.ReadU64BigEndian());
  EK_TRY_ASSIGN(const std::uint64_t current, numbers.ReadU64BigEndian());
  if (last != formats::kLastEpoch.value || current < kFirstEpoch.value || current > last) {
    return Error(ErrorCode::kMalformed, "epoch key");
  }
  return Stored{{SecretArray<32>::CopyOf(secret.Reveal().first<32>())}, {current}};
}

// A product of another publisher would get a licence that no device takes.
Done CheckOwn(const Publisher& publisher, const ProductName& product) {
  if (product.publisher() == publisher.trust().publisher) return {};
  return Failure{ErrorCode::kWrongProduct, "a product of another publisher", std::string(product.view()),
                 "products of this publisher begin with '" + std::string(publisher.trust().publisher) + "/'"};
}

Failure EpochOutOfRange(Epoch epoch, Epoch current) {
  return {ErrorCode::kBadArgument, "no such epoch", std::to_string(epoch.value),
          "epochs so far are 1 to " + std::to_string(current.value) + "; 'publisher new-epoch' begins another"};
}

}  // namespace

Outcome<EpochKeys> EpochKeys::Open(const Context& context, const Publisher& publisher, const ProductName& product,
                                   const SecretBytes& passphrase) {
  EK_TRY(CheckOwn(publisher, product));
  const std::string path = EpochKeyPath(publisher.directory(), product);
  EK_TRY_ASSIGN(const signer::StoredKey key, OpenKey(context, path, EpochKeyPurpose(product), passphrase));
  EK_TRY_ASSIGN(Stored stored, At(path, Parse(key.secret)));
  return EpochKeys(path, EpochKeyPurpose(product), std::move(stored.last), stored.current);
}

Outcome<EpochKeys> EpochKeys::OpenOrCreate(const Context& context, const Publisher& publisher,
                                           const ProductName& product, const SecretBytes& passphrase) {
  Outcome<EpochKeys> existing = Open(context, publisher, product, passphrase);
  if (existing || existing.error().code != ErrorCode::kNotFound) return existing;
  sealing::EpochKey last;
  EK_TRY(At("epoch key", context.provider.Random(last.key.RevealForWriting())));
  EpochKeys fresh(EpochKeyPath(publisher.directory(), product), EpochKeyPurpose(product), std::move(last), kFirstEpoch);
  EK_TRY_ASSIGN(const signer::StoredKey key, At(fresh.path_, fresh.ToStored()));
  const std::string kem_path = KemKeyPath(publisher.directory());
  EK_TRY_ASSIGN(const formats::Argon2Costs costs, At(kem_path, signer::CostsOfKeyFile(kem_path)));
  EK_TRY(At(fresh.path_, signer::CreateKeyFile(context.provider, fresh.path_, key, passphrase, costs)));
  fresh.is_new_ = true;
  return fresh;
}

Result<signer::StoredKey> EpochKeys::ToStored() const {
  signer::StoredKey key{.purpose = purpose_};
  EK_TRY_ASSIGN(key.secret, SecretBytes::Allocate(kSecretSize));
  Writer out(key.secret.RevealForWriting());
  EK_TRY(out.WriteBytes(last_.key.Reveal()));
  EK_TRY(out.WriteU64BigEndian(formats::kLastEpoch.value));
  EK_TRY(out.WriteU64BigEndian(current_.value));
  return key;
}

Outcome<sealing::EpochKey> EpochKeys::KeyOf(const Context& context, Epoch epoch) const {
  if (epoch < kFirstEpoch || epoch > current_) return EpochOutOfRange(epoch, current_);
  return At(path_, sealing::EarlierEpochKey(context.provider, last_, formats::kLastEpoch, epoch));
}

Done EpochKeys::BeginNext(const Context& context, const SecretBytes& passphrase) {
  if (current_ == formats::kLastEpoch) return EpochOutOfRange({current_.value + 1}, current_);
  ++current_.value;
  EK_TRY_ASSIGN(const signer::StoredKey key, At(path_, ToStored()));
  EK_TRY_ASSIGN(const formats::Argon2Costs costs, At(path_, signer::CostsOfKeyFile(path_)));
  return At(path_, signer::ReplaceKeyFile(context.provider, path_, key, passphrase, costs));
}

}  // namespace edgekeep::author
