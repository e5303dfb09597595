#include "policy_folder.h"

#include <array>

#include "edgekeep/crypto/digest.h"
#include "edgekeep/files/new_directory.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/files/read_file.h"
#include "folder_entries.h"

namespace edgekeep::author {
namespace {

constexpr std::string_view kSignedSuffix = ".eko";

struct Kind {
  std::string_view file;
  std::string_view type;
};

constexpr std::array kKinds = {Kind{"/trust-policy.cbor", formats::typ::kTrustPolicy},
                               Kind{"/time-repair.cbor", formats::typ::kTimeRepair},
                               Kind{"/order.cbor", formats::typ::kOrder}};

std::string SignedPath(const std::string& path) {
  return path + "/signed";
}

}  // namespace

Done PolicyFolder::Create(const std::string& path, std::string_view type, ByteView payload) {
  EK_TRY_ASSIGN(files::NewDirectory directory, At(path, files::NewDirectory::Create(path)));
  for (const Kind& kind : kKinds) {
    if (kind.type != type) continue;
    const std::string file = directory.path() + std::string(kind.file);
    EK_TRY(At(path, files::WriteNewFile(file, files::Access::kPublic, payload)));
  }
  return At(path, directory.Commit());
}

Outcome<PolicyFolder> PolicyFolder::Open(const Context& context, const std::string& path) {
  for (const Kind& kind : kKinds) {
    Result<Bytes> payload = files::ReadFile(path + std::string(kind.file), formats::kMaxTrustPolicySize);
    if (!payload) continue;
    PolicyFolder folder;
    folder.path_ = path;
    folder.type_ = kind.type;
    EK_TRY_ASSIGN(folder.digest_, At(path, crypto::Sha256(context.provider, {payload->view()})));
    folder.payload_ = *std::move(payload);
    return folder;
  }
  return Failure{ErrorCode::kNotFound, "no trust policy, repair of time or order", path,
                 "name a folder that 'policy write', 'policy repair-time' or 'order write' made"};
}

Done PolicyFolder::Sign(const Context& context, const ReleaseKeys& keys) const {
  EK_TRY_ASSIGN(const Bytes object,
                At(path_, sealing::SignObject(context.provider, type_, payload(), keys.keys.pointers())));
  return AddByContent(context.provider, SignedPath(path_), keys.holder.name, kSignedSuffix, object.view());
}

Outcome<std::vector<Bytes>> PolicyFolder::Signed() const {
  EK_TRY_ASSIGN(const auto names, EntriesOf(SignedPath(path_), kSignedSuffix));
  std::vector<Bytes> found;
  for (const std::string& name : names) {
    Result<Bytes> object = files::ReadFile(SignedPath(path_) + "/" + name, formats::kMaxSignedTrustPolicy);
    if (!object) continue;
    const auto decoded = formats::DecodeSignedObject(type_, object->view());
    if (decoded && Equal(decoded->payload, payload())) found.push_back(*std::move(object));
  }
  return found;
}

}  // namespace edgekeep::author
