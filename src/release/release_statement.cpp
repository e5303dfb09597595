#include "edgekeep/release/release_statement.h"

#include "edgekeep/base/hex.h"
#include "edgekeep/crypto/digest.h"
#include "metadata_file.h"

namespace edgekeep::release {
namespace {

using json::Node;

constexpr std::size_t kMaxReleaseContent = 1024;

Result<Digest> ReadDigest(Node node) {
  EK_TRY_ASSIGN(const std::string_view hex, node.AsText());
  Digest digest;
  EK_TRY(FromHex(hex, digest.mutable_view()));
  return digest;
}

Result<std::optional<Digest>> ReadOptionalDigest(Node node) {
  if (!node) return std::optional<Digest>();
  EK_TRY_ASSIGN(const Digest digest, ReadDigest(node));
  return std::optional<Digest>(digest);
}

Result<Version> ReadVersion(Node said) {
  Version version;
  EK_TRY_ASSIGN(version.sequence.value, said.Find("sequence").AsUnsigned());
  EK_TRY_ASSIGN(const std::string_view display, said.Find("version").AsText());
  EK_TRY_ASSIGN(version.display, VersionText::From(display));
  return version;
}

Result<ProductName> ReadProduct(Node said) {
  EK_TRY_ASSIGN(const std::string_view text, said.Find("product").AsText());
  return ProductName::Parse(text);
}

Result<Digest> ReadManifest(Node content, Node said) {
  EK_TRY_ASSIGN(const std::string_view path, said.Find("manifest").AsText());
  return ReadDigest(content.Find("targets").Find(path).Find("hashes").Find("sha256"));
}

// Borrows from `file`.
Result<formats::ReleaseEntry> ReadEntry(const crypto::Provider& provider, const MetadataFile& file) {
  const Node said = file.content().Find("custom").Find("edgekeep").Find("release");
  if (!said.is_object()) return Error(ErrorCode::kMalformed, "no statement about a release");
  formats::ReleaseEntry entry;
  EK_TRY_ASSIGN(entry.product, ReadProduct(said));
  EK_TRY_ASSIGN(entry.channel, said.Find("channel").AsText());
  EK_TRY_ASSIGN(entry.version, ReadVersion(said));
  EK_TRY_ASSIGN(entry.security_epoch, said.Find("security-epoch").AsUnsigned());
  entry.targets_version = file.version();
  EK_TRY_ASSIGN(const Bytes canonical, json::Canonical(file.content()));
  EK_TRY_ASSIGN(entry.targets, crypto::Sha256(provider, {canonical.view()}));
  EK_TRY_ASSIGN(entry.manifest, ReadManifest(file.content(), said));
  EK_TRY_ASSIGN(entry.total_size, said.Find("size").AsUnsigned());
  EK_TRY_ASSIGN(entry.interface, ReadOptionalDigest(said.Find("interface")));
  EK_TRY_ASSIGN(entry.dependencies, ReadOptionalDigest(said.Find("dependencies")));
  EK_TRY_ASSIGN(entry.author, said.Find("author").AsText());
  return entry;
}

}  // namespace

Result<MetadataFacts> ReadMetadataFacts(std::string_view role, ByteView bytes) {
  EK_TRY_ASSIGN(const MetadataFile file, MetadataFile::Parse(bytes, FileTypeOf(role)));
  return MetadataFacts{file.version(), file.expires()};
}

Result<ReleaseStatement> ReleaseStatement::Read(const crypto::Provider& provider, ByteView targets) {
  EK_TRY_ASSIGN(const MetadataFile file, MetadataFile::Parse(targets, FileType::kTargets));
  EK_TRY_ASSIGN(const formats::ReleaseEntry entry, ReadEntry(provider, file));
  ReleaseStatement statement;
  EK_TRY_ASSIGN(statement.content_, Bytes::Allocate(kMaxReleaseContent));
  CborWriter writer(statement.content_.mutable_view());
  EK_TRY(formats::EncodeReleaseEntry(entry, writer));
  statement.content_size_ = writer.written().size();
  // Read back: what the log would refuse is refused here, and the views borrow from what lasts.
  EK_TRY_ASSIGN(statement.entry_, formats::DecodeReleaseEntry(statement.content()));
  EK_TRY_ASSIGN(const Digest digest, crypto::Sha256(provider, {statement.content()}));
  EK_TRY_ASSIGN(statement.digest_, formats::ContentDigest::From(digest.view()));
  return statement;
}

}  // namespace edgekeep::release
