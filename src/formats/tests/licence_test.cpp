#include "refusals.h"

namespace edgekeep::formats {
namespace {

using enum ErrorCode;

TEST(Licence, KeepsItsFields) {
  const ByteVector bytes = EncodedBy(EncodeLicence, SampleLicence());
  const Licence licence = DecodeLicence(bytes).value();
  EXPECT_EQ(licence.id, FilledId<LicenceId>(51));
  EXPECT_EQ(licence.issuer.view(), "acme");
  EXPECT_EQ(licence.device, FilledId<DeviceId>(52));
  EXPECT_EQ(licence.issued_at.value, 1790000000U);
  EXPECT_EQ(licence.product.view(), "acme/label-ocr");
  EXPECT_EQ(licence.epoch.value, 3U);
  EXPECT_EQ(licence.terms.first_sequence.value, 1U);
  EXPECT_EQ(licence.terms.last_sequence.value, UINT64_MAX);
  EXPECT_EQ(licence.terms.not_before.value, 1790000000U);
  EXPECT_EQ(licence.terms.expires.value().value, 1821536000U);
  EXPECT_EQ(licence.terms.isolation_floor, Isolation::kVm);
  EXPECT_EQ(licence.hpke_suite, 1);
  EXPECT_TRUE(Equal(licence.enc, Filler(1153, 53)));
  EXPECT_TRUE(Equal(licence.wrapped_epoch_key, Filler(48, 54)));
}

TEST(Licence, WithoutExpiryIsPerpetual) {
  Licence licence = SampleLicence();
  licence.terms.expires.reset();
  const ByteVector bytes = EncodedBy(EncodeLicence, licence);
  EXPECT_FALSE(DecodeLicence(bytes).value().terms.expires);
}

TEST(Licence, AllowsExportOnlyWhereItSaysSo) {
  Licence licence = SampleLicence();
  EXPECT_FALSE(DecodeLicence(EncodedBy(EncodeLicence, licence)).value().terms.allows_export);
  licence.terms.allows_export = true;
  const ByteVector bytes = EncodedBy(EncodeLicence, licence);
  EXPECT_TRUE(DecodeLicence(bytes).value().terms.allows_export);
  ExpectRefused(bytes, DecodeLicence,
                {{"export 0", kUnsupported, [](Item& root) { At(root, {-65545}) = UnsignedItem(0); }},
                 {"export 2", kUnsupported, [](Item& root) { At(root, {-65545}) = UnsignedItem(2); }},
                 {"export as text", kMalformed, [](Item& root) { At(root, {-65545}) = TextItem("yes"); }}});
}

TEST(Licence, BoundsCallsOnlyWhereItSaysSo) {
  Licence licence = SampleLicence();
  const LicenceTerms unbounded = DecodeLicence(EncodedBy(EncodeLicence, licence)).value().terms;
  EXPECT_FALSE(unbounded.call_budget || unbounded.calls_per_minute);
  licence.terms.call_budget = UINT64_MAX;
  licence.terms.calls_per_minute = 60;
  const ByteVector bytes = EncodedBy(EncodeLicence, licence);
  const LicenceTerms bounded = DecodeLicence(bytes).value().terms;
  EXPECT_EQ(bounded.call_budget, UINT64_MAX);
  EXPECT_EQ(bounded.calls_per_minute, 60U);
  ExpectRefused(bytes, DecodeLicence,
                {{"budget of no call", kMalformed, [](Item& root) { At(root, {-65546}) = UnsignedItem(0); }},
                 {"no call per minute", kMalformed, [](Item& root) { At(root, {-65547}) = UnsignedItem(0); }},
                 {"2^32 per minute", kMalformed, [](Item& root) { At(root, {-65547}) = UnsignedItem(1ULL << 32); }},
                 {"budget as text", kMalformed, [](Item& root) { At(root, {-65546}) = TextItem("many"); }}});
}

Licence WithLease(const Lease& lease) {
  Licence licence = SampleLicence();
  licence.terms.lease = lease;
  return licence;
}

Licence WithFeatures(std::initializer_list<const char*> names) {
  Licence licence = SampleLicence();
  for (const char* const name : names)
    EXPECT_TRUE(licence.terms.features.PushBack(InlineString<kMaxFeatureLength>::Truncated(name)));
  return licence;
}

template <std::size_t kIndex, std::uint64_t kValue>
void LeaseNumber(Item& root) {
  At(root, {-65548}).children[kIndex] = UnsignedItem(kValue);
}

TEST(Licence, HasALeaseOnlyWhereItSaysSo) {
  EXPECT_FALSE(DecodeLicence(EncodedBy(EncodeLicence, SampleLicence())).value().terms.lease);
  const Lease lease{
      .seconds = UINT32_MAX, .grace_seconds = 0, .start_charge_seconds = 7, .counted_seconds = 1ULL << 40};
  const ByteVector bytes = EncodedBy(EncodeLicence, WithLease(lease));
  EXPECT_EQ(DecodeLicence(bytes).value().terms.lease, lease);
  ExpectRefused(
      bytes, DecodeLicence,
      {{"lease of no second", kMalformed, LeaseNumber<0, 0>},
       {"lease of 2^32 seconds", kMalformed, LeaseNumber<0, 1ULL << 32>},
       {"grace of 2^32 seconds", kMalformed, LeaseNumber<1, 1ULL << 32>},
       {"charge of 2^32 seconds", kMalformed, LeaseNumber<2, 1ULL << 32>},
       {"clock behind 0", kUnsupported, LeaseNumber<3, 0>},
       {"clock behind 4", kUnsupported, LeaseNumber<3, 4>},
       {"clock behind 257", kUnsupported, LeaseNumber<3, 257>},
       {"lease as a number", kMalformed, [](Item& root) { At(root, {-65548}) = UnsignedItem(60); }},
       {"lease of four", kMalformed, [](Item& root) { At(root, {-65548}).children.pop_back(); }},
       {"lease of six", kMalformed, [](Item& root) { At(root, {-65548}).children.push_back(UnsignedItem(1)); }}});
}

TEST(Licence, NamesFeaturesInOneOrder) {
  const ByteVector bytes = EncodedBy(EncodeLicence, WithFeatures({"a", "b.1-c"}));
  EXPECT_EQ(DecodeLicence(bytes).value().terms.features[1].view(), "b.1-c");
  ExpectRefused(
      bytes, DecodeLicence,
      {{"twice", kMalformed, [](Item& root) { At(root, {-65549}).children[1] = TextItem("a"); }},
       {"other order", kMalformed, [](Item& root) { At(root, {-65549}).children[0] = TextItem("c"); }},
       {"capitals", kMalformed, [](Item& root) { At(root, {-65549}).children[0] = TextItem("A"); }},
       {"empty", kMalformed, [](Item& root) { At(root, {-65549}).children[0] = TextItem(""); }},
       {"of 33", kTooLarge, [](Item& root) { At(root, {-65549}).children[0] = TextItem(std::string(33, 'a')); }},
       {"as bytes", kMalformed, [](Item& root) { At(root, {-65549}).children[0] = BytesItem(Filler(1, 97)); }},
       {"none", kMalformed, [](Item& root) { At(root, {-65549}).children.clear(); }},
       {"seventeen", kTooLarge, [](Item& root) {
          for (char c = 'c'; c < 'r'; ++c) At(root, {-65549}).children.push_back(TextItem(std::string(1, c)));
        }}});
}

TEST(Licence, KeepsToProcessorAndDeviceOnlyAsItSays) {
  const LicenceTerms neither = DecodeLicence(EncodedBy(EncodeLicence, SampleLicence())).value().terms;
  EXPECT_FALSE(neither.processor_only || neither.transferable);
  Licence licence = SampleLicence();
  licence.terms.processor_only = true;
  EXPECT_TRUE(DecodeLicence(EncodedBy(EncodeLicence, licence)).value().terms.processor_only);
  licence.terms.transferable = true;
  const ByteVector bytes = EncodedBy(EncodeLicence, licence);
  EXPECT_TRUE(DecodeLicence(bytes).value().terms.transferable);
  ExpectRefused(bytes, DecodeLicence,
                {{"processor 0", kUnsupported, [](Item& root) { At(root, {-65550}) = UnsignedItem(0); }},
                 {"transfer 2", kUnsupported, [](Item& root) { At(root, {-65551}) = UnsignedItem(2); }}});
}

TEST(Licence, RefusesClaimsByName) {
  ExpectRefused(
      EncodedBy(EncodeLicence, SampleLicence()), DecodeLicence,
      {{"issuer of another publisher", kMalformed, [](Item& root) { At(root, {1}) = TextItem("evil"); }},
       {"empty issuer", kMalformed, [](Item& root) { At(root, {1}) = TextItem(""); }},
       {"issuer of 64", kTooLarge, [](Item& root) { At(root, {1}).content.assign(64, 'a'); }},
       {"device in capitals", kMalformed, [](Item& root) { At(root, {2}).content.assign(64, 'A'); }},
       {"device of 63", kMalformed, [](Item& root) { At(root, {2}).content.assign(63, 'a'); }},
       {"device of 66", kMalformed, [](Item& root) { At(root, {2}).content.assign(66, 'a'); }},
       {"device as bytes", kMalformed, [](Item& root) { At(root, {2}) = BytesItem(Filler(32, 52)); }},
       {"expires when it begins", kMalformed, [](Item& root) { At(root, {4}) = UnsignedItem(1790000000); }},
       {"expires before it begins", kMalformed, [](Item& root) { At(root, {4}) = UnsignedItem(1789999999); }},
       {"expires in the year 10000", kMalformed, [](Item& root) { At(root, {4}) = UnsignedItem(253402300800); }},
       {"begins after the end", kMalformed, [](Item& root) { At(root, {5}) = UnsignedItem(1821536000); }},
       {"begins in the year 10000", kMalformed, [](Item& root) { At(root, {5}) = UnsignedItem(253402300800); }},
       {"time as a float", kMalformed,
        [](Item& root) { At(root, {5}) = Item{.major = 7, .argument = 0x41DAAC5A60000000}; }},
       {"issued in the year 10000", kMalformed, [](Item& root) { At(root, {6}) = UnsignedItem(UINT64_MAX); }},
       {"id of 15", kMalformed, [](Item& root) { At(root, {7}) = BytesItem(Filler(15, 1)); }},
       {"id of 17", kMalformed, [](Item& root) { At(root, {7}) = BytesItem(Filler(17, 1)); }}});
}

TEST(Licence, RefusesPrivateClaimsByName) {
  ExpectRefused(
      EncodedBy(EncodeLicence, SampleLicence()), DecodeLicence,
      {{"product of another publisher", kMalformed, [](Item& root) { At(root, {-65537}) = TextItem("evil/x"); }},
       {"product without a name", kMalformed, [](Item& root) { At(root, {-65537}) = TextItem("acme/"); }},
       {"epoch 65536", kMalformed, [](Item& root) { At(root, {-65538}) = UnsignedItem(65536); }},
       {"first version after the last", kMalformed, [](Item& root) { At(root, {-65540}) = UnsignedItem(0); }},
       {"isolation 0", kUnsupported, [](Item& root) { At(root, {-65541}) = UnsignedItem(0); }},
       {"isolation 4", kUnsupported, [](Item& root) { At(root, {-65541}) = UnsignedItem(4); }},
       {"isolation 257", kUnsupported, [](Item& root) { At(root, {-65541}) = UnsignedItem(257); }},
       {"HPKE suite 0", kMalformed, [](Item& root) { At(root, {-65542}) = UnsignedItem(0); }},
       {"enc of 16", kMalformed, [](Item& root) { At(root, {-65543}) = BytesItem(Filler(16, 1)); }},
       {"enc of 2049", kMalformed, [](Item& root) { At(root, {-65543}) = BytesItem(Filler(2049, 1)); }},
       {"wrapped key of 32", kMalformed, [](Item& root) { At(root, {-65544}) = BytesItem(Filler(32, 1)); }}});
  EXPECT_EQ(DecodeLicence(ByteVector(kMaxLicenceSize + 1)).error().code(), kTooLarge);
}

TEST(Licence, IsNotEncodedWhenItWouldBeRefused) {
  ExpectNotEncoded<Licence>(
      SampleLicence(), EncodeLicence,
      {{"issuer", kMalformed, [](Licence& licence) { licence.issuer = {}; }},
       {"no product", kMalformed, [](Licence& licence) { licence.product = {}; }},
       {"epoch", kMalformed, [](Licence& licence) { licence.epoch = {65536}; }},
       {"versions", kMalformed, [](Licence& licence) { licence.terms.last_sequence = {0}; }},
       {"expiry", kMalformed, [](Licence& licence) { licence.terms.expires = licence.terms.not_before; }},
       {"isolation", kUnsupported, [](Licence& licence) { licence.terms.isolation_floor = Isolation{0}; }},
       {"budget", kMalformed, [](Licence& licence) { licence.terms.call_budget = 0; }},
       {"rate", kMalformed, [](Licence& licence) { licence.terms.calls_per_minute = 0; }},
       {"lease", kMalformed, [](Licence& licence) { licence.terms.lease = Lease(); }},
       {"clock behind", kUnsupported,
        [](Licence& licence) { licence.terms.lease = Lease{.seconds = 1, .clock_behind = ClockBehind{4}}; }},
       {"features", kMalformed,
        [](Licence& licence) { licence.terms.features = WithFeatures({"b", "a"}).terms.features; }},
       {"suite 0", kMalformed, [](Licence& licence) { licence.hpke_suite = 0; }},
       {"no enc", kMalformed, [](Licence& licence) { licence.enc = {}; }},
       {"no wrapped key", kMalformed, [](Licence& licence) { licence.wrapped_epoch_key = {}; }}});
}

TEST(LicenceBinding, IsAllButEncAndWrappedKey) {
  Item expected = ParseItem(EncodedBy(EncodeLicence, SampleLicence()));
  expected.children.resize(expected.children.size() - 4);
  EXPECT_EQ(EncodedBy(EncodeLicenceBinding, SampleLicence()), WriteItem(expected));
  Licence perpetual = SampleLicence();
  perpetual.terms.expires.reset();
  expected = ParseItem(EncodedBy(EncodeLicence, perpetual));
  expected.children.resize(expected.children.size() - 4);
  EXPECT_EQ(EncodedBy(EncodeLicenceBinding, perpetual), WriteItem(expected));
}

TEST(LicenceBinding, HoldsTheExport) {
  Licence licence = SampleLicence();
  licence.terms.allows_export = true;
  Item expected = ParseItem(EncodedBy(EncodeLicence, licence));
  const auto end = expected.children.end();
  expected.children.erase(end - 6, end - 2);
  EXPECT_EQ(EncodedBy(EncodeLicenceBinding, licence), WriteItem(expected));
  EXPECT_NE(EncodedBy(EncodeLicenceBinding, licence), EncodedBy(EncodeLicenceBinding, SampleLicence()));
}

TEST(LicenceBinding, HoldsTheBoundsOnCalls) {
  Licence licence = SampleLicence();
  licence.terms.call_budget = 1000;
  const ByteVector thousand = EncodedBy(EncodeLicenceBinding, licence);
  licence.terms.call_budget = 1001;
  const ByteVector one_more = EncodedBy(EncodeLicenceBinding, licence);
  licence.terms.calls_per_minute = 1;
  const ByteVector rated = EncodedBy(EncodeLicenceBinding, licence);
  EXPECT_NE(thousand, EncodedBy(EncodeLicenceBinding, SampleLicence()));
  EXPECT_NE(thousand, one_more);
  EXPECT_NE(one_more, rated);
}

TEST(LicenceBinding, HoldsEveryOtherTerm) {
  const ByteVector none = EncodedBy(EncodeLicenceBinding, SampleLicence());
  EXPECT_NE(EncodedBy(EncodeLicenceBinding, WithLease({.seconds = 60})), none);
  EXPECT_NE(EncodedBy(EncodeLicenceBinding, WithFeatures({"a"})), none);
  for (bool LicenceTerms::* const term : {&LicenceTerms::processor_only, &LicenceTerms::transferable}) {
    Licence licence = SampleLicence();
    licence.terms.*term = true;
    EXPECT_NE(EncodedBy(EncodeLicenceBinding, licence), none);
  }
}

TEST(LicenceBinding, NeedsNeitherEncNorWrappedKey) {
  Licence licence = SampleLicence();
  licence.enc = {};
  licence.wrapped_epoch_key = {};
  EXPECT_EQ(EncodedBy(EncodeLicenceBinding, licence), EncodedBy(EncodeLicenceBinding, SampleLicence()));
}

}  // namespace
}  // namespace edgekeep::formats
