#include "log_signing.h"

#include <vector>

#include "edgekeep/base/hex.h"
#include "edgekeep/crypto/subject_public_key.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/signed_object.h"
#include "folder_entries.h"

namespace edgekeep::author {
namespace {

constexpr std::string_view kSuffix = ".ekl";
constexpr std::size_t kMaxEntryFile =
    formats::MaxSignedObjectSize(formats::kMaxLogContentSize, formats::kMaxSignatures);

std::string EntriesDirectory(const std::string& folder) {
  return folder + "/entries";
}

Done Add(const Context& context, const std::string& folder, const std::string& stem, ByteView content,
         const ReleaseKeys& keys) {
  EK_TRY_ASSIGN(const Bytes object, At(folder, sealing::SignObject(context.provider, formats::typ::kLogEntry, content,
                                                                   keys.keys.pointers())));
  return AddByContent(context.provider, EntriesDirectory(folder), stem, kSuffix, object.view());
}

// A holder's keys as a root has them. The holder borrows from `storage`.
struct HolderOfRoot {
  std::vector<Bytes> storage;
  std::string name;
  formats::Holder holder;
};

Result<formats::PublicKey> ReadKey(json::Node key, std::vector<Bytes>& storage) {
  EK_TRY_ASSIGN(const std::string_view text, key.Find("keyval").Find("public").AsText());
  EK_TRY_ASSIGN(const std::string_view type, key.Find("keytype").AsText());
  if (type == "ed25519") {
    EK_TRY_ASSIGN(Bytes raw, DecodeHex(text));
    const Bytes& kept = storage.emplace_back(std::move(raw));
    return formats::PublicKey{static_cast<std::uint16_t>(crypto::AlgorithmId::kEd25519), kept.view()};
  }
  EK_TRY_ASSIGN(Bytes der, crypto::DecodePublicKeyPem(text));
  const Bytes& kept = storage.emplace_back(std::move(der));
  EK_TRY_ASSIGN(const crypto::SubjectPublicKey found, crypto::ReadSubjectPublicKey(kept.view()));
  return formats::PublicKey{static_cast<std::uint16_t>(found.algorithm), found.key};
}

Result<std::vector<HolderOfRoot>> HoldersOf(const MetadataText& root) {
  std::vector<HolderOfRoot> holders;
  const json::Node keys = root.content().Find("keys");
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Result<std::string_view> name = keys[i].Find("x-edgekeep-holder").AsText();
    if (!name) continue;
    auto found = holders.begin();
    while (found != holders.end() && found->name != *name) ++found;
    if (found == holders.end()) found = holders.insert(found, HolderOfRoot{{}, std::string(*name), {}});
    EK_TRY_ASSIGN(const formats::PublicKey key, ReadKey(keys[i], found->storage));
    EK_TRY(found->holder.keys.PushBack(key));
  }
  for (HolderOfRoot& one : holders) one.holder.name = one.name;
  return holders;
}

Result<Bytes> ReadSignedBy(const Context& context, const std::string& path, const HolderOfRoot& holder) {
  EK_TRY_ASSIGN(const Bytes file, files::ReadFile(path, kMaxEntryFile));
  EK_TRY_ASSIGN(const sealing::VerifiedPayload verified,
                sealing::VerifyObject(context.provider, formats::typ::kLogEntry, file.view(), {&holder.holder, 1},
                                      kReleaseClasses));
  return Bytes::Copy(verified.payload());
}

template <typename Encode>
Outcome<Bytes> Encoded(std::size_t max_size, Encode encode) {
  EK_TRY_ASSIGN(Bytes buffer, At("entry", Bytes::Allocate(max_size)));
  CborWriter writer(buffer.mutable_view());
  EK_TRY(At("entry", encode(writer)));
  const std::size_t size = writer.written().size();
  buffer.Truncate(size);
  return buffer;
}

}  // namespace

Done AddReleaseEntry(const Context& context, const std::string& folder, ByteView content, const ReleaseKeys& author) {
  return Add(context, folder, "release", content, author);
}

Done AddApproval(const Context& context, const std::string& folder, const formats::ContentDigest& release,
                 const ReleaseKeys& holder) {
  const formats::Approval approval{release, holder.holder.name};
  EK_TRY_ASSIGN(const Bytes content,
                Encoded(512, [&](CborWriter& out) { return formats::EncodeApproval(approval, out); }));
  return Add(context, folder, "approval-" + holder.holder.name, content.view(), holder);
}

Done AddRejection(const Context& context, const std::string& folder, const formats::ContentDigest& release,
                  const std::string& reason, const ReleaseKeys& holder) {
  const formats::Rejection rejection{release, holder.holder.name, reason};
  EK_TRY_ASSIGN(const Bytes content,
                Encoded(2048, [&](CborWriter& out) { return formats::EncodeRejection(rejection, out); }));
  return Add(context, folder, "rejection-" + holder.holder.name, content.view(), holder);
}

Done CheckReleaseEntry(const Context& context, const std::string& folder, const MetadataText& root, ByteView content,
                       const std::string& author) {
  EK_TRY_ASSIGN(const auto holders, At("root", HoldersOf(root)));
  EK_TRY_ASSIGN(const auto names, EntriesOf(EntriesDirectory(folder), kSuffix));
  for (const HolderOfRoot& holder : holders) {
    if (holder.name != author) continue;
    for (const std::string& name : names) {
      if (!name.starts_with("release-")) continue;
      const Result<Bytes> payload = ReadSignedBy(context, EntriesDirectory(folder) + "/" + name, holder);
      if (payload && Equal(payload->view(), content)) return {};
    }
  }
  return Failure{ErrorCode::kBadSignature, "not signed by its author " + author, folder, "ask the author about it"};
}

Outcome<std::vector<std::pair<std::string, std::string>>> ReadRejections(const Context& context,
                                                                         const std::string& folder,
                                                                         const MetadataText& root,
                                                                         const formats::ContentDigest& release) {
  EK_TRY_ASSIGN(const auto holders, At("root", HoldersOf(root)));
  EK_TRY_ASSIGN(const auto names, EntriesOf(EntriesDirectory(folder), kSuffix));
  std::vector<std::pair<std::string, std::string>> found;
  for (const std::string& name : names) {
    if (!name.starts_with("rejection-")) continue;
    for (const HolderOfRoot& holder : holders) {
      const Result<Bytes> payload = ReadSignedBy(context, EntriesDirectory(folder) + "/" + name, holder);
      if (!payload) continue;
      const Result<formats::Rejection> rejection = formats::DecodeRejection(payload->view());
      if (rejection && rejection->release == release && rejection->holder == holder.name) {
        found.emplace_back(holder.name, rejection->reason);
      }
    }
  }
  return found;
}

}  // namespace edgekeep::author
