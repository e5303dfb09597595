#include "metadata_json.h"

#include <array>
#include <chrono>
#include <cstdio>

#include "edgekeep/base/base64.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/json/text.h"

namespace edgekeep::author {
namespace {

using crypto::AlgorithmId;

constexpr std::size_t kMaxMetadata = 5'000'000;

struct KeyKind {
  AlgorithmId algorithm;
  const char* type;
  const char* scheme;
  std::string_view spki;  // what stands before the raw key in a SubjectPublicKeyInfo; empty: the key is hexadecimal
};

// RFC 9881 for ML-DSA, RFC 5480 for P-256: SEQUENCE { SEQUENCE { OID … }, BIT STRING }.
constexpr std::string_view kMlDsa65Prefix(
    "\x30\x82\x07\xb2\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x12\x03\x82\x07\xa1\x00", 22);
constexpr std::string_view kMlDsa87Prefix(
    "\x30\x82\x0a\x32\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x13\x03\x82\x0a\x21\x00", 22);
constexpr std::string_view kP256Prefix(
    "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00", 26);

constexpr std::array kKeyKinds = {
    KeyKind{AlgorithmId::kEd25519, "ed25519", "ed25519", {}},
    KeyKind{AlgorithmId::kEcdsaP256Sha256, "ecdsa", "ecdsa-sha2-nistp256", kP256Prefix},
    KeyKind{AlgorithmId::kMlDsa65, "ml-dsa", "ml-dsa-65/1", kMlDsa65Prefix},
    KeyKind{AlgorithmId::kMlDsa87, "ml-dsa", "ml-dsa-87/1", kMlDsa87Prefix},
};

std::string Pem(std::string_view prefix, ByteView key) {
  const std::string der = std::string(prefix) + std::string(AsText(key));
  std::string base64(Base64Size(der.size()), '\0');
  EncodeBase64(AsBytes(der), base64);
  std::string pem = "-----BEGIN PUBLIC KEY-----\n";
  for (std::size_t i = 0; i < base64.size(); i += 64) pem += base64.substr(i, 64) + "\n";
  return pem + "-----END PUBLIC KEY-----\n";
}

json::Document::Bounds BoundsFor(std::size_t num_bytes) {
  return {.max_bytes = num_bytes, .max_depth = 32, .max_values = std::size_t{1} << 18};
}

Outcome<Bytes> CanonicalOf(const json::Object& object) {
  const std::string text = json::Write(object, json::Layout::kOneLine);
  EK_TRY_ASSIGN(const json::Document document,
                At("metadata", json::Document::Parse(AsBytes(text), BoundsFor(text.size()))));
  return At("metadata", json::Canonical(document.root()));
}

}  // namespace

Outcome<MetadataText> ParseMetadata(const Context& context, std::string text, const std::string& place) {
  EK_TRY_ASSIGN(json::Document document, At(place, json::Document::Parse(AsBytes(text), BoundsFor(text.size()))));
  const json::Node content = document.root().Find("signed");
  if (!content.is_object()) return Describe(Error(ErrorCode::kMalformed, "release metadata"), place);
  EK_TRY_ASSIGN(const Bytes canonical, At(place, json::Canonical(content)));
  EK_TRY_ASSIGN(const Digest digest, At(place, crypto::Sha256(context.provider, {canonical.view()})));
  return MetadataText{std::move(text), std::move(document), digest};
}

Outcome<MetadataText> ReadMetadata(const Context& context, const std::string& path) {
  EK_TRY_ASSIGN(const Bytes bytes, At(path, files::ReadFile(path, kMaxMetadata)));
  return ParseMetadata(context, std::string(AsText(bytes.view())), path);
}

Outcome<MetadataText> WriteMetadata(const Context& context, const json::Object& content,
                                    const json::Array& signatures) {
  std::string text = json::Write(json::Object().Set("signatures", signatures).Set("signed", content)) + "\n";
  return ParseMetadata(context, std::move(text), "metadata");
}

json::Value ValueOf(json::Node node) {
  if (node.is_object()) {
    json::Object object;
    for (std::size_t i = 0; i < node.size(); ++i) object.Append(std::string(node.KeyAt(i)), ValueOf(node[i]));
    return object;
  }
  if (node.is_array()) {
    json::Array array;
    for (std::size_t i = 0; i < node.size(); ++i) array.push_back(ValueOf(node[i]));
    return array;
  }
  if (const Result<std::string_view> text = node.AsText()) return *text;
  if (const Result<std::uint64_t> number = node.AsUnsigned()) return *number;
  if (const Result<bool> truth = node.AsBool()) return *truth;
  return {};
}

json::Object KeyObject(AlgorithmId algorithm, ByteView public_key, const std::string& holder) {
  json::Object object;
  for (const KeyKind& kind : kKeyKinds) {
    if (kind.algorithm != algorithm) continue;
    const std::string shown = kind.spki.empty() ? HexText(public_key) : Pem(kind.spki, public_key);
    object.Set("keytype", kind.type).Set("keyval", json::Object().Set("public", shown)).Set("scheme", kind.scheme);
  }
  return object.Set("x-edgekeep-holder", holder);
}

Outcome<std::string> KeyIdText(const Context& context, const json::Object& key) {
  EK_TRY_ASSIGN(const Bytes canonical, CanonicalOf(key));
  EK_TRY_ASSIGN(const Digest digest, At("key", crypto::Sha256(context.provider, {canonical.view()})));
  return HexText(digest.view());
}

std::string HexText(ByteView bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 64) {
    text += ToHex(bytes.subspan(i, std::min<std::size_t>(64, bytes.size() - i))).view();
  }
  return text;
}

std::string DateTimeText(UnixTime time) {
  using std::chrono::seconds;
  const std::chrono::sys_seconds at{seconds(static_cast<std::int64_t>(time.value))};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(at - day);
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

}  // namespace edgekeep::author
