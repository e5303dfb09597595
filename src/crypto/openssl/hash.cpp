#include <openssl/core_names.h>
#include <openssl/params.h>

#include <new>

#include "openssl_provider.h"

namespace edgekeep::crypto {
namespace {

class OpenSslHash final : public HashState {
 public:
  OpenSslHash(MdContext context, std::size_t size) noexcept : context_(std::move(context)), size_(size) {}

  Status Update(ByteView bytes) override {
    if (finished_) return Error(ErrorCode::kBadState, "hash");
    if (EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1) return Refuse(ErrorCode::kInternal, "hash");
    return {};
  }

  Status Finish(MutableByteView out) override {
    if (out.size() != size_) return Error(ErrorCode::kBadArgument, "hash size");
    if (finished_) return Error(ErrorCode::kBadState, "hash");
    finished_ = true;
    if (EVP_DigestFinal_ex(context_.get(), out.data(), nullptr) != 1) return Refuse(ErrorCode::kInternal, "hash");
    return {};
  }

 private:
  MdContext context_;
  std::size_t size_;
  bool finished_ = false;
};

class OpenSslHmac final : public HashState {
 public:
  OpenSslHmac(MacContext context, std::size_t size) noexcept : context_(std::move(context)), size_(size) {}

  Status Update(ByteView bytes) override {
    if (finished_) return Error(ErrorCode::kBadState, "HMAC");
    if (EVP_MAC_update(context_.get(), bytes.data(), bytes.size()) != 1) return Refuse(ErrorCode::kInternal, "HMAC");
    return {};
  }

  Status Finish(MutableByteView out) override {
    if (out.size() != size_) return Error(ErrorCode::kBadArgument, "HMAC size");
    if (finished_) return Error(ErrorCode::kBadState, "HMAC");
    finished_ = true;
    std::size_t written = 0;
    if (EVP_MAC_final(context_.get(), out.data(), &written, out.size()) != 1 || written != out.size()) {
      return Refuse(ErrorCode::kInternal, "HMAC");
    }
    return {};
  }

 private:
  MacContext context_;
  std::size_t size_;
  bool finished_ = false;
};

}  // namespace

Result<std::unique_ptr<HashState>> OpenSslProvider::NewHash(AlgorithmId hash) const {
  EK_TRY_ASSIGN(const Algorithm algorithm, FindAlgorithm(hash, Kind::kHash));
  EK_TRY_ASSIGN(const EVP_MD* md, library_.FindMd(hash));
  MdContext context(EVP_MD_CTX_new());
  if (!context || EVP_DigestInit_ex2(context.get(), md, nullptr) != 1) return Refuse(ErrorCode::kNoMemory, "hash");
  std::unique_ptr<HashState> state(new (std::nothrow) OpenSslHash(std::move(context), algorithm.output_size));
  if (!state) return Error(ErrorCode::kNoMemory, "hash");
  return state;
}

Result<std::unique_ptr<HashState>> OpenSslProvider::NewHmac(AlgorithmId hash, ByteView key) const {
  EK_TRY_ASSIGN(const Algorithm algorithm, FindAlgorithm(hash, Kind::kHash));
  MacContext context(EVP_MAC_CTX_new(library_.hmac()));
  if (!context) return Refuse(ErrorCode::kNoMemory, "HMAC");
  // OpenSSL takes a null pointer to mean "keep the key", so an empty key needs an address.
  static constexpr std::uint8_t kNoKey = 0;
  const std::uint8_t* const key_data = key.empty() ? &kNoKey : key.data();
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(algorithm.name), 0),
      OSSL_PARAM_construct_end()};
  if (EVP_MAC_init(context.get(), key_data, key.size(), params) != 1) return Refuse(ErrorCode::kInternal, "HMAC key");
  std::unique_ptr<HashState> state(new (std::nothrow) OpenSslHmac(std::move(context), algorithm.output_size));
  if (!state) return Error(ErrorCode::kNoMemory, "HMAC");
  return state;
}

}  // namespace edgekeep::crypto
