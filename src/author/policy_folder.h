// The folder of a statement that several people sign: a trust policy, a repair of time, an order.
#pragma once
#include <vector>

#include "edgekeep/author/policy_ceremony.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::author {

class PolicyFolder {
 public:
  static Done Create(const std::string& path, std::string_view type, ByteView payload);
  static Outcome<PolicyFolder> Open(const Context& context, const std::string& path);

  bool is_policy() const noexcept { return type_ == formats::typ::kTrustPolicy; }

  std::string_view type() const noexcept { return type_; }

  ByteView payload() const noexcept { return payload_.view(); }

  const Digest& digest() const noexcept { return digest_; }

  Done Sign(const Context& context, const ReleaseKeys& keys) const;

  // What people added, each a signed object over this very payload; anything else in the folder is passed over.
  Outcome<std::vector<Bytes>> Signed() const;

 private:
  PolicyFolder() = default;

  std::string path_;
  std::string_view type_;
  Bytes payload_;
  Digest digest_;
};

}  // namespace edgekeep::author
