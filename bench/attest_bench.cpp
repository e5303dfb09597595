// Evidence built by a device, keep and gate included, and judged by a verifier, per second: with the software anchor
// and with a TPM (swtpm, whose signatures cost a fraction of a chip's).
#include <pwd.h>

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

constexpr int kAsked = 50;
constexpr int kJudged = 200;
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

void PutRate(const std::string& name, int times, double seconds) {
  Print({.name = name, .value = times / seconds, .unit = "/s", .baseline = "one after the other"});
}

void MeasureDevice(const crypto::Provider& provider, const test::Device& device, const std::string& anchor) {
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
  Octets evidence;
  PutRate("evidence built, " + anchor, kAsked, Time([&] {
            for (int i = 0; i < kAsked; ++i) evidence = asker.Answer(asked);
          }));
  PutRate("evidence judged, " + anchor, kJudged, Time([&] {
            for (int i = 0; i < kJudged; ++i) {
              const auto judged = attest::Appraise(provider, {evidence, challenge, known, policy, kNow}).value();
              Require(judged->Believe().has_value(), "evidence is not believed");
            }
          }));
}

void Measure() {
  const auto provider = crypto::NewOpenSslProvider().value();
  test::Publisher& publisher = test::Publisher::Shared();
  {
    test::Device device;
    device.Start();
    device.Initialise(publisher.trust_bundle());
    MeasureDevice(*provider, device, "software anchor");
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
  MeasureDevice(*provider, device, "swtpm");
}

}  // namespace
}  // namespace edgekeep::bench

int main() {
  return edgekeep::bench::RunBench("attest_bench", edgekeep::bench::Measure);
}
