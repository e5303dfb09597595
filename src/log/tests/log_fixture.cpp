#include "log_fixture.h"

#include "edgekeep/base/check.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/formats/log_entry.h"

namespace edgekeep::log {

const crypto::Provider& Cryptography() {
  static const auto provider = crypto::NewOpenSslProvider().value();
  return *provider;
}

TestKey::TestKey(crypto::AlgorithmId algorithm)
    : algorithm_(algorithm), pair_(Cryptography().GenerateSigningKey(algorithm).value()) {}

Result<Bytes> TestKey::Sign(ByteView message) const {
  return Cryptography().Sign(algorithm_, pair_.private_key.Reveal(), message);
}

std::vector<NoteSigner> TestKeys::Signers(release::log::SignatureType classical) const {
  return {NoteSigner::Create(Cryptography(), name_, classical, classical_).value(),
          NoteSigner::Create(Cryptography(), name_, release::log::SignatureType::kMlDsa44Cosignature, post_quantum_)
              .value()};
}

std::string TestKeys::LogLines() const {
  std::string lines;
  for (const NoteSigner& signer : LogSigners()) lines += "log " + ToVkey(signer.verifier()) + "\n";
  return lines;
}

formats::Holder Person::AsHolder() const {
  formats::Holder holder{.name = name, .keys = {}};
  EK_CHECK(holder.keys.PushBack({0x0101, classical.public_key()}));
  EK_CHECK(holder.keys.PushBack({0x0112, post_quantum.public_key()}));
  return holder;
}

std::string Person::Sign(const std::string& content, std::string_view type) const {
  return SignWith(content, {&classical, &post_quantum}, type);
}

std::string Person::SignWith(const std::string& content, const std::vector<const sealing::SigningKey*>& keys,
                             std::string_view type) {
  return std::string(AsText(sealing::SignObject(Cryptography(), type, AsBytes(content), keys)->view()));
}

formats::ContentDigest DigestOf(const std::string& content) {
  return formats::ContentDigest::From(crypto::Sha256(Cryptography(), {AsBytes(content)})->view()).value();
}

std::string ContentOf(int number) {
  const std::string holder = "h" + std::to_string(number);
  std::string content(256, '\0');
  CborWriter out({reinterpret_cast<std::uint8_t*>(content.data()), content.size()});
  EXPECT_TRUE(formats::EncodeApproval({.release = {}, .holder = holder}, out));
  content.resize(out.written().size());
  return content;
}

std::vector<NewEntry> EntriesOf(int first, int count) {
  std::vector<NewEntry> entries;
  for (int i = 0; i < count; ++i) entries.push_back({ContentOf(first + i), {}});
  return entries;
}

}  // namespace edgekeep::log
