// Sealing and opening throughput of segments in memory, one thread, beside a copy of the same bytes; and what sealing
// adds in size.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/sealing/segments.h"
#include "measurement.h"

namespace edgekeep::bench {
namespace {

constexpr std::size_t kSegments = 100;
constexpr int kRounds = 9;
constexpr double kGibibyte = 1024.0 * 1024 * 1024;

template <typename T>
auto OrDie(T result) {
  if (!result) {
    std::fprintf(stderr, "segments_bench: %s\n", result.error().where());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<typename T::value_type>) return *std::move(result);
}

struct Buffers {
  std::vector<std::uint8_t> plain = std::vector<std::uint8_t>(kSegments * formats::kSegmentSize, 0x5C);
  std::vector<std::uint8_t> sealed =
      std::vector<std::uint8_t>(kSegments * (formats::kSegmentSize + crypto::kAeadTagSize));
  std::vector<std::uint8_t> copy = std::vector<std::uint8_t>(kSegments * formats::kSegmentSize);

  MutableByteView Plain(std::size_t i) {
    return MutableByteView(plain).subspan(i * formats::kSegmentSize, formats::kSegmentSize);
  }

  MutableByteView Sealed(std::size_t i) {
    const std::size_t size = formats::kSegmentSize + crypto::kAeadTagSize;
    return MutableByteView(sealed).subspan(i * size, size);
  }
};

sealing::SegmentCipher MakeCipher(const crypto::Provider& provider, crypto::SealSuiteId id) {
  const SecretArray<32> key;
  const sealing::SegmentKeys keys =
      OrDie(sealing::SegmentKeys::Derive(provider, OrDie(crypto::FindSealSuite(id)), key, {}, {}));
  return OrDie(sealing::SegmentCipher::Create(provider, keys));
}

void SealAll(sealing::SegmentCipher& cipher, Buffers& buffers) {
  for (std::size_t i = 0; i < kSegments; ++i) {
    OrDie(cipher.Seal(static_cast<std::uint32_t>(i), i + 1 == kSegments, buffers.Plain(i), buffers.Sealed(i)));
  }
}

void OpenAll(sealing::SegmentCipher& cipher, Buffers& buffers) {
  for (std::size_t i = 0; i < kSegments; ++i) {
    OrDie(cipher.Open(static_cast<std::uint32_t>(i), i + 1 == kSegments, buffers.Sealed(i), buffers.Plain(i)));
  }
}

void Report(const char* what, const Pair& pair) {
  const double bytes = static_cast<double>(kSegments) * formats::kSegmentSize;
  Print({.name = what,
         .value = bytes / kGibibyte / Median(pair.ours),
         .unit = "GiB/s",
         .baseline = "memcpy of the same 100 MiB: " + Describe(pair.baseline),
         .met = {}});
  Print(RatioOf(std::string(what) + " ÷ memcpy", "memcpy of the same 100 MiB", pair));
}

void MeasureSuite(const crypto::Provider& provider, crypto::SealSuiteId id, const std::string& name, Buffers& buffers) {
  sealing::SegmentCipher cipher = MakeCipher(provider, id);
  const auto copy = [&] {
    return Time([&] { std::memcpy(buffers.copy.data(), buffers.plain.data(), buffers.plain.size()); });
  };
  const Pair sealed = MeasureInTurns(kRounds, [&] { return Time([&] { SealAll(cipher, buffers); }); }, copy);
  const Pair opened = MeasureInTurns(kRounds, [&] { return Time([&] { OpenAll(cipher, buffers); }); }, copy);
  Report(("seal segments, " + name + ", 1 thread").c_str(), sealed);
  Report(("open segments, " + name + ", 1 thread").c_str(), opened);
}

int Run() {
  const auto provider = OrDie(crypto::NewOpenSslProvider());
  Buffers buffers;
  MeasureSuite(*provider, crypto::SealSuiteId::kAes256GcmHkdfSha256, "AES-256-GCM", buffers);
  MeasureSuite(*provider, crypto::SealSuiteId::kChaCha20Poly1305HkdfSha256, "ChaCha20-Poly1305", buffers);
  return 0;
}

}  // namespace
}  // namespace edgekeep::bench

int main() {
  return edgekeep::bench::Run();
}
