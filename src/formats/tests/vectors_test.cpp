// The vectors of spec/vectors: fields as decoded, bytes as encoded, refusals with the error they name.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "described.h"
#include "samples.h"

namespace edgekeep::formats {
namespace {

constexpr std::array kFiles = {
    "attestation",      "commit-record", "device-request", "grant",          "key-file",         "licence",
    "licence-report",   "package",       "log-entries",    "product-policy", "receipt",          "release-proof",
    "sealed-file",      "slot-file",     "trust-bundle",   "trust-policy",   "production-order", "operations-policy",
    "owner-credential", "stored-values", "order",          "transfer"};

// Whole files are several objects; the tests below take them apart.
bool IsWholeFile(const Json& vector) {
  return vector.at("kind") == "sealed-file" || vector.at("kind") == "slot-file";
}

class Vectors : public testing::TestWithParam<const char*> {};

TEST_P(Vectors, ObjectsDecodeToTheirFieldsAndEncodeToTheirBytes) {
  const Json vectors = ReadVectors(GetParam());
  for (const Json& vector : vectors.at("objects")) {
    if (IsWholeFile(vector)) continue;
    const std::string kind = vector.at("kind");
    const ByteVector bytes = BytesIn(vector, "hex");
    const auto described = Described(kind, bytes, vector);
    ASSERT_TRUE(described) << vector.at("name") << ": " << described.error().where();
    EXPECT_EQ(*described, vector.at("fields")) << vector.at("name");
    const auto again = ReencodedAs(kind, bytes, vector);
    ASSERT_TRUE(again) << vector.at("name");
    EXPECT_EQ(*again, bytes) << vector.at("name");
  }
}

TEST_P(Vectors, RefusedBytesAreRefusedByName) {
  const Json vectors = ReadVectors(GetParam());
  EXPECT_GT(vectors.at("refused").size(), 0U);
  for (const Json& vector : vectors.at("refused")) {
    if (IsWholeFile(vector)) continue;
    const auto described = Described(vector.at("kind"), BytesIn(vector, "hex"), vector);
    ASSERT_FALSE(described) << vector.at("kind") << ": " << vector.at("name");
    EXPECT_EQ(NameOf(described.error().code()), vector.at("error")) << vector.at("name");
  }
}

INSTANTIATE_TEST_SUITE_P(Spec, Vectors, testing::ValuesIn(kFiles), [](const auto& file) {
  std::string name = file.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

const Json& Named(const Json& list, const std::string& name) {
  return *std::ranges::find_if(list, [&](const Json& vector) { return vector.at("name") == name; });
}

// Everything about a whole sealed file that needs no key and no digest.
Status CheckWholeSealedFile(ByteView file) {
  EK_TRY_ASSIGN(const Preamble preamble, DecodePreamble(file));
  if (file.size() < preamble.body_offset) return Error(ErrorCode::kMalformed, "cut before the body");
  ByteView rest = file.first(preamble.body_offset).subspan(kPreambleSize);
  EK_TRY_ASSIGN(const SealedHeader header, DecodeSealedHeader(rest.first(preamble.header_size)));
  rest = rest.subspan(preamble.header_size);
  EK_TRY_ASSIGN(const SignedObject object, DecodeSignedObject(typ::kSealedFile, rest.first(preamble.record_size)));
  EK_TRY(DecodeSealRecord(object.payload));
  EK_TRY(CheckRoomIsZero(rest.subspan(preamble.record_size)));
  return CheckSealedLayout(preamble, header, file.size());
}

ByteVector Patched(const ByteVector& file, const Json& vector) {
  const ByteVector patch = BytesIn(vector, "hex");
  const std::size_t at = vector.at("at");
  ByteVector patched = file;
  patched.resize(std::max(file.size(), at + patch.size()));
  std::ranges::copy(patch, patched.begin() + static_cast<std::ptrdiff_t>(at));
  patched.resize(vector.at("size"));
  return patched;
}

TEST(SealedFileVector, IsOneFile) {
  const Json vectors = ReadVectors("sealed-file");
  const ByteVector file = BytesIn(Named(vectors.at("objects"), "file"), "hex");
  EXPECT_TRUE(CheckWholeSealedFile(file));
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_FALSE(CheckWholeSealedFile(std::span(file).first(size))) << size;
  }
}

TEST(SealedFileVector, ForgeriesOfTheLayoutAreRefusedAndOthersNeedTheirKeys) {
  const Json vectors = ReadVectors("sealed-file");
  const ByteVector file = BytesIn(Named(vectors.at("objects"), "file"), "hex");
  for (const Json& vector : vectors.at("refused")) {
    if (!IsWholeFile(vector)) continue;
    const Status status = CheckWholeSealedFile(Patched(file, vector));
    if (vector.at("stage") != "layout") {
      EXPECT_TRUE(status) << vector.at("name") << ": " << status.error().where();
      continue;
    }
    ASSERT_FALSE(status) << vector.at("name");
    EXPECT_EQ(NameOf(status.error().code()), vector.at("error")) << vector.at("name");
  }
}

TEST(SlotFileVector, IsOneFile) {
  const Json vectors = ReadVectors("slot-file");
  for (const char* name : {"canonical file", "prepared file"}) {
    const ByteVector file = BytesIn(Named(vectors.at("objects"), name), "hex");
    const Preamble preamble = DecodeSlotPreamble(file).value();
    const ByteView front = std::span(file).first(preamble.body_offset).subspan(kPreambleSize);
    const SlotFileHeader header = DecodeSlotFileHeader(front.first(preamble.header_size)).value();
    EXPECT_TRUE(CheckRoomIsZero(front.subspan(preamble.header_size)));
    EXPECT_TRUE(CheckSlotLayout(preamble, header, file.size()));
  }
}

TEST(PackageVector, PlaintextHoldsTheIndexAndTheFiles) {
  const Json vectors = ReadVectors("package");
  const Json& vector = vectors.at("objects").at(0);
  const ByteVector plaintext = BytesIn(vector, "plaintext");
  const ByteVector index_bytes = BytesIn(vector, "hex");
  ASSERT_EQ(plaintext.size(), vector.at("plaintext_size"));
  EXPECT_EQ(plaintext[0] | plaintext[1] << 8, static_cast<int>(index_bytes.size()));
  EXPECT_TRUE(Equal(std::span(plaintext).subspan(4, index_bytes.size()), index_bytes));
  std::size_t end = 4 + index_bytes.size();
  const PackageIndex index = DecodePackageIndex(index_bytes, plaintext.size()).value();
  for (const PackageFile& file : index) {
    EXPECT_TRUE(CheckRoomIsZero(std::span(plaintext).subspan(end, file.offset - end))) << file.path;
    end = file.offset + file.size;
  }
  EXPECT_EQ(end, plaintext.size());
}

// What other objects are bound to, as the independent implementation wrote it.
TEST(BindingVectors, AreEncodedAlike) {
  const Json grant = ReadVectors("grant");
  const ByteVector grant_bytes = BytesIn(Named(grant.at("objects"), "payload"), "hex");
  EXPECT_EQ(EncodedBy(EncodeGrantBinding, DecodeGrant(grant_bytes).value()),
            BytesIn(grant.at("derivation"), "binding"));

  const Json licence = ReadVectors("licence");
  for (std::size_t i = 0; i < 4; ++i) {
    const ByteVector bytes = BytesIn(licence.at("objects").at(i), "hex");
    EXPECT_EQ(EncodedBy(EncodeLicenceBinding, DecodeLicence(bytes).value()),
              BytesIn(Json{{"binding", licence.at("derivation").at("bindings").at(i)}}, "binding"));
  }

  const Json key_file = ReadVectors("key-file");
  for (std::size_t i = 0; i < 2; ++i) {
    const ByteVector bytes = BytesIn(key_file.at("objects").at(i), "hex");
    EXPECT_EQ(EncodedBy(EncodeKeyFileBinding, DecodeKeyFile(bytes).value()),
              BytesIn(key_file.at("derivation").at("files").at(i), "binding"));
  }
}

TEST(BindingVectors, OfContentAndSlotKeysAreEncodedAlike) {
  const Json sealed = ReadVectors("sealed-file");
  const ByteVector header_bytes = BytesIn(Named(sealed.at("objects"), "header"), "hex");
  const SealedHeader header = DecodeSealedHeader(header_bytes).value();
  EXPECT_EQ(EncodedInto<CborWriter>(256,
                                    [&](CborWriter& out) {
                                      return EncodeContentKeyBinding(header.product, header.version.sequence,
                                                                     header.salt, out);
                                    }),
            BytesIn(sealed.at("derivation"), "hpke_binding"));

  const Json commit = ReadVectors("commit-record");
  const ByteVector record_bytes = BytesIn(commit.at("objects").at(0), "hex");
  const CommitRecord record = DecodeCommitRecord(record_bytes).value();
  EXPECT_EQ(EncodedInto<CborWriter>(256,
                                    [&](CborWriter& out) {
                                      return EncodeSlotBinding(record.product, record.slot, record.version.sequence,
                                                               out);
                                    }),
            BytesIn(commit.at("derivation"), "slot_binding"));
}

}  // namespace
}  // namespace edgekeep::formats
