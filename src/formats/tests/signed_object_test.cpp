#include "edgekeep/formats/signed_object.h"

#include "refusals.h"

namespace edgekeep::formats {
namespace {

using enum ErrorCode;

ByteVector EncodedSample() {
  return EncodedInto<CborWriter>(
      4096, [](CborWriter& out) { return EncodeSignedObject(typ::kGrant, SampleSignedObject(), out); });
}

Result<SignedObject> DecodeAsGrant(ByteView bytes) {
  return DecodeSignedObject(typ::kGrant, bytes);
}

// The COSE_Sign inside the tag: [protected, unprotected, payload, signatures].
Item& Body(Item& root) {
  return At(root, {0});
}

Item& Signature(Item& root, std::int64_t index) {
  return At(root, {0, 3, index});
}

// Bends the map inside a protected header.
void BendInside(Item& byte_string, void (*bend)(Item& map)) {
  Item map = ParseItem(byte_string.content);
  bend(map);
  byte_string = BytesItem(WriteItem(map));
}

void AddPair(Item& map, std::int64_t key) {
  map.children.push_back(IntItem(key));
  map.children.push_back(UnsignedItem(0));
}

TEST(SignedObject, KeepsPayloadAndSignatures) {
  const ByteVector bytes = EncodedSample();
  const SignedObject object = DecodeAsGrant(bytes).value();
  EXPECT_TRUE(Equal(object.payload, Filler(20, 31)));
  ASSERT_EQ(object.signatures.size(), 2U);
  EXPECT_EQ(object.signatures[0].cose_algorithm, -19);
  EXPECT_EQ(object.signatures[0].kid, FilledId<KeyId>(32));
  EXPECT_TRUE(Equal(object.signatures[1].signature, Filler(100, 35)));
}

TEST(SignedObject, OfAnotherTypeIsUnsupported) {
  const ByteVector bytes = EncodedSample();
  for (const std::string_view type : {typ::kLicence, typ::kSealedFile, std::string_view("edgekeep/grant2")}) {
    EXPECT_EQ(DecodeSignedObject(type, bytes).error().code(), kUnsupported) << type;
  }
}

TEST(SignedObject, RefusesByName) {
  ExpectRefused(
      EncodedSample(), DecodeAsGrant,
      {{"no tag", kMalformed, [](Item& root) { root = Item(Body(root)); }},
       {"tag of COSE_Sign1", kMalformed, [](Item& root) { root.argument = 18; }},
       {"three parts", kMalformed, [](Item& root) { Body(root).children.pop_back(); }},
       {"five parts", kMalformed, [](Item& root) { Body(root).children.push_back(UnsignedItem(0)); }},
       {"empty protected header", kMalformed, [](Item& root) { At(root, {0, 0}) = BytesItem({}); }},
       {"protected header as a map", kMalformed,
        [](Item& root) { At(root, {0, 0}) = ParseItem(At(root, {0, 0}).content); }},
       {"protected header without typ", kMalformed,
        [](Item& root) { BendInside(At(root, {0, 0}), [](Item& map) { map = MapItem({}); }); }},
       {"protected header with more", kMalformed,
        [](Item& root) { BendInside(At(root, {0, 0}), [](Item& map) { AddPair(map, 17); }); }},
       {"typ as a number", kMalformed,
        [](Item& root) { BendInside(At(root, {0, 0}), [](Item& map) { At(map, {16}) = UnsignedItem(1); }); }},
       {"bytes behind the protected header", kMalformed, [](Item& root) { At(root, {0, 0}).content.push_back(0); }},
       {"unprotected header", kMalformed, [](Item& root) { AddPair(At(root, {0, 1}), 4); }},
       {"detached payload", kMalformed, [](Item& root) { At(root, {0, 2}) = SimpleItem(22); }},
       {"no signature", kMalformed, [](Item& root) { At(root, {0, 3}) = ArrayItem({}); }},
       {"17 signatures", kTooLarge,
        [](Item& root) {
          for (int i = 0; i < 15; ++i) At(root, {0, 3}).children.push_back(Item(Signature(root, 0)));
        }},
       {"two signatures of one kid", kMalformed, [](Item& root) { Signature(root, 1) = Item(Signature(root, 0)); }}});
}

TEST(SignedObject, RefusesSignaturesByName) {
  ExpectRefused(
      EncodedSample(), DecodeAsGrant,
      {{"two parts", kMalformed, [](Item& root) { Signature(root, 1).children.pop_back(); }},
       {"unprotected header", kMalformed, [](Item& root) { AddPair(At(root, {0, 3, 0, 1}), 4); }},
       {"empty", kMalformed, [](Item& root) { At(root, {0, 3, 0, 2}) = BytesItem({}); }},
       {"4628 bytes", kMalformed, [](Item& root) { At(root, {0, 3, 0, 2}) = BytesItem(Filler(4628, 0)); }},
       {"algorithm 0", kMalformed,
        [](Item& root) { BendInside(At(root, {0, 3, 0, 0}), [](Item& map) { At(map, {1}) = UnsignedItem(0); }); }},
       {"algorithm by name", kMalformed,
        [](Item& root) { BendInside(At(root, {0, 3, 0, 0}), [](Item& map) { At(map, {1}) = TextItem("EdDSA"); }); }},
       {"kid of 20", kMalformed,
        [](Item& root) {
          BendInside(At(root, {0, 3, 0, 0}), [](Item& map) { At(map, {4}) = BytesItem(Filler(20, 0)); });
        }},
       {"crit header", kMalformed,
        [](Item& root) { BendInside(At(root, {0, 3, 0, 0}), [](Item& map) { AddPair(map, 5); }); }},
       {"kid before algorithm", kMalformed,
        [](Item& root) {
          BendInside(At(root, {0, 3, 0, 0}), [](Item& map) {
            std::swap(map.children[0], map.children[2]);
            std::swap(map.children[1], map.children[3]);
          });
        }},
       {"algorithm twice", kMalformed, [](Item& root) {
          BendInside(At(root, {0, 3, 0, 0}), [](Item& map) {
            map.children[2] = map.children[0];
            map.children[3] = map.children[1];
          });
        }}});
}

TEST(SignedObject, TakesSixteenOfTheLargestSignatures) {
  SignedObject object{.payload = Filler(100, 0)};
  for (std::uint8_t i = 0; i < kMaxSignatures; ++i) {
    ASSERT_TRUE(object.signatures.PushBack({-50, FilledId<KeyId>(i), Filler(kMaxSignatureBytes, i)}));
  }
  ByteVector buffer(MaxSignedObjectSize(100, kMaxSignatures));
  CborWriter out(buffer);
  ASSERT_TRUE(EncodeSignedObject(typ::kDeviceRequest, object, out));
  EXPECT_TRUE(DecodeSignedObject(typ::kDeviceRequest, out.written()));
}

TEST(SignedObject, IsNotEncodedWhenItWouldBeRefused) {
  const auto encode = [](const SignedObject& object) {
    ByteVector buffer(8192);
    CborWriter out(buffer);
    return EncodeSignedObject(typ::kGrant, object, out);
  };
  EXPECT_FALSE(encode({.payload = Filler(20, 31)}));
  SignedObject object = SampleSignedObject();
  object.signatures[1].kid = object.signatures[0].kid;
  EXPECT_FALSE(encode(object));
  object = SampleSignedObject();
  object.signatures[0].signature = {};
  EXPECT_FALSE(encode(object));
  object.signatures[0] = {.cose_algorithm = 0, .kid = FilledId<KeyId>(1), .signature = Filler(64, 0)};
  EXPECT_FALSE(encode(object));
}

// RFC 9052 §4.4: Sig_structure = ["Signature", body_protected, sign_protected, external_aad, payload].
TEST(ToBeSigned, IsTheSigStructure) {
  const ByteView payload = Filler(20, 31);
  const auto kid = FilledId<KeyId>(32);
  ByteVector buffer(MaxToBeSignedSize(payload.size()));
  CborWriter out(buffer);
  ASSERT_TRUE(EncodeToBeSigned(typ::kDeviceRequest, -49, kid, payload, out));
  const Item body = MapItem({UnsignedItem(16), TextItem("edgekeep/device-request")});
  const Item signer = MapItem({UnsignedItem(1), IntItem(-49), UnsignedItem(4), BytesItem(kid.view())});
  EXPECT_TRUE(
      Equal(out.written(), WriteItem(ArrayItem({TextItem("Signature"), BytesItem(WriteItem(body)),
                                                BytesItem(WriteItem(signer)), BytesItem({}), BytesItem(payload)}))));
}

// What a signature is for, by whom and over what: a change of any changes the bytes that are signed.
TEST(ToBeSigned, DependsOnTypeAlgorithmKidAndPayload) {
  const auto bytes = [](std::string_view type, std::int64_t algorithm, std::uint8_t kid, std::uint8_t payload) {
    return EncodedInto<CborWriter>(512, [&](CborWriter& out) {
      return EncodeToBeSigned(type, algorithm, FilledId<KeyId>(kid), Filler(20, payload), out);
    });
  };
  const ByteVector original = bytes(typ::kGrant, -19, 1, 2);
  EXPECT_EQ(original, bytes(typ::kGrant, -19, 1, 2));
  EXPECT_NE(original, bytes(typ::kLicence, -19, 1, 2));
  EXPECT_NE(original, bytes(typ::kGrant, -9, 1, 2));
  EXPECT_NE(original, bytes(typ::kGrant, -19, 2, 2));
  EXPECT_NE(original, bytes(typ::kGrant, -19, 1, 3));
}

}  // namespace
}  // namespace edgekeep::formats
