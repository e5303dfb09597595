// The self-test passes on a sound provider, and on none that errs in one function of one algorithm.
#include "edgekeep/crypto/self_test.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "../self_test_parts.h"
#include "edgekeep/crypto/testing/forwarding_provider.h"
#include "test_provider.h"

namespace edgekeep::crypto::test {
namespace {

enum class Function {
  kHash,
  kHmac,
  kSeal,
  kOpen,
  kOpenForgery,
  kExtract,
  kExpand,
  kArgon2id,
  kGenerate,
  kPublicKeyOf,
  kSign,
  kVerify,
  kVerifyForgery,
  kDh,
  kCheckDh,
  kCheckDhOffCurve,
  kEncapsulate,
  kDecapsulate,
  kRandom,
};

void Flip(MutableByteView bytes) {
  bytes.back() ^= 0x01;
}

class FlippedHash final : public HashState {
 public:
  explicit FlippedHash(std::unique_ptr<HashState> real) : real_(std::move(real)) {}

  Status Update(ByteView bytes) override { return real_->Update(bytes); }

  Status Finish(MutableByteView out) override {
    EK_TRY(real_->Finish(out));
    Flip(out);
    return {};
  }

 private:
  std::unique_ptr<HashState> real_;
};

class BrokenAead final : public AeadState {
 public:
  BrokenAead(std::unique_ptr<AeadState> real, Function broken) : real_(std::move(real)), broken_(broken) {}

  Status Seal(ByteView nonce, ByteView aad, ByteView plaintext, MutableByteView ciphertext) override {
    EK_TRY(real_->Seal(nonce, aad, plaintext, ciphertext));
    if (broken_ == Function::kSeal) Flip(ciphertext);
    return {};
  }

  Status StartOpen(ByteView nonce, ByteView aad) override { return real_->StartOpen(nonce, aad); }

  Status OpenPiece(ByteView ciphertext, MutableByteView plaintext) override {
    const Status status = real_->OpenPiece(ciphertext, plaintext);
    if (broken_ == Function::kOpen && status) Flip(plaintext);
    return status;
  }

  Status FinishOpen(ByteView tag) override {
    const Status status = real_->FinishOpen(tag);
    if (broken_ == Function::kOpenForgery) return {};
    return status;
  }

 private:
  std::unique_ptr<AeadState> real_;
  Function broken_;
};

// Errs in one function when it is asked for one algorithm, and is sound otherwise.
class BrokenProvider final : public ForwardingProvider {
 public:
  BrokenProvider(Function function, AlgorithmId id)
      : ForwardingProvider(TestProvider()), function_(function), id_(id) {}

  Status Random(MutableByteView out) const override {
    if (!Breaks(Function::kRandom, AlgorithmId::kNone)) return real_.Random(out);
    std::ranges::fill(out, std::uint8_t{0});
    return {};
  }

  Result<std::unique_ptr<HashState>> NewHash(AlgorithmId hash) const override {
    EK_TRY_ASSIGN(auto state, real_.NewHash(hash));
    if (!Breaks(Function::kHash, hash)) return state;
    return std::make_unique<FlippedHash>(std::move(state));
  }

  Result<std::unique_ptr<HashState>> NewHmac(AlgorithmId hash, ByteView key) const override {
    EK_TRY_ASSIGN(auto state, real_.NewHmac(hash, key));
    if (!Breaks(Function::kHmac, hash)) return state;
    return std::make_unique<FlippedHash>(std::move(state));
  }

  Result<std::unique_ptr<AeadState>> NewAead(AlgorithmId aead, ByteView key) const override {
    EK_TRY_ASSIGN(auto state, real_.NewAead(aead, key));
    if (aead != id_) return state;
    return std::make_unique<BrokenAead>(std::move(state), function_);
  }

  Status HkdfExtract(AlgorithmId kdf, ByteView salt, ByteView input_key, MutableByteView prk) const override {
    EK_TRY(real_.HkdfExtract(kdf, salt, input_key, prk));
    if (Breaks(Function::kExtract, kdf)) Flip(prk);
    return {};
  }

