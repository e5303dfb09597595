#include "argon2.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "openssl_provider.h"

namespace edgekeep::crypto {
namespace {

constexpr std::uint32_t kMaxMemoryKib = 1024 * 1024;
constexpr std::uint32_t kMaxPasses = 64;
constexpr std::uint32_t kMaxLanes = 64;
constexpr std::size_t kMaxOutput = 1024;

Status Check(const Argon2Input& input, std::size_t out_size) {
  if (input.memory_kib > kMaxMemoryKib || input.passes > kMaxPasses || input.lanes > kMaxLanes ||
      out_size > kMaxOutput) {
    return Error(ErrorCode::kTooLarge, "Argon2id cost");
  }
  if (input.passes < 1 || input.lanes < 1 || input.memory_kib < 8 * input.lanes || input.salt.size() < 8 ||
      out_size < 4) {
    return Error(ErrorCode::kBadArgument, "Argon2id cost");
  }
  return {};
}

OSSL_PARAM OctetParam(const char* name, ByteView bytes) {
  static constexpr std::uint8_t kNothing = 0;
  const void* const data = bytes.empty() ? &kNothing : bytes.data();
  return OSSL_PARAM_construct_octet_string(name, const_cast<void*>(data), bytes.size());
}

}  // namespace

Status RunArgon2id(const Library& library, const Argon2Input& input, MutableByteView out) {
  EK_TRY(Check(input, out.size()));
  std::uint32_t memory_kib = input.memory_kib;
  std::uint32_t passes = input.passes;
  std::uint32_t lanes = input.lanes;
  // Lanes are computed one after the other: a trusted process starts no threads for this.
  std::uint32_t threads = 1;
  const OSSL_PARAM params[] = {OctetParam(OSSL_KDF_PARAM_PASSWORD, input.password),
                               OctetParam(OSSL_KDF_PARAM_SALT, input.salt),
                               OctetParam(OSSL_KDF_PARAM_SECRET, input.secret),
                               OctetParam(OSSL_KDF_PARAM_ARGON2_AD, input.associated_data),
                               OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_ARGON2_MEMCOST, &memory_kib),
                               OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_ITER, &passes),
                               OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_ARGON2_LANES, &lanes),
                               OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_THREADS, &threads),
                               OSSL_PARAM_construct_end()};
  const KdfContext context(EVP_KDF_CTX_new(library.argon2id()));
  if (!context || EVP_KDF_derive(context.get(), out.data(), out.size(), params) != 1) {
    Wipe(out);
    return Refuse(ErrorCode::kNoMemory, "Argon2id");
  }
  return {};
}

// NOLINTNEXTLINE(readability-function-size): the parameters are RFC 9106's.
Status OpenSslProvider::Argon2id(ByteView password, ByteView salt, std::uint32_t memory_kib, std::uint32_t passes,
                                 std::uint32_t lanes, MutableByteView out) const {
  return RunArgon2id(library_,
                     {.password = password,
                      .salt = salt,
                      .secret = {},
                      .associated_data = {},
                      .memory_kib = memory_kib,
                      .passes = passes,
                      .lanes = lanes},
                     out);
}

}  // namespace edgekeep::crypto
