// Verifies arbitrary signatures under arbitrary keys, and changed copies of good ones: only the good one passes.
#include <vector>

#include "edgekeep/base/check.h"
#include "edgekeep/crypto/openssl/provider.h"

namespace edgekeep::crypto {
namespace {

constexpr AlgorithmId kAlgorithms[] = {AlgorithmId::kEd25519, AlgorithmId::kEcdsaP256Sha256, AlgorithmId::kMlDsa44,
                                       AlgorithmId::kMlDsa65, AlgorithmId::kMlDsa87};
constexpr std::string_view kMessage = "message";

struct Signed {
  AlgorithmId algorithm;
  Bytes public_key;
  Bytes signature;
};

const Provider& TheProvider() {
  static const std::unique_ptr<Provider> provider = NewOpenSslProvider().value();
  return *provider;
}

const Signed& GoodSignature(std::uint8_t choice) {
  static const std::vector<Signed> all = [] {
    std::vector<Signed> made;
    for (const AlgorithmId id : kAlgorithms) {
      KeyPair pair = TheProvider().GenerateSigningKey(id).value();
      Bytes signature = TheProvider().Sign(id, pair.private_key.Reveal(), AsBytes(kMessage)).value();
      made.push_back({id, std::move(pair.public_key), std::move(signature)});
    }
    return made;
  }();
  return all[choice % all.size()];
}

bool Passes(AlgorithmId algorithm, ByteView public_key, ByteView message, ByteView signature) {
  const Status status = TheProvider().Verify(algorithm, public_key, message, signature);
  EK_CHECK(status || status.error().code() == ErrorCode::kBadSignature ||
           status.error().code() == ErrorCode::kMalformed);
  return status.has_value();
}

// Everything from the input: its verdict is open, but it must be one. RSA keys are DER, the one parser here.
void RunArbitrary(AlgorithmId algorithm, std::size_t signature_size, ByteView rest) {
  const std::size_t split = std::min(rest.size(), signature_size);
  static_cast<void>(Passes(algorithm, rest.subspan(split), AsBytes(kMessage), rest.first(split)));
}

void RunChanged(const Signed& good, ByteView changes) {
  std::vector<std::uint8_t> signature(good.signature.view().begin(), good.signature.view().end());
  for (std::size_t i = 0; i < changes.size() && i < signature.size(); ++i) {
    signature[i] = static_cast<std::uint8_t>(signature[i] ^ changes[i]);
  }
  const bool passes = Passes(good.algorithm, good.public_key.view(), AsBytes(kMessage), signature);
  const bool same = Equal(signature, good.signature.view());
  // ECDSA alone has a second signature for each: r || n - s.
  EK_CHECK(passes == same || (passes && good.algorithm == AlgorithmId::kEcdsaP256Sha256));
}

void Run(ByteView input) {
  if (input.size() < 2) return;
  const ByteView rest = input.subspan(2);
  if (input[0] == 0xff) return RunArbitrary(AlgorithmId::kRsaPss2048Sha256, 256, rest);
  const Signed& good = GoodSignature(input[0]);
  if ((input[1] & 1) != 0) return RunArbitrary(good.algorithm, good.signature.size(), rest);
  RunChanged(good, rest);
}

}  // namespace
}  // namespace edgekeep::crypto

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  edgekeep::crypto::Run({data, size});
  return 0;
}