  Status HkdfExpand(AlgorithmId kdf, ByteView prk, ByteView info, MutableByteView out) const override {
    EK_TRY(real_.HkdfExpand(kdf, prk, info, out));
    if (Breaks(Function::kExpand, kdf)) Flip(out);
    return {};
  }

  Status Argon2id(ByteView password, ByteView salt, std::uint32_t memory_kib, std::uint32_t passes, std::uint32_t lanes,
                  MutableByteView out) const override {
    EK_TRY(real_.Argon2id(password, salt, memory_kib, passes, lanes, out));
    if (Breaks(Function::kArgon2id, AlgorithmId::kArgon2id)) Flip(out);
    return {};
  }

  Result<KeyPair> GenerateSigningKey(AlgorithmId signature) const override {
    return Generated(signature, real_.GenerateSigningKey(signature));
  }

  Result<KeyPair> GenerateDhKey(AlgorithmId kem) const override { return Generated(kem, real_.GenerateDhKey(kem)); }

  Result<KeyPair> GenerateKemKey(AlgorithmId kem) const override { return Generated(kem, real_.GenerateKemKey(kem)); }

  Result<Bytes> PublicKeyOf(AlgorithmId algorithm, ByteView private_key) const override {
    EK_TRY_ASSIGN(Bytes public_key, real_.PublicKeyOf(algorithm, private_key));
    if (Breaks(Function::kPublicKeyOf, algorithm)) Flip(public_key.mutable_view());
    return public_key;
  }

  Result<Bytes> Sign(AlgorithmId signature, ByteView private_key, ByteView message) const override {
    EK_TRY_ASSIGN(Bytes sig, real_.Sign(signature, private_key, message));
    if (Breaks(Function::kSign, signature)) Flip(sig.mutable_view());
    return sig;
  }

  Status Verify(AlgorithmId signature, ByteView public_key, ByteView message, ByteView sig) const override {
    if (Breaks(Function::kVerify, signature)) return Error(ErrorCode::kBadSignature, "broken");
    if (Breaks(Function::kVerifyForgery, signature)) return {};
    return real_.Verify(signature, public_key, message, sig);
  }

  Result<SecretBytes> Dh(AlgorithmId kem, ByteView private_key, ByteView peer_public_key) const override {
    return FlippedSecret(Function::kDh, kem, real_.Dh(kem, private_key, peer_public_key));
  }

  Status CheckDhPublicKey(AlgorithmId kem, ByteView public_key) const override {
    if (Breaks(Function::kCheckDh, kem)) return Error(ErrorCode::kMalformed, "broken");
    if (Breaks(Function::kCheckDhOffCurve, kem)) return {};
    return real_.CheckDhPublicKey(kem, public_key);
  }

  Result<Encapsulation> Encapsulate(AlgorithmId kem, ByteView public_key) const override {
    EK_TRY_ASSIGN(Encapsulation made, real_.Encapsulate(kem, public_key));
    if (Breaks(Function::kEncapsulate, kem)) Flip(made.ciphertext.mutable_view());
    return made;
  }

  Result<SecretBytes> Decapsulate(AlgorithmId kem, ByteView private_key, ByteView ciphertext) const override {
    return FlippedSecret(Function::kDecapsulate, kem, real_.Decapsulate(kem, private_key, ciphertext));
  }

 private:
  bool Breaks(Function function, AlgorithmId id) const { return function == function_ && id == id_; }

  Result<KeyPair> Generated(AlgorithmId id, Result<KeyPair> pair) const {
    if (pair && Breaks(Function::kGenerate, id)) Flip(pair->public_key.mutable_view());
    return pair;
  }

  Result<SecretBytes> FlippedSecret(Function function, AlgorithmId id, Result<SecretBytes> secret) const {
    if (secret && Breaks(function, id)) Flip(secret->RevealForWriting());
    return secret;
  }

