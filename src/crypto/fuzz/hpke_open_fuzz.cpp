// Opens arbitrary bytes, and changed copies of a good message, by each HPKE suite: nothing but the good message opens.
#include <cstdlib>
#include <vector>

#include "edgekeep/base/check.h"
#include "edgekeep/crypto/hpke.h"
#include "edgekeep/crypto/openssl/provider.h"

namespace edgekeep::crypto {
namespace {

constexpr std::string_view kInfo = "info";
constexpr std::string_view kAad = "aad";

// A recipient of one suite, and a message sealed to it.
struct Target {
  HpkeSuite suite;
  SoftwareHpkeRecipient recipient;
  HpkeMessage message;
};

const Provider& TheProvider() {
  static const std::unique_ptr<Provider> provider = NewOpenSslProvider().value();
  return *provider;
}

Target MakeTarget(HpkeSuiteId id) {
  const HpkeSuite suite = FindHpkeSuite(id).value();
  SoftwareHpkeRecipient recipient = SoftwareHpkeRecipient::Generate(TheProvider(), suite.kem).value();
  HpkeMessage message =
      HpkeSeal(TheProvider(), suite, recipient.public_key(), AsBytes(kInfo), AsBytes(kAad), AsBytes("content key"))
          .value();
  return Target{.suite = suite, .recipient = std::move(recipient), .message = std::move(message)};
}

const Target& TargetFor(std::uint8_t choice) {
  static const Target targets[] = {MakeTarget(HpkeSuiteId{1}), MakeTarget(HpkeSuiteId{2}), MakeTarget(HpkeSuiteId{3})};
  return targets[choice % 3];
}

bool Opens(const Target& target, ByteView enc, ByteView ciphertext) {
  const auto opened =
      HpkeOpen(TheProvider(), target.suite, target.recipient, enc, AsBytes(kInfo), AsBytes(kAad), ciphertext);
  const bool refused =
      !opened && (opened.error().code() == ErrorCode::kDenied || opened.error().code() == ErrorCode::kMalformed);
  EK_CHECK(opened || refused);
  return opened.has_value();
}

std::vector<std::uint8_t> Changed(ByteView good, ByteView changes) {
  std::vector<std::uint8_t> bytes(good.begin(), good.end());
  for (std::size_t i = 0; i < changes.size() && i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(bytes[i] ^ changes[i]);
  }
  return bytes;
}

void Run(ByteView input) {
  if (input.size() < 2) return;
  const Target& target = TargetFor(input[0]);
  const bool arbitrary = (input[1] & 1) != 0;
  const ByteView rest = input.subspan(2);
  const std::size_t split = std::min(rest.size(), target.message.enc.size());
  if (arbitrary) {
    EK_CHECK(!Opens(target, rest.first(split), rest.subspan(split)));
    return;
  }
  const auto enc = Changed(target.message.enc.view(), rest.first(split));
  const auto ciphertext = Changed(target.message.ciphertext.view(), rest.subspan(split));
  const bool same = Equal(enc, target.message.enc.view()) && Equal(ciphertext, target.message.ciphertext.view());
  EK_CHECK(Opens(target, enc, ciphertext) == same);
}

}  // namespace
}  // namespace edgekeep::crypto

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  edgekeep::crypto::Run({data, size});
  return 0;
}
