#include "release_arguments.h"

#include <array>

#include "edgekeep/author/root_chain.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/files/new_directory.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/formats/trust_policy.h"
#include "times.h"
#include "wording.h"

namespace edgekeep::cli::publisher {

author::Outcome<std::string> ReadText(const std::string& path) {
  constexpr std::size_t kMaxMetadata = 5'000'000;
  EK_TRY_ASSIGN(const Bytes bytes, author::At(path, files::ReadFile(path, kMaxMetadata)));
  return std::string(AsText(bytes.view()));
}

author::Outcome<std::string> ReadRoot(const std::string& path) {
  EK_TRY_ASSIGN(std::string root, ReadText(path));
  EK_TRY(author::CheckIsRoot(root, path));
  return root;
}

author::Outcome<std::string> ReadRootIfAny(const std::string& path) {
  if (path.empty()) return std::string();
  return ReadRoot(path);
}

author::Outcome<author::OrderTrust> ReadOrderTrust(const OrderTrustFiles& from) {
  author::OrderTrust trust;
  EK_TRY_ASSIGN(trust.policy, author::At(from.policy, files::ReadFile(from.policy, formats::kMaxSignedTrustPolicy)));
  EK_TRY(author::At(from.policy, formats::DecodeSignedObject(formats::typ::kTrustPolicy, trust.policy.view())));
  EK_TRY_ASSIGN(trust.root, ReadRoot(from.root));
  EK_TRY_ASSIGN(trust.policy_root, ReadRootIfAny(from.policy_root));
  EK_TRY_ASSIGN(trust.root_before, ReadRootIfAny(from.root_before));
  return trust;
}

author::Outcome<author::ReleaseKeys> OpenKeys(const Session& session, const std::string& directory) {
  EK_TRY_ASSIGN(const SecretBytes passphrase, session.Passphrase());
  return author::OpenReleaseKeys(session.context, directory, passphrase);
}

author::Outcome<Digest> ParseDigest(const std::string& hex) {
  Digest digest;
  if (FromHex(hex, digest.mutable_view())) return digest;
  return author::Failure{ErrorCode::kBadArgument, "no digest", "'" + hex + "'",
                         "take the 64 characters that the review showed"};
}

author::Outcome<UnixTime> ParseExpiry(const Session& session, const std::string& text, std::uint64_t days) {
  if (text.empty()) return UnixTime{session.context.now.value + days * 86400};
  return author::At("'" + text + "'", ParseTime(text, DayEdge::kEnd));
}

author::Done WriteEntries(const std::string& directory, const std::vector<author::CeremonyEntry>& entries) {
  EK_TRY_ASSIGN(files::NewDirectory made, author::At(directory, files::NewDirectory::Create(directory)));
  for (const author::CeremonyEntry& entry : entries) {
    const std::string path = made.path() + "/" + entry.name;
    EK_TRY(author::At(directory, files::WriteNewFile(path, files::Access::kPublic, AsBytes(entry.object))));
  }
  return author::At(directory, made.Commit());
}

std::string TallyText(const author::Tally& tally) {
  std::string text = std::to_string(tally.num_signed()) + " of " + std::to_string(tally.threshold) + " needed:";
  for (const author::Standing& one : tally.holders) {
    text += (&one == tally.holders.data() ? " " : ", ") + one.holder + (one.signed_all ? " signed" : " not yet");
  }
  return text;
}

json::Object TallyJson(const author::Tally& tally) {
  json::Array holders;
  for (const author::Standing& one : tally.holders) {
    holders.emplace_back(json::Object().Set("holder", one.holder).Set("signed", one.signed_all));
  }
  json::Object object;
  object.Set("role", tally.role).Set("needed", tally.threshold).Set("signed", tally.num_signed());
  return object.Set("holders", holders);
}

std::string HoldersText(const std::vector<author::ListedHolder>& holders) {
  std::string text = "Fingerprints, to be compared with what each holder says by another channel:\n";
  for (const author::ListedHolder& one : holders) {
    text += "  " + author::ShortText(one.fingerprint) + "  " + one.name + " (";
    for (const std::string& role : one.roles) text += (&role == one.roles.data() ? "" : ", ") + role;
    text += ")";
    if (one.change == author::HolderChange::kNew) text += "  NEW";
    if (one.change == author::HolderChange::kOtherKeys) text += "  OTHER KEYS than in the root before";
    text += "\n";
  }
  return text;
}

json::Array HoldersJson(const std::vector<author::ListedHolder>& holders) {
  constexpr std::array kChanges = {"none", "new", "other-keys"};
  json::Array list;
  for (const author::ListedHolder& one : holders) {
    json::Array roles;
    for (const std::string& role : one.roles) roles.emplace_back(role);
    json::Object object;
    object.Set("holder", one.name).Set("roles", roles).Set("fingerprint", Hex(one.fingerprint.digest.view()));
    list.emplace_back(object.Set("change", kChanges.at(static_cast<std::size_t>(one.change))));
  }
  return list;
}

author::Outcome<std::optional<author::PublicHolder>> ReadNewKeys(const std::string& path) {
  if (path.empty()) return std::optional<author::PublicHolder>();
  EK_TRY_ASSIGN(author::PublicHolder holder, author::ReadPublicHolder(path));
  return std::optional(std::move(holder));
}

}  // namespace edgekeep::cli::publisher
