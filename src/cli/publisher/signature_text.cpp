#include "signature_text.h"

#include "wording.h"

namespace edgekeep::cli::publisher {

json::Array ToJson(const std::vector<author::SignatureView>& signatures) {
  json::Array list;
  for (const author::SignatureView& signature : signatures) {
    json::Object entry;
    entry.Set("algorithm", signature.algorithm).Set("kid", Hex(signature.kid.view()));
    list.emplace_back(std::move(entry));
  }
  return list;
}

std::string ToText(const std::vector<author::SignatureView>& signatures) {
  std::string text;
  for (const author::SignatureView& signature : signatures) {
    text += Line("  signature   " + signature.algorithm + " by key " + Hex(signature.kid.view()));
  }
  return text;
}

json::Value VerificationToJson(const std::optional<author::Verification>& verified) {
  if (!verified) return false;
  json::Object object;
  object.Set("publisher", verified->publisher).Set("fingerprint", Hex(verified->fingerprint.view()));
  return object;
}

std::string VerificationToText(const std::optional<author::Verification>& verified, const std::string& role) {
  if (!verified) {
    return "Signatures were not checked: give --trust publisher.ekt. Without it anybody may have written all of this.";
  }
  return Line("Signed by " + role + " of publisher " + verified->publisher +
              ", in every required class. Its fingerprint:") +
         Grouped(verified->fingerprint);
}

}  // namespace edgekeep::cli::publisher
