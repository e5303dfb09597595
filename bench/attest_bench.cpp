// Evidence built by a device, keep and gate included, and judged by a verifier, per second: with the software anchor
// and with a TPM (swtpm, whose signatures cost a fraction of a chip's).
#include <pwd.h>

#include <array>
#include <functional>
#include <vector>

#include "device.h"
#include "edgekeep/attest/enrolment.h"
#include "edgekeep/crypto/openssl/credential_cipher.h"
#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/edgekeep.hpp"
#include "measurement.h"
#include "publisher.h"
#include "require.h"
#include "run_bench.h"
#include "simulated_tpm.h"

namespace edgekeep::bench {
namespace {

using test::Require;
using Octets = std::vector<std::uint8_t>;

constexpr int kRounds = 9;
constexpr int kAsked = 5;    // a round
constexpr int kJudged = 20;  // a round
constexpr UnixTime kNow{1'790'000'000};

// What a device gives for `ask`.
Octets Given(const std::function<ek_code(void*, std::size_t*, ek_error*)>& ask) {
  Octets bytes(65536);
  std::size_t size = bytes.size();
  ek_error error;
  Require(ask(bytes.data(), &size, &error) == EK_OK, error.where);
  bytes.resize(size);
  return bytes;
}

struct Asker {
  explicit Asker(const test::Device& device) : client(app::Client::Open({.root = device.root().c_str()}).value()) {}

  Octets Answer(const Octets& asked) {
    return Given([&](void* buffer, std::size_t* size, ek_error* error) {
      return ek_admin_attest(client.get(), asked.data(), asked.size(), buffer, size, error);
    });
  }

  Octets Keys() {
    return Given([&](void* buffer, std::size_t* size, ek_error* error) {
      return ek_admin_attestation_keys(client.get(), buffer, size, error);
    });
  }

  app::Client client;
};

Octets CopyOf(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

Octets EnrolmentOf(const crypto::Provider& provider, Asker& device) {
  const auto cipher = crypto::NewOpenSslCredentialCipher().value();
  const Octets bytes = device.Keys();
  const auto keys = attest::VerifyAttestationKeys(provider, bytes).value();
  const auto begun = attest::BeginEnrolment(provider, *cipher, keys, kNow).value();
  const auto challenge = formats::DecodeChallenge(begun.challenge.view()).value();
  const Octets answer = device.Answer(CopyOf(begun.activation.view()));
  const auto finished = attest::FinishEnrolment(provider, keys, challenge, answer, kNow, std::nullopt).value();
  Require(!finished.enrolment.empty(), "the device is not enrolled");
  return CopyOf(finished.enrolment.view());
}

// The least that evidence costs: its signatures, made and verified in memory.
class BareSignatures {
 public:
  BareSignatures(const crypto::Provider& provider, int how_many) : provider_(provider), how_many_(how_many) {}

  void Make() const {
    for (int i = 0; i < how_many_; ++i) {
      Require(provider_.Sign(kAlgorithm, key_.private_key.Reveal(), kMessage).has_value(), "signing");
    }
  }

  void Verify() const {
    for (int i = 0; i < how_many_; ++i) {
      Require(provider_.Verify(kAlgorithm, key_.public_key.view(), kMessage, signature_.view()).has_value(),
              "verifying");
    }
  }

 private:
  static constexpr crypto::AlgorithmId kAlgorithm = crypto::AlgorithmId::kEcdsaP256Sha256;
  static constexpr std::array<std::uint8_t, 200> kMessage{};

  const crypto::Provider& provider_;
  int how_many_;
  crypto::KeyPair key_ = provider_.GenerateSigningKey(kAlgorithm).value();
  Bytes signature_ = provider_.Sign(kAlgorithm, key_.private_key.Reveal(), kMessage).value();
};

template <typename Work>
double TimeOf(int times, Work work) {
  return Time([&] {
    for (int i = 0; i < times; ++i) work();
  });
}

// `pair`: seconds for `times` of them; one after the other.
void PutRate(const std::string& name, const std::string& baseline, int times, const Pair& pair) {
  const Spread seconds = SpreadOf(pair.ours);
  Print({.name = name,
         .value = times / Median(pair.ours),
         .unit = "/s",
         .baseline = baseline + ": " + std::to_string(static_cast<int>(times / Median(pair.baseline))) + " /s",
         .spread = Spread{times / seconds.most, times / seconds.least}});
}

void MeasureDevice(const crypto::Provider& provider, const test::Device& device, const std::string& anchor,
                   int signatures) {
  Asker asker(device);
  const Octets enrolment = EnrolmentOf(provider, asker);
  const formats::Enrolment known = formats::DecodeEnrolment(enrolment).value();
  const formats::Challenge challenge{.nonce = {}, .issued_at = kNow, .enrols = std::nullopt};
  Octets asked(formats::kMaxChallengeSize);
  CborWriter out(asked);
  formats::EncodeChallenge(challenge, out).value();
  asked.resize(out.written().size());
  formats::AppraisalPolicy policy;
  policy.allow_development = true;
  const BareSignatures bare(provider, signatures);
  const std::string signed_by = std::to_string(signatures) + " P-256 signature(s) ";
  Octets evidence = asker.Answer(asked);
  const auto build = [&] { evidence = asker.Answer(asked); };
  PutRate("evidence built, " + anchor, signed_by + "made in memory", kAsked,
          MeasureInTurns(
              kRounds, [&] { return TimeOf(kAsked, build); }, [&] { return TimeOf(kAsked, [&] { bare.Make(); }); }));
  const auto judge = [&] {
    const auto judged = attest::Appraise(provider, {evidence, challenge, known, policy, kNow}).value();
    Require(judged->Believe().has_value(), "evidence is not believed");
  };
  PutRate(
      "evidence judged, " + anchor, signed_by + "verified in memory", kJudged,
      MeasureInTurns(
          kRounds, [&] { return TimeOf(kJudged, judge); }, [&] { return TimeOf(kJudged, [&] { bare.Verify(); }); }));
}

void Measure() {
  const auto provider = crypto::NewOpenSslProvider().value();
  test::Publisher& publisher = test::Publisher::Shared();
  {
    test::Device device;
    device.Start();
    device.Initialise(publisher.trust_bundle());
    MeasureDevice(*provider, device, "software anchor", 1);
  }
  test::SimulatedTpm tpm;
  const passwd* const keep = getpwnam("edgekeep-keep");
  Require(keep != nullptr, "no user edgekeep-keep");
  tpm.GiveTo(keep->pw_uid);
  tpm.PowerCycle();
  test::Device device;
  const test::Outcome chosen = device.Edgekeep({"device", "anchor", "tpm2:" + tpm.socket().string()});
  Require(chosen.exit_code == 0, chosen.err);
  device.Start();
  device.Initialise(publisher.trust_bundle());
  MeasureDevice(*provider, device, "swtpm", 4);  // the identity's, and the chip's three
}

}  // namespace
}  // namespace edgekeep::bench

int main() {
  return edgekeep::bench::RunBench("attest_bench", edgekeep::bench::Measure);
}
