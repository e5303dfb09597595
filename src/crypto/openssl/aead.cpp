#include <algorithm>
#include <new>

#include "openssl_provider.h"

namespace edgekeep::crypto {
namespace {

enum class Direction : int { kOpen = 0, kSeal = 1 };

// One context per key: the key schedule is made once, each message only sets its nonce.
class OpenSslAead final : public AeadState {
 public:
  explicit OpenSslAead(CipherContext context) noexcept : context_(std::move(context)) {}

  Status Seal(ByteView nonce, ByteView aad, ByteView plaintext, MutableByteView ciphertext) override;
  Status StartOpen(ByteView nonce, ByteView aad) override;
  Status OpenPiece(ByteView ciphertext, MutableByteView plaintext) override;
  Status FinishOpen(ByteView tag) override;

 private:
  bool Start(Direction direction, ByteView nonce, ByteView aad);
  bool Run(const std::uint8_t* in, std::uint8_t* out, std::size_t size);
  bool Finish();

  CipherContext context_;
};

bool OpenSslAead::Start(Direction direction, ByteView nonce, ByteView aad) {
  return EVP_CipherInit_ex2(context_.get(), nullptr, nullptr, nonce.data(), static_cast<int>(direction), nullptr) ==
             1 &&
         Run(aad.data(), nullptr, aad.size());
}

// OpenSSL counts in int.
bool OpenSslAead::Run(const std::uint8_t* in, std::uint8_t* out, std::size_t size) {
  constexpr std::size_t kStep = std::size_t{1} << 30;
  while (size > 0) {
    const std::size_t step = std::min(size, kStep);
    int written = 0;
    if (EVP_CipherUpdate(context_.get(), out, &written, in, static_cast<int>(step)) != 1) return false;
    if (written != static_cast<int>(step)) return false;
    in += step;
    if (out != nullptr) out += step;
    size -= step;
  }
  return true;
}

bool OpenSslAead::Finish() {
  // Neither mode holds bytes back, yet the address may not be null.
  std::uint8_t nothing[16];
  int written = 0;
  return EVP_CipherFinal_ex(context_.get(), nothing, &written) == 1 && written == 0;
}

Status OpenSslAead::Seal(ByteView nonce, ByteView aad, ByteView plaintext, MutableByteView ciphertext) {
  if (nonce.size() != kAeadNonceSize || ciphertext.size() != plaintext.size() + kAeadTagSize) {
    return Error(ErrorCode::kBadArgument, "AEAD sizes");
  }
  if (!Start(Direction::kSeal, nonce, aad) || !Run(plaintext.data(), ciphertext.data(), plaintext.size()) ||
      !Finish() ||
      EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(kAeadTagSize),
                          ciphertext.last(kAeadTagSize).data()) != 1) {
    Wipe(ciphertext);
    return Refuse(ErrorCode::kInternal, "AEAD seal");
  }
  return {};
}

Status OpenSslAead::StartOpen(ByteView nonce, ByteView aad) {
  if (nonce.size() != kAeadNonceSize) return Error(ErrorCode::kBadArgument, "AEAD sizes");
  if (!Start(Direction::kOpen, nonce, aad)) return Refuse(ErrorCode::kDenied, "AEAD open");
  return {};
}

Status OpenSslAead::OpenPiece(ByteView ciphertext, MutableByteView plaintext) {
  if (plaintext.size() != ciphertext.size()) return Error(ErrorCode::kBadArgument, "AEAD sizes");
  if (!Run(ciphertext.data(), plaintext.data(), ciphertext.size())) return Refuse(ErrorCode::kDenied, "AEAD open");
  return {};
}

Status OpenSslAead::FinishOpen(ByteView tag) {
  if (tag.size() != kAeadTagSize) return Error(ErrorCode::kBadArgument, "AEAD sizes");
  // OpenSSL takes void* and only reads.
  auto* const bytes = const_cast<std::uint8_t*>(tag.data());
  if (EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(kAeadTagSize), bytes) != 1 ||
      !Finish()) {
    return Refuse(ErrorCode::kDenied, "AEAD open");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<AeadState>> OpenSslProvider::NewAead(AlgorithmId aead, ByteView key) const {
  EK_TRY_ASSIGN(const Algorithm algorithm, FindAlgorithm(aead, Kind::kAead));
  EK_TRY_ASSIGN(const EVP_CIPHER* cipher, library_.FindCipher(aead));
  if (key.size() != algorithm.secret_size) return Error(ErrorCode::kBadArgument, "AEAD key size");
  CipherContext context(EVP_CIPHER_CTX_new());
  if (!context || EVP_EncryptInit_ex2(context.get(), cipher, key.data(), nullptr, nullptr) != 1) {
    return Refuse(ErrorCode::kNoMemory, "AEAD");
  }
  std::unique_ptr<AeadState> state(new (std::nothrow) OpenSslAead(std::move(context)));
  if (!state) return Error(ErrorCode::kNoMemory, "AEAD");
  return state;
}

}  // namespace edgekeep::crypto
