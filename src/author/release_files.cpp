#include "release_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "edgekeep/author/inspect.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/files/descriptor.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/formats/grant.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/model/signature.h"
#include "edgekeep/sealing/trusted_publisher.h"
#include "operations_release.h"

namespace edgekeep::author {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;
constexpr std::size_t kMaxModel = std::size_t{1} << 31;

// Hands every piece of the file to `take`.
template <typename Take>
Outcome<HashedFile> ReadThrough(const Context& context, const std::string& path, Take take) {
  // Opening a FIFO that nobody writes to would hang before it could be refused.
  const files::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file.valid()) return Describe(files::FromErrno(errno, "file"), path);
  struct stat status;
  if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return Describe(Error(ErrorCode::kBadArgument, "not a regular file"), path);
  }
  EK_TRY_ASSIGN(const auto hash, At(path, context.provider.NewHash(crypto::AlgorithmId::kSha256)));
  EK_TRY_ASSIGN(Bytes buffer, At(path, Bytes::Allocate(kPiece)));
  HashedFile hashed;
  while (true) {
    if (context.stop_requested()) return Describe(Error(ErrorCode::kPeerGone), path);
    const ssize_t count = ::read(file.get(), buffer.mutable_view().data(), kPiece);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Describe(files::FromErrno(errno, "read"), path);
    if (count == 0) break;
    const ByteView piece = buffer.view().first(static_cast<std::size_t>(count));
    EK_TRY(At(path, hash->Update(piece)));
    EK_TRY(take(hashed.size, piece));
    hashed.size += piece.size();
  }
  EK_TRY(At(path, hash->Finish(hashed.sha256.mutable_view())));
  return hashed;
}

std::string VersionText64(const Version& version) {
  return std::string(version.display.view()) + " (sequence " + std::to_string(version.sequence.value) + ")";
}

Failure OfAnother(const char* what, const std::string& path) {
  return {ErrorCode::kWrongProduct, std::string("of another ") + what + " than the release", path, "release it apart"};
}

Done DescribeSealed(const Context& context, const std::string& path, const FileExpectation& expected,
                    ReleasedFile& file) {
  EK_TRY_ASSIGN(const SealInspection seal, InspectSeal(context, path, expected.trust));
  if (!(seal.header.product == expected.product)) return OfAnother("product", path);
  if (seal.header.version.sequence != expected.version.sequence) return OfAnother("version", path);
  file.version = seal.header.version.display.view();
  file.about = "sealed file " + HexText(seal.id.view()) + ", version " + VersionText64(seal.header.version);
  file.about += seal.verified ? ", signed by " + seal.verified->publisher + "'s author" : ", signatures not verified";
  return {};
}

Outcome<std::string> AboutGrant(const Context& context, const std::string& path, const FileExpectation& expected) {
  constexpr std::size_t kMaxSize = formats::MaxSignedObjectSize(formats::kMaxGrantSize, formats::kMaxSignatures);
  EK_TRY_ASSIGN(const Bytes bytes, At(path, files::ReadFile(path, kMaxSize)));
  EK_TRY_ASSIGN(const formats::SignedObject object,
                At(path, formats::DecodeSignedObject(formats::typ::kGrant, bytes.view())));
  EK_TRY_ASSIGN(const formats::Grant grant, At(path, formats::DecodeGrant(object.payload)));
  if (!(grant.product == expected.product)) return OfAnother("product", path);
  if (grant.sequence != expected.version.sequence) return OfAnother("version", path);
  std::string about =
      "grant of sealed file " + HexText(grant.sealed_file.view()) + ", epoch " + std::to_string(grant.epoch.value);
  if (expected.trust.empty()) return about + ", signatures not verified";
  constexpr std::size_t kMaxBundle =
      formats::MaxSignedObjectSize(formats::kMaxTrustBundleSize, formats::kMaxSignatures);
  EK_TRY_ASSIGN(const Bytes trust, At(expected.trust, files::ReadFile(expected.trust, kMaxBundle)));
  EK_TRY_ASSIGN(const sealing::TrustedPublisher publisher,
                At(expected.trust, sealing::VerifyTrustBundle(context.provider, trust.view())));
  EK_TRY(
      At(path, sealing::VerifyObject(context.provider, formats::typ::kGrant, bytes.view(),
                                     publisher.bundle().licensors.view(), publisher.bundle().required_classes.view())));
  return about + ", signed by the licensor";
}

