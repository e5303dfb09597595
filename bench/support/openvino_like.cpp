#include "openvino_like.h"

#include <openssl/bio.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "fresh_pages.h"
#include "require.h"

namespace edgekeep::bench {
namespace {

constexpr std::size_t kPiece = 8192;
constexpr std::string_view kBefore = R"({"description":"an imitation","ciphertext":")";
constexpr std::string_view kBehind = R"(","signature":""})";
constexpr std::array<std::uint8_t, 32> kKey = {0x5C};
constexpr std::array<std::uint8_t, 16> kNonce = {};

struct FreeBio {
  void operator()(BIO* chain) const { BIO_free_all(chain); }
};

using Bio = std::unique_ptr<BIO, FreeBio>;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

void WriteForm(const std::filesystem::path& model, const std::filesystem::path& file) {
  const FreshPages plain = FreshPages::Holding(model);
  std::string cipher(plain.bytes().size(), '\0');
  const std::unique_ptr<EVP_CIPHER_CTX, FreeContext> context(EVP_CIPHER_CTX_new());
  int written = 0;
  test::Require(EVP_EncryptInit_ex(context.get(), EVP_aes_256_ctr(), nullptr, kKey.data(), kNonce.data()) == 1 &&
                    EVP_EncryptUpdate(context.get(), reinterpret_cast<std::uint8_t*>(cipher.data()), &written,
                                      plain.bytes().data(), static_cast<int>(cipher.size())) == 1,
                "AES-256-CTR fails");
  std::string text(4 * ((cipher.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<std::uint8_t*>(text.data()),
                                   reinterpret_cast<const std::uint8_t*>(cipher.data()), written);
  text.resize(static_cast<std::size_t>(size));
  std::ofstream(file, std::ios::binary) << kBefore << text << kBehind;
}

void HashOnce(std::string_view text) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  test::Require(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha512(), nullptr) == 1,
                "SHA-512 fails");
}

// text, base64 taken apart, decrypted: a chain of filters that is read from.
Bio DecryptingReader(std::string_view base64) {
  Bio text(BIO_new_mem_buf(base64.data(), static_cast<int>(base64.size())));
  BIO* const decoder = BIO_new(BIO_f_base64());
  BIO* const cipher = BIO_new(BIO_f_cipher());
  BIO_set_flags(decoder, BIO_FLAGS_BASE64_NO_NL);
  test::Require(BIO_set_cipher(cipher, EVP_aes_256_ctr(), kKey.data(), kNonce.data(), 0) == 1, "AES-256-CTR fails");
  return Bio(BIO_push(cipher, BIO_push(decoder, text.release())));
}

}  // namespace

OpenVinoLike::OpenVinoLike(const std::filesystem::path& model, const std::filesystem::path& file)
    : model_(model), file_(file) {
  WriteForm(model, file);
  const FreshPages plain = FreshPages::Holding(model_);
  const FreshPages opened = Open();
  test::Require(std::ranges::equal(plain.bytes(), opened.bytes()), "the imitation opens something else");
}

FreshPages OpenVinoLike::Open() const {
  const FreshPages json = FreshPages::Holding(file_);
  const std::string_view text(reinterpret_cast<const char*>(json.bytes().data()), json.bytes().size());
  HashOnce(text);
  HashOnce(text);
  const std::string_view base64 = text.substr(kBefore.size(), text.size() - kBefore.size() - kBehind.size());
  FreshPages plain(std::filesystem::file_size(model_));
  const Bio reader = DecryptingReader(base64);
  for (MutableByteView left = plain.bytes(); !left.empty();) {
    const int got = BIO_read(reader.get(), left.data(), static_cast<int>(std::min(left.size(), kPiece)));
    test::Require(got > 0, "the imitation ends early");
    left = left.subspan(static_cast<std::size_t>(got));
  }
  return plain;
}

}  // namespace edgekeep::bench
