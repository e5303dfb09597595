#include "edgekeep/author/signing_folder.h"

#include <map>

#include "edgekeep/files/new_directory.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/json/text.h"
#include "edgekeep/release/release_statement.h"
#include "edgekeep/release/signed_message.h"
#include "folder_entries.h"
#include "metadata_json.h"
#include "metadata_signing.h"
#include "signed_file.h"

namespace edgekeep::author {
namespace {

// By key id; the first right one counts.
using Signatures = std::map<std::string, std::string>;

std::string SignedDirectory(const std::string& path) {
  return path + "/signed";
}

// What `signature` is worth: something when a key that one of the roots names made it.
bool IsRight(const Context& context, const release::SignedMessage& message, const std::vector<MetadataText>& roots,
             const std::string& id, std::string_view hex) {
  for (const MetadataText& root : roots) {
    const json::Node key = root.content().Find("keys").Find(id);
    if (key && release::VerifySignature(context.provider, message, key, hex)) return true;
  }
  return false;
}

void Take(const Context& context, const release::SignedMessage& message, const std::vector<MetadataText>& roots,
          ByteView file, Signatures& taken) {
  for (const ClaimedSignature& one : ReadSignedFile(file)) {
    if (taken.contains(one.key_id)) continue;
    if (IsRight(context, message, roots, one.key_id, one.hex)) taken.emplace(one.key_id, one.hex);
  }
}

}  // namespace

Done SigningFolder::Create(const std::string& path, const json::Object& content, const std::vector<NamedFile>& files) {
  EK_TRY_ASSIGN(files::NewDirectory directory, At(path, files::NewDirectory::Create(path)));
  const std::string text = json::Write(json::Object().Set("signatures", json::Array()).Set("signed", content)) + "\n";
  EK_TRY(At(path, files::WriteNewFile(directory.path() + "/content.json", files::Access::kPublic, AsBytes(text))));
  for (const NamedFile& file : files) {
    EK_TRY(
        At(path, files::WriteNewFile(directory.path() + "/" + file.name, files::Access::kPublic, AsBytes(file.bytes))));
  }
  return At(path, directory.Commit());
}

Outcome<SigningFolder> SigningFolder::Open(const Context& context, const std::string& path) {
  const std::string file = path + "/content.json";
  EK_TRY_ASSIGN(MetadataText metadata, ReadMetadata(context, file));
  EK_TRY_ASSIGN(const std::string_view type, At(file, metadata.content().Find("_type").AsText()));
  EK_TRY_ASSIGN(const release::MetadataFacts facts, At(file, release::ReadMetadataFacts(type, metadata.bytes())));
  SigningFolder folder;
  folder.path_ = path;
  folder.digest_ = metadata.digest;
  folder.role_ = type;
  folder.version_ = facts.version;
  folder.text_ = std::move(metadata.text);
  return folder;
}

Done SigningFolder::Sign(const Context& context, const ReleaseKeys& keys) const {
  EK_TRY_ASSIGN(const MetadataText metadata, ParseMetadata(context, text_, path_));
  EK_TRY_ASSIGN(const json::Array signatures, SignaturesOver(context, metadata.content(), keys));
  json::Object object;
  object.Set("holder", keys.holder.name).Set("content", HexText(digest_.view())).Set("signatures", signatures);
  const std::string text = json::Write(object) + "\n";
  return AddByContent(context.provider, SignedDirectory(path_), keys.holder.name, ".json", AsBytes(text));
}

Outcome<std::string> SigningFolder::Assemble(const Context& context, const std::vector<std::string>& roots) const {
  EK_TRY_ASSIGN(const MetadataText metadata, ParseMetadata(context, text_, path_));
  EK_TRY_ASSIGN(const release::SignedMessage message,
                At(path_, release::SignedMessage::Of(context.provider, metadata.content())));
  std::vector<MetadataText> naming;
  for (const std::string& root : roots) {
    EK_TRY_ASSIGN(MetadataText parsed, ParseMetadata(context, root, "root"));
    naming.push_back(std::move(parsed));
  }
  const std::string directory = SignedDirectory(path_);
  EK_TRY_ASSIGN(const std::vector<std::string> names, EntriesOf(directory, ".json"));
  Signatures taken;
  for (const std::string& name : names) {
    const Result<Bytes> file = files::ReadFile(directory + "/" + name, kMaxSignedFile);
    if (file) Take(context, message, naming, file->view(), taken);
  }
  json::Array signatures;
  for (const auto& [id, hex] : taken) signatures.emplace_back(json::Object().Set("keyid", id).Set("sig", hex));
  const json::Value content = ValueOf(metadata.content());
  EK_TRY_ASSIGN(const json::Object* object, At(path_, content.AsObject()));
  EK_TRY_ASSIGN(MetadataText assembled, WriteMetadata(context, *object, signatures));
  return std::move(assembled.text);
}

}  // namespace edgekeep::author
