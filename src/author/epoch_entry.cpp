#include "edgekeep/author/epoch_entry.h"

#include "ceremony_entries.h"
#include "edgekeep/files/new_directory.h"
#include "edgekeep/formats/log_entry.h"

namespace edgekeep::author {
namespace {

Outcome<std::vector<CeremonyContent>> EpochContents(const EpochNotice& notice) {
  if (notice.epoch.value < 2) {
    return Failure{ErrorCode::kBadArgument, "no epoch that anybody begins", std::to_string(notice.epoch.value),
                   "the first one begins with the product; name the next one"};
  }
  EK_TRY_ASSIGN(Bytes bytes, At("entry", Bytes::Allocate(formats::kMaxLogContentSize)));
  CborWriter writer(bytes.mutable_view());
  EK_TRY(At("--reason", formats::EncodeEpochChange(
                            {.product = notice.product, .epoch = notice.epoch, .reason = notice.reason}, writer)));
  bytes.Truncate(writer.written().size());
  std::vector<CeremonyContent> contents;
  contents.push_back({"epoch-change", std::move(bytes)});
  return contents;
}

}  // namespace

Done SignEpochEntry(const Context& context, const EpochNotice& notice, const std::string& folder,
                    const ReleaseKeys& keys) {
  EK_TRY_ASSIGN(const auto contents, EpochContents(notice));
  EK_TRY(At(folder, files::EnsureDirectory(folder)));
  return SignCeremonyContents(context, folder, contents, keys);
}

Outcome<CeremonyEntry> JoinEpochEntry(const Context& context, const EpochNotice& notice, const std::string& folder,
                                      const std::string& root) {
  EK_TRY_ASSIGN(const auto contents, EpochContents(notice));
  EK_TRY_ASSIGN(auto entries, JoinCeremonyEntries(context, folder, contents, {root, "", Counted::kPeople}));
  return std::move(entries.front());
}

Done CheckEpochEntry(const Context& context, const std::string& entry, const std::string& root,
                     const ProductName& product, Epoch epoch) {
  const ByteView bytes = AsBytes(entry);
  EK_TRY_ASSIGN(const auto object, At("entry", formats::DecodeSignedObject(formats::typ::kLogEntry, bytes)));
  EK_TRY_ASSIGN(const formats::EpochChange change, At("entry", formats::DecodeEpochChange(object.payload)));
  if (!(change.product == product)) {
    return Failure{ErrorCode::kWrongProduct, "an entry about another product", std::string(change.product.view()),
                   "have the root's holders sign one about " + std::string(product.view())};
  }
  if (change.epoch != epoch) {
    return Failure{ErrorCode::kWrongVersion, "an entry about epoch " + std::to_string(change.epoch.value),
                   std::string(product.view()), "the next one is " + std::to_string(epoch.value)};
  }
  JointStatement statement{formats::typ::kLogEntry, object.payload, {}};
  EK_TRY_ASSIGN(Bytes copy, At("entry", Bytes::Copy(bytes)));
  statement.files.push_back(std::move(copy));
  EK_TRY_ASSIGN(const JointSignatures count, CountSigners(context, statement, {root, "", Counted::kPeople}));
  if (count.IsComplete()) return {};
  return Failure{ErrorCode::kBadSignature, "too few holders of the root signed the log's entry",
                 std::string(product.view()), "join what more of them signed with 'epoch entry'"};
}

}  // namespace edgekeep::author