constexpr std::array kTypes = {"?",     "float32", "uint8", "int8",    "uint16", "int16",  "int32",
                               "int64", "string",  "bool",  "float16", "double", "uint32", "uint64"};

std::string ValueText(const model::Value& value) {
  const std::string type = value.type < kTypes.size() ? kTypes[value.type] : "type " + std::to_string(value.type);
  std::string text = std::string(value.name) + ": " + type;
  if (!value.has_shape) return text;
  text += " [";
  for (std::size_t i = 0; i < value.shape.size(); ++i) {
    if (i > 0) text += ", ";
    text += value.shape[i] < 0 ? "?" : std::to_string(value.shape[i]);
  }
  return text + "]";
}

}  // namespace

Outcome<std::string> TargetNameOf(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  const bool plain =
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == std::string::npos;
  if (!name.empty() && name.size() <= 128 && plain && name.front() != '.' && name != kManifestName) return name;
  return Failure{ErrorCode::kBadArgument, "no name for a released file", path,
                 "take letters, digits, '.', '_' and '-', and not 'release.json'"};
}

Outcome<HashedFile> HashFile(const Context& context, const std::string& path) {
  return ReadThrough(context, path, [](std::uint64_t, ByteView) -> Done { return {}; });
}

Done CopyVerified(const Context& context, const std::string& from, const std::string& to, const HashedFile& expected) {
  EK_TRY_ASSIGN(files::NewFile file, At(to, files::NewFile::Create(to, files::Access::kPublic)));
  EK_TRY_ASSIGN(const HashedFile hashed, ReadThrough(context, from, [&](std::uint64_t offset, ByteView piece) {
                  return At(to, file.WriteAt(offset, piece));
                }));
  if (hashed.size != expected.size || hashed.sha256 != expected.sha256) {
    return Failure{ErrorCode::kBadSignature, "not the file that was approved", from, "fetch the approved one again"};
  }
  return At(to, file.Commit());
}

Outcome<ReleasedFile> DescribeFile(const Context& context, const std::string& path, const FileExpectation& expected) {
  ReleasedFile file;
  EK_TRY_ASSIGN(file.name, TargetNameOf(path));
  EK_TRY_ASSIGN(const HashedFile hashed, HashFile(context, path));
  file.size = hashed.size;
  file.sha256 = hashed.sha256;
  file.kind = "file";
  if (path.ends_with(".eks")) {
    file.kind = "sealed-file";
    EK_TRY(DescribeSealed(context, path, expected, file));
  } else if (path.ends_with(".ekg")) {
    file.kind = "grant";
    EK_TRY_ASSIGN(file.about, AboutGrant(context, path, expected));
  } else if (path.ends_with(".ekop")) {
    file.kind = kOperationsKind;
    EK_TRY_ASSIGN(file.about, AboutOperations(path, expected));
  }
  return file;
}

Outcome<json::Object> InterfaceOf(const std::string& path) {
  EK_TRY_ASSIGN(const Bytes bytes, At(path, files::ReadFile(path, kMaxModel)));
  EK_TRY_ASSIGN(const model::Signature signature, At(path, model::ReadSignature(bytes.view())));
  json::Array inputs;
  json::Array outputs;
  for (const model::Value& value : signature.inputs) inputs.emplace_back(ValueText(value));
  for (const model::Value& value : signature.outputs) outputs.emplace_back(ValueText(value));
  return json::Object().Set("inputs", inputs).Set("outputs", outputs);
}

}  // namespace edgekeep::author
