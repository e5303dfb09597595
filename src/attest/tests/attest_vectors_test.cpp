// spec/vectors/attestation.json: what another implementation computed and signed.
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "edgekeep/attest/chip_names.h"
#include "edgekeep/base/hex.h"
#include "witnessed_device.h"

namespace edgekeep::attest {
namespace {

using Json = nlohmann::json;

Json Vectors() {
  const char* source = std::getenv("EDGEKEEP_SOURCE");
  std::ifstream file(std::string(source != nullptr ? source : ".") + "/spec/vectors/attestation.json");
  return Json::parse(file);
}

Octets OctetsIn(const Json& hex) {
  const auto& text = hex.get_ref<const std::string&>();
  Octets bytes(text.size() / 2);
  FromHex(text, bytes).value();
  return bytes;
}

template <typename Id>
Octets OctetsOfId(const Id& id) {
  return OctetsOf(id.view());
}

Octets ObjectNamed(const Json& vectors, const std::string& name) {
  for (const Json& object : vectors.at("objects")) {
    if (object.at("name") == name) return OctetsIn(object.at("hex"));
  }
  throw std::runtime_error("no object " + name);
}

TEST(AttestVectors, AreComputedAlike) {
  const Json vectors = Vectors();
  const Json& derivation = vectors.at("derivation");
  const Octets bytes = ObjectNamed(vectors, "evidence of a chip");
  const formats::Evidence evidence = formats::DecodeEvidence(bytes).value();
  const crypto::Provider& provider = TestProvider();
  EXPECT_EQ(OctetsOfId(EvidenceBinding(provider, evidence).value()), OctetsIn(derivation.at("binding")));
  EXPECT_EQ(OctetsOfId(ReplayEvents(provider, evidence.events.view()).value()), OctetsIn(derivation.at("replayed")));
  EXPECT_EQ(OctetsOfId(BootStateOf(provider, *evidence.tpm).value()), OctetsIn(derivation.at("boot_state")));
  const Octets identity = OctetsIn(derivation.at("identity_public_key"));
  const Octets chip = OctetsIn(derivation.at("attestation_public_key"));
  EXPECT_EQ(OctetsOf(NameOfIdentityKey(provider, identity).value()), OctetsIn(derivation.at("identity_name")));
  EXPECT_EQ(OctetsOf(NameOfAttestationKey(provider, chip).value()), OctetsIn(derivation.at("attestation_name")));
  EXPECT_EQ(OctetsOf(NameOfStateCounter(provider).value()), OctetsIn(derivation.at("counter_name")));
  const SecretBytes secret = SecretBytes::CopyOf(OctetsIn(derivation.at("activation_secret"))).value();
  EXPECT_EQ(OctetsOfId(NonceOfActivation(provider, secret).value()), OctetsIn(derivation.at("activation_nonce")));
}

TEST(AttestVectors, AreBelieved) {
  const Json vectors = Vectors();
  const Octets evidence = OctetsIn(vectors.at("evidence")), answer = OctetsIn(vectors.at("answer"));
  const Octets of_challenge = ObjectNamed(vectors, "challenge"),
               of_device = ObjectNamed(vectors, "enrolment of a chip");
  const Octets of_policy = ObjectNamed(vectors, "policy");
  const formats::Challenge challenge = formats::DecodeChallenge(of_challenge).value();
  const formats::Enrolment enrolment = formats::DecodeEnrolment(of_device).value();
  const formats::AppraisalPolicy policy = formats::DecodeAppraisalPolicy(of_policy).value();
  const UnixTime now{vectors.at("now").get<std::uint64_t>()};
  const auto believed = Appraise(TestProvider(), {evidence, challenge, enrolment, policy, now}).value();
  EXPECT_EQ(FailedOf(*believed), std::vector<std::string>{});
  const auto other = Appraise(TestProvider(), {answer, challenge, enrolment, policy, now}).value();
  EXPECT_EQ(FailedOf(*other), std::vector<std::string>{"nonce"});
}

}  // namespace
}  // namespace edgekeep::attest
