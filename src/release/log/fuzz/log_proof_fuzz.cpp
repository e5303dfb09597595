// Whatever parses as a log proof is one text only; nothing but a signature by the key makes it trusted.
#include <cstdlib>
#include <string>

#include "edgekeep/base/base64.h"
#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/release/log/log_proof.h"

namespace {

using namespace edgekeep;
using namespace edgekeep::release::log;

std::string Written(const LogProof& proof) {
  std::string text = "c2sp.org/tlog-proof@v1\n";
  if (!proof.extra.empty()) text += "extra " + std::string(proof.extra) + "\n";
  text += "index " + std::to_string(proof.index) + "\n";
  for (const Digest& hash : proof.path) {
    std::string line(Base64Size(Digest::kSize), ' ');
    EncodeBase64(hash.view(), line);
    text += line + "\n";
  }
  return text + "\n" + std::string(proof.checkpoint);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto provider = crypto::NewOpenSslProvider().value();
  static const auto policy =
      Policy::Parse(*provider,
                    "log example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx\nquorum none\n")
          .value();
  const std::string_view text = AsText({data, size});
  const auto proof = ParseLogProof(text);
  if (proof && Written(*proof) != text) std::abort();
  const auto note = ParseSignedNote(text);
  if (note) (void)ParseCheckpoint(note->text);
  (void)VerifyCheckpoint(*provider, text, policy.keys());
  (void)VerifyLogProof(*provider, policy, text, AsBytes("entry"));
  return 0;
}