  Function function_;
  AlgorithmId id_;
};

TEST(SelfTest, PassesOnOpenSsl) {
  EXPECT_TRUE(SelfTest(TestProvider()));
}

// Which functions a provider has for an algorithm.
std::vector<Function> FunctionsOf(const Algorithm& algorithm) {
  if (algorithm.id == AlgorithmId::kArgon2id) return {Function::kArgon2id};
  if (algorithm.family == Family::kRsa) return {Function::kVerify, Function::kVerifyForgery};
  switch (algorithm.kind) {
    case Kind::kHash:
      return {Function::kHash};
    case Kind::kAead:
      return {Function::kSeal, Function::kOpen, Function::kOpenForgery};
    case Kind::kKdf:
      return {Function::kExtract, Function::kExpand};
    case Kind::kSignature:
      return {Function::kGenerate, Function::kPublicKeyOf, Function::kSign, Function::kVerify,
              Function::kVerifyForgery};
    case Kind::kKem:
      break;
  }
  if (algorithm.family == Family::kLattice) {
    return {Function::kGenerate, Function::kPublicKeyOf, Function::kEncapsulate, Function::kDecapsulate};
  }
  return {Function::kGenerate, Function::kPublicKeyOf, Function::kDh, Function::kCheckDh, Function::kCheckDhOffCurve};
}

Status PartFor(const Algorithm& algorithm, const Provider& provider) {
  switch (algorithm.kind) {
    case Kind::kHash:
      return SelfTestHashes(provider);
    case Kind::kAead:
      return SelfTestAeads(provider);
    case Kind::kKdf:
      return SelfTestKeyDerivation(provider);
    case Kind::kSignature:
      return SelfTestSignatures(provider);
    case Kind::kKem:
      break;
  }
  return algorithm.family == Family::kLattice ? SelfTestMlKem(provider) : SelfTestDiffieHellman(provider);
}

TEST(SelfTest, FailsOnEveryFaultOfEveryAlgorithm) {
  int faults = 0;
  for (std::uint32_t id = 0; id <= 0xffff; ++id) {
    const auto algorithm = FindAlgorithm(AlgorithmId(static_cast<std::uint16_t>(id)));
    // The hybrid is made of others: there is no function of the provider to break.
    if (!algorithm || algorithm->family == Family::kEccLattice) continue;
    for (const Function function : FunctionsOf(*algorithm)) {
      EXPECT_FALSE(PartFor(*algorithm, BrokenProvider(function, algorithm->id)))
          << algorithm->name << ", function " << static_cast<int>(function);
      ++faults;
    }
  }
  EXPECT_EQ(faults, 71);
}

TEST(SelfTest, RunsEveryPart) {
  const std::pair<Function, AlgorithmId> faults[] = {{Function::kHash, AlgorithmId::kSha3_512},
                                                     {Function::kExpand, AlgorithmId::kHkdfSha512},
                                                     {Function::kOpenForgery, AlgorithmId::kChaCha20Poly1305},
                                                     {Function::kRandom, AlgorithmId::kNone},
                                                     {Function::kVerifyForgery, AlgorithmId::kRsaPss2048Sha256},
                                                     {Function::kDh, AlgorithmId::kDhKemX25519},
                                                     {Function::kEncapsulate, AlgorithmId::kMlKem1024},
                                                     {Function::kHmac, AlgorithmId::kSha256}};
  for (const auto& [function, id] : faults) {
    EXPECT_FALSE(SelfTest(BrokenProvider(function, id))) << static_cast<int>(function);
  }
}

TEST(SelfTest, NamesTheAlgorithm) {
  const Status status = SelfTest(BrokenProvider(Function::kDecapsulate, AlgorithmId::kMlKem1024));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), ErrorCode::kInternal);
  EXPECT_STREQ(status.error().where(), "ML-KEM-1024");
}

}  // namespace
}  // namespace edgekeep::crypto::test
