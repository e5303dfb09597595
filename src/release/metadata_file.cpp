#include "metadata_file.h"

#include <algorithm>
#include <array>

#include "date_time.h"
#include "edgekeep/release/limits.h"
#include "structure.h"

namespace edgekeep::release {
namespace {

using json::Node;

// Each value takes two bytes of text at least, and in memory some forty times as much: hence the second bound.
json::Document::Bounds BoundsFor(std::size_t num_bytes) {
  constexpr std::size_t kMaxValues = std::size_t{1} << 18;
  return {.max_bytes = num_bytes, .max_depth = 32, .max_values = std::min(num_bytes / 2 + 1, kMaxValues)};
}

struct Type {
  std::string_view name;
  Status (*check)(Node content);
};

Type TypeOf(FileType type) {
  switch (type) {
    case FileType::kRoot:
      return {"root", CheckRoot};
    case FileType::kTimestamp:
      return {"timestamp", CheckTimestamp};
    case FileType::kSnapshot:
      return {"snapshot", CheckSnapshot};
    case FileType::kTargets:
      break;
  }
  return {"targets", CheckTargets};
}

// "1.0.34", and in old metadata "1.0": whatever the minor version says, a file of version 1 is read alike.
Status CheckSpecVersion(Node node) {
  EK_TRY_ASSIGN(const std::string_view version, node.AsText());
  const bool is_number = std::ranges::all_of(version, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
  if (!is_number) return Error(ErrorCode::kMalformed, "version of the specification");
  if (!version.starts_with("1.")) return Error(ErrorCode::kUnsupported, "version of the specification");
  return {};
}

// A key id twice makes the whole file bad: which of the two signatures would be the key's?
Status CheckSignatures(Node signatures) {
  if (!signatures.is_array()) return Error(ErrorCode::kMalformed, "signatures");
  if (signatures.size() > kMaxSignatures) return Error(ErrorCode::kTooLarge, "number of signatures");
  for (std::size_t i = 0; i < signatures.size(); ++i) {
    EK_TRY_ASSIGN(const std::string_view id, signatures[i].Find("keyid").AsText());
    EK_TRY(signatures[i].Find("sig").AsText());
    for (std::size_t earlier = 0; earlier < i; ++earlier) {
      if (*signatures[earlier].Find("keyid").AsText() == id) return Error(ErrorCode::kMalformed, "key id signs twice");
    }
  }
  return {};
}

}  // namespace

FileType FileTypeOf(std::string_view role) {
  if (role == "root") return FileType::kRoot;
  if (role == "timestamp") return FileType::kTimestamp;
  return role == "snapshot" ? FileType::kSnapshot : FileType::kTargets;
}

Result<MetadataFile> MetadataFile::Parse(ByteView bytes, FileType type) {
  EK_TRY_ASSIGN(json::Document document, json::Document::Parse(bytes, BoundsFor(bytes.size())));
  const Type expected = TypeOf(type);
  EK_TRY(CheckSignatures(document.root().Find("signatures")));
  const Node content = document.root().Find("signed");
  EK_TRY_ASSIGN(const std::string_view name, content.Find("_type").AsText());
  if (name != expected.name) return Error(ErrorCode::kMalformed, "type of metadata");
  EK_TRY(CheckSpecVersion(content.Find("spec_version")));
  EK_TRY_ASSIGN(const std::uint64_t version, ReadPositive(content.Find("version")));
  EK_TRY_ASSIGN(const std::string_view expires, content.Find("expires").AsText());
  EK_TRY_ASSIGN(const UnixTime time, ParseDateTime(expires));
  EK_TRY(expected.check(content));
  return MetadataFile(std::move(document), version, time);
}

}  // namespace edgekeep::release
