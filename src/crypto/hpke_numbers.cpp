#include "hpke_numbers.h"

#include <array>

namespace edgekeep::crypto {
namespace {

struct Row {
  AlgorithmId id;
  std::uint16_t number;
};

// RFC 9180 §7.2 and §7.3.
constexpr std::array kKdfs = {Row{AlgorithmId::kHkdfSha256, 1}, Row{AlgorithmId::kHkdfSha512, 3}};
constexpr std::array kAeads = {Row{AlgorithmId::kAes128Gcm, 1}, Row{AlgorithmId::kAes256Gcm, 2},
                               Row{AlgorithmId::kChaCha20Poly1305, 3}};

template <std::size_t N>
Result<std::uint16_t> FindNumber(const std::array<Row, N>& rows, AlgorithmId id) {
  for (const Row& row : rows) {
    if (row.id == id) return row.number;
  }
  return Error(ErrorCode::kUnsupported, "HPKE algorithm");
}

Result<HpkeKem> DhKem(AlgorithmId kem, std::uint16_t number, AlgorithmId kdf) {
  EK_TRY_ASSIGN(const Algorithm algorithm, FindAlgorithm(kem, Kind::kKem));
  return HpkeKem{.algorithm = algorithm, .number = number, .dh = kem, .ml_kem = AlgorithmId::kNone, .kdf = kdf};
}

}  // namespace

Result<HpkeKem> FindHpkeKem(AlgorithmId kem) {
  // RFC 9180 §7.1.
  if (kem == AlgorithmId::kDhKemP256) return DhKem(kem, 0x0010, AlgorithmId::kHkdfSha256);
  if (kem == AlgorithmId::kDhKemP521) return DhKem(kem, 0x0012, AlgorithmId::kHkdfSha512);
  if (kem == AlgorithmId::kDhKemX25519) return DhKem(kem, 0x0020, AlgorithmId::kHkdfSha256);
  if (kem != AlgorithmId::kMlKem768P256) return Error(ErrorCode::kUnsupported, "HPKE KEM");
  // draft-ietf-hpke-pq §4.
  EK_TRY_ASSIGN(const Algorithm algorithm, FindAlgorithm(kem, Kind::kKem));
  return HpkeKem{.algorithm = algorithm,
                 .number = 0x0050,
                 .dh = AlgorithmId::kDhKemP256,
                 .ml_kem = AlgorithmId::kMlKem768,
                 .kdf = AlgorithmId::kNone};
}

Result<HpkeNumbers> NumbersOf(const HpkeSuite& suite) {
  EK_TRY_ASSIGN(const HpkeKem kem, FindHpkeKem(suite.kem));
  EK_TRY_ASSIGN(const std::uint16_t kdf, FindNumber(kKdfs, suite.kdf));
  EK_TRY_ASSIGN(const std::uint16_t aead, FindNumber(kAeads, suite.aead));
  return HpkeNumbers{.kem = kem.number, .kdf = kdf, .aead = aead};
}

}  // namespace edgekeep::crypto
