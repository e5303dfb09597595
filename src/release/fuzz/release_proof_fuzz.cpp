// Whatever decodes as a release proof is one sequence of bytes only; nothing but the keys believed makes it trusted.
// Keys and release are those of spec/vectors/release-proof.json, whose accepted proofs are seeds.
#include <array>
#include <cstdlib>
#include <vector>

#include "edgekeep/base/hex.h"
#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/release/release_proof.h"

namespace {

using namespace edgekeep;

constexpr std::string_view kPolicy =
    "log log.example/edgekeep+3cba1fc6+AYHmcTgrxeK0V+Jl6k9rtVt7lzY4o0gPN4raHA5Di9EI\n"
    "quorum none\n";
constexpr std::string_view kNotary = "9b84534f1d9538d3a888a531ec3d3f3d791bc7cbde12294807bc621190186476";
constexpr std::array<std::uint8_t, 1> kClasses = {1};

void CheckRoundTrip(ByteView input, const formats::ReleaseProof& proof) {
  std::vector<std::uint8_t> buffer(input.size());
  CborWriter out(buffer);
  if (!formats::EncodeReleaseProof(proof, out) || !Equal(out.written(), input)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto provider = crypto::NewOpenSslProvider().value();
  static const auto policy = release::log::Policy::Parse(*provider, kPolicy).value();
  std::array<std::uint8_t, 32> key;
  if (!FromHex(kNotary, key)) std::abort();
  formats::Holder notary{.name = "notary", .keys = {}};
  if (!notary.keys.PushBack({.algorithm = 0x0101, .bytes = key})) std::abort();
  const ByteView input(data, size);
  const auto proof = formats::DecodeReleaseProof(input);
  if (!proof) return 0;
  CheckRoundTrip(input, *proof);
  const auto entry = formats::DecodeLogEntry(proof->release.entry);
  const ByteView release = entry ? entry->content : ByteView();
  const release::ProofDemands demands{
      .log = policy, .notaries = {&notary, 1}, .required_classes = kClasses, .min_independent_witnesses = 0};
  const auto verified = release::VerifyReleaseProof(*provider, demands, input, release);
  const auto verdict = release::ReadVerdict(input);
  if (verified && (!verdict || !verdict->is_favourable())) std::abort();
  return 0;
}
