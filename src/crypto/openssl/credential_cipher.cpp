#include "edgekeep/crypto/openssl/credential_cipher.h"

#include <array>
#include <new>

#include "library.h"

namespace edgekeep::crypto {
namespace {

constexpr std::size_t kKeySize = 16;

class OpenSslCredentialCipher final : public CredentialCipher {
 public:
  OpenSslCredentialCipher(Library library, Cipher cipher) noexcept
      : library_(std::move(library)), cipher_(std::move(cipher)) {}

  Status Encrypt(ByteView key, MutableByteView bytes) const override {
    if (key.size() != kKeySize) return Error(ErrorCode::kBadArgument, "credential cipher: key size");
    constexpr std::array<std::uint8_t, 16> kZeroIv{};
    const CipherContext context(EVP_CIPHER_CTX_new());
    int written = 0;
    if (!context || EVP_EncryptInit_ex2(context.get(), cipher_.get(), key.data(), kZeroIv.data(), nullptr) != 1 ||
        EVP_CipherUpdate(context.get(), bytes.data(), &written, bytes.data(), static_cast<int>(bytes.size())) != 1 ||
        written != static_cast<int>(bytes.size())) {
      return Refuse(ErrorCode::kInternal, "credential cipher");
    }
    return {};
  }

 private:
  Library library_;
  Cipher cipher_;
};

}  // namespace

Result<std::unique_ptr<CredentialCipher>> NewOpenSslCredentialCipher() {
  EK_TRY_ASSIGN(Library library, Library::Open());
  Cipher cipher(EVP_CIPHER_fetch(library.context(), "AES-128-CFB", nullptr));
  if (!cipher) return Refuse(ErrorCode::kUnsupported, "OpenSSL AES-128-CFB");
  std::unique_ptr<CredentialCipher> made(new (std::nothrow)
                                             OpenSslCredentialCipher(std::move(library), std::move(cipher)));
  if (!made) return Error(ErrorCode::kNoMemory, "credential cipher");
  return made;
}

}  // namespace edgekeep::crypto
