#include "ceremony_entries.h"

#include "edgekeep/files/read_file.h"
#include "edgekeep/formats/log_entry.h"
#include "folder_entries.h"
#include "joint_statement.h"

namespace edgekeep::author {
namespace {

constexpr std::string_view kEntrySuffix = ".ekl";

bool SameRole(const RoleView& one, const RoleView& other) {
  return one.threshold == other.threshold && one.keys == other.keys;
}

Result<Bytes> EncodeCeremony(const formats::KeyCeremony& ceremony) {
  EK_TRY_ASSIGN(Bytes buffer, Bytes::Allocate(formats::kMaxLogContentSize));
  CborWriter writer(buffer.mutable_view());
  EK_TRY(formats::EncodeKeyCeremony(ceremony, writer));
  buffer.Truncate(writer.written().size());
  return buffer;
}

Result<Bytes> ContentOfRole(const std::string& role, const RoleView& view, formats::KeyCeremony ceremony) {
  ceremony.role = role;
  ceremony.threshold = static_cast<std::uint32_t>(view.threshold);
  for (const auto& [holder, ids] : view.keys) EK_TRY(ceremony.holders.PushBack(holder));
  return EncodeCeremony(ceremony);
}

// Signed objects over `content`; others in the folder are passed over.
Outcome<JointStatement> StatementsOver(const std::string& folder, const CeremonyContent& content) {
  JointStatement statement{formats::typ::kLogEntry, content.content.view(), {}};
  const std::string directory = folder + "/entries";
  EK_TRY_ASSIGN(const auto names, EntriesOf(directory, kEntrySuffix));
  for (const std::string& name : names) {
    if (!name.starts_with(content.stem + "-")) continue;
    constexpr std::size_t kMaxFile = formats::MaxSignedObjectSize(formats::kMaxLogContentSize, formats::kMaxSignatures);
    Result<Bytes> file = files::ReadFile(directory + "/" + name, kMaxFile);
    if (!file) continue;
    const auto object = formats::DecodeSignedObject(statement.type, file->view());
    if (object && Equal(object->payload, statement.payload)) statement.files.push_back(*std::move(file));
  }
  return statement;
}

}  // namespace

Outcome<std::vector<CeremonyContent>> CeremonyContents(std::uint64_t version, const Digest& digest,
                                                       const std::map<std::string, RoleView>& roles,
                                                       const std::map<std::string, RoleView>& before) {
  using enum formats::CeremonyKind;
  std::vector<CeremonyContent> contents;
  for (const std::string role : {"root", "targets"}) {
    const RoleView& view = roles.at(role);
    const auto was = before.find(role);
    const bool is_same = was != before.end() && SameRole(view, was->second);
    if (is_same && role != "root") continue;
    const auto kind = was == before.end() ? kCreated : is_same ? kRotated : kReplaced;
    EK_TRY_ASSIGN(
        Bytes content,
        At("entry",
           ContentOfRole(role, view, {.kind = kind, .metadata_version = version, .metadata = digest, .holders = {}})));
    contents.push_back({"key-ceremony-" + role, std::move(content)});
  }
  return contents;
}

Done SignCeremonyContents(const Context& context, const std::string& folder,
                          const std::vector<CeremonyContent>& contents, const ReleaseKeys& keys) {
  for (const CeremonyContent& content : contents) {
    EK_TRY_ASSIGN(const Bytes object, At(folder, sealing::SignObject(context.provider, formats::typ::kLogEntry,
                                                                     content.content.view(), keys.keys.pointers())));
    EK_TRY(AddByContent(context.provider, folder + "/entries", content.stem + "-" + keys.holder.name, kEntrySuffix,
                        object.view()));
  }
  return {};
}

Outcome<std::vector<CeremonyEntry>> JoinCeremonyEntries(const Context& context, const std::string& folder,
                                                        const std::vector<CeremonyContent>& contents,
                                                        const CountedRoots& roots) {
  std::vector<CeremonyEntry> entries;
  for (const CeremonyContent& content : contents) {
    EK_TRY_ASSIGN(const JointStatement statement, StatementsOver(folder, content));
    EK_TRY_ASSIGN(const JointSignatures count, CountSigners(context, statement, roots));
    if (!count.IsComplete()) {
      return Failure{ErrorCode::kBadSignature, "too few holders signed the log's entry", folder,
                     "copy all folders together, 'entries' too; have them sign once more"};
    }
    EK_TRY_ASSIGN(const Bytes object, JoinSignatures(context, statement, count, folder));
    entries.push_back({content.stem + std::string(kEntrySuffix), std::string(AsText(object.view()))});
  }
  return entries;
}

}  // namespace edgekeep::author
