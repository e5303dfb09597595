// edgekeep-sign KEYS PASSPHRASE-FILE FILE: what a service can do whose keys are in wrong hands: signs release metadata
// anew that somebody changed, whatever it says. What nobody of the people signed must not help it.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "edgekeep/author/release_keys.h"
#include "edgekeep/author/signing_folder.h"
#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/json/text.h"
#include "edgekeep/signer/passphrase.h"
#include "files.h"

namespace edgekeep {
namespace {

template <typename T>
auto OrDie(T result, const char* what) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "edgekeep-sign: %s\n", what);
  std::exit(1);
}

int Sign(char** arguments) {
  const auto provider = OrDie(crypto::NewOpenSslProvider(), "OpenSSL");
  const author::Context context{.provider = *provider, .now = {}};
  const SecretBytes passphrase = OrDie(signer::ReadPassphraseFile(arguments[2]), "passphrase");
  const author::ReleaseKeys keys = OrDie(author::OpenReleaseKeys(context, arguments[1], passphrase), "keys");
  const std::vector<std::uint8_t> bytes = test::ReadFile(arguments[3]);
  const json::Value file = OrDie(json::Parse(AsText(bytes)), "metadata");
  const json::Object* const object = OrDie(file.AsObject(), "metadata");
  const json::Value* const content = object->Find("signed");
  if (content == nullptr) return 1;
  const json::Object* const signed_part = OrDie(content->AsObject(), "metadata");
  const std::string text = OrDie(author::SignMetadata(context, *signed_part, keys), "signature");
  test::WriteFile(arguments[3], {text.begin(), text.end()});
  return 0;
}

}  // namespace
}  // namespace edgekeep

int main(int count, char** arguments) {
  if (count != 4) {
    std::fputs("usage: edgekeep-sign KEYS PASSPHRASE-FILE FILE\n", stderr);
    return 2;
  }
  return edgekeep::Sign(arguments);
}
