#include "edgekeep/formats/operations_policy.h"

#include "refusals.h"

namespace edgekeep::formats {
namespace {

using enum ErrorCode;

ProductName Named(std::string_view product) {
  return ProductName::Parse(product).value();
}

ByteVector SampleOperationsBytes() {
  return EncodedBy(EncodeOperationsPolicy, SampleOperationsPolicy());
}

TEST(OperationsPolicyFormat, KeepsItsFields) {
  const OperationsPolicy policy = DecodeOperationsPolicy(SampleOperationsBytes()).value();
  EXPECT_EQ(policy.version, 3U);
  EXPECT_EQ(policy.authority.view(), "acme");
  EXPECT_EQ(policy.sessions, 12U);
  EXPECT_EQ(policy.demands.isolation_floor, Isolation::kVm);
  EXPECT_EQ(policy.demands.threads, 4U);
  EXPECT_EQ(policy.demands.memory_budget, 1ULL << 30);
  EXPECT_TRUE(policy.demands.forbids_export);
  ASSERT_EQ(policy.products.size(), 2U);
  EXPECT_EQ(policy.products[0].product, Named("acme/label-ocr"));
  EXPECT_EQ(policy.products[0].demands.isolation_floor, Isolation::kTrustZone);
  EXPECT_EQ(policy.products[1].demands.threads, 1U);
  EXPECT_TRUE(policy == SampleOperationsPolicy());
}

TEST(OperationsPolicyFormat, MayDemandNothing) {
  OperationsPolicy policy{.version = 4, .authority = InlineString<63>::Truncated("acme")};
  const OperationsPolicy again = DecodeOperationsPolicy(EncodedBy(EncodeOperationsPolicy, policy)).value();
  EXPECT_TRUE(again == policy);
  EXPECT_TRUE(DemandsOn(again, Named("acme/label-ocr")) == OperationsDemands());
}

TEST(OperationsPolicyFormat, OfEachDemandTheStricterOneHolds) {
  OperationsPolicy policy = SampleOperationsPolicy();
  EXPECT_EQ(DemandsOn(policy, Named("acme/label-ocr")).isolation_floor, Isolation::kTrustZone);
  EXPECT_EQ(DemandsOn(policy, Named("acme/label-ocr")).threads, 4U);
  EXPECT_EQ(DemandsOn(policy, Named("acme/other")).threads, 1U);
  EXPECT_EQ(DemandsOn(policy, Named("acme/other")).isolation_floor, Isolation::kVm);
  EXPECT_TRUE(DemandsOn(policy, Named("acme/third")) == policy.demands);
  policy.demands = {};
  EXPECT_EQ(DemandsOn(policy, Named("acme/other")).memory_budget, std::nullopt);
  policy.products[1].demands.threads = 8;
  policy.demands.threads = 2;
  EXPECT_EQ(DemandsOn(policy, Named("acme/other")).threads, 2U) << "a product's own demands widen nothing";
}

TEST(OperationsPolicyFormat, LargestFitsItsLimit) {
  OperationsPolicy policy = SampleOperationsPolicy();
  policy.version = UINT64_MAX;
  policy.authority = InlineString<63>::Truncated(std::string(63, 'a'));
  policy.products = {};
  for (std::size_t i = 0; i < kMaxProductDemands; ++i) {
    const std::string name = std::string(63, 'a') + "/" + std::string(61, 'b') + std::to_string(10 + i);
    ASSERT_TRUE(policy.products.PushBack({Named(name), SampleOperationsPolicy().demands}));
  }
  const ByteVector bytes = EncodedBy(EncodeOperationsPolicy, policy);
  EXPECT_LE(bytes.size(), kMaxOperationsPolicySize);
  EXPECT_TRUE(DecodeOperationsPolicy(bytes).value() == policy);
  EXPECT_EQ(DecodeOperationsPolicy(ByteVector(kMaxOperationsPolicySize + 1)).error().code(), kTooLarge);
}

TEST(OperationsPolicyFormat, RefusesFieldsByName) {
  ExpectRefused(SampleOperationsBytes(), DecodeOperationsPolicy,
                {{"another type", kUnsupported, [](Item& root) { At(root, {0}) = TextItem("edgekeep/trust-policy"); }},
                 {"version 0", kMalformed, [](Item& root) { At(root, {1}) = UnsignedItem(0); }},
                 {"authority", kMalformed, [](Item& root) { At(root, {2}) = TextItem("Acme"); }},
                 {"another authority", kMalformed, [](Item& root) { At(root, {2}) = TextItem("umbrella"); }},
                 {"no sessions", kMalformed, [](Item& root) { At(root, {3}) = UnsignedItem(0); }},
                 {"129 sessions", kMalformed, [](Item& root) { At(root, {3}) = UnsignedItem(129); }},
                 {"floor 0", kUnsupported, [](Item& root) { At(root, {4, 1}) = UnsignedItem(0); }},
                 {"floor 1 is said by absence", kMalformed, [](Item& root) { At(root, {4, 1}) = UnsignedItem(1); }},
                 {"floor 4", kUnsupported, [](Item& root) { At(root, {4, 1}) = UnsignedItem(4); }},
                 {"floor 258", kUnsupported, [](Item& root) { At(root, {4, 1}) = UnsignedItem(258); }},
                 {"threads 0", kMalformed, [](Item& root) { At(root, {4, 2}) = UnsignedItem(0); }},
                 {"threads 65", kMalformed, [](Item& root) { At(root, {4, 2}) = UnsignedItem(65); }},
                 {"memory 0", kMalformed, [](Item& root) { At(root, {4, 3}) = UnsignedItem(0); }},
                 {"export allowed", kMalformed, [](Item& root) { At(root, {4, 4}) = SimpleItem(20); }},
                 {"no demand in the demands", kMalformed, [](Item& root) { At(root, {4}) = MapItem({}); }},
                 {"no products", kMalformed, [](Item& root) { At(root, {5}) = ArrayItem({}); }},
                 {"a product twice", kMalformed, [](Item& root) { At(root, {5, 1}) = At(root, {5, 0}); }},
                 {"another's product", kMalformed, [](Item& root) { At(root, {5, 1, 0}) = TextItem("zeta/other"); }}});
}

TEST(OperationsPolicyFormat, IsNotEncodedWhenItWouldBeRefused) {
  using Policy = OperationsPolicy;
  ExpectNotEncoded<Policy>(
      SampleOperationsPolicy(), EncodeOperationsPolicy,
      {{"version", kMalformed, [](Policy& policy) { policy.version = 0; }},
       {"authority", kMalformed, [](Policy& policy) { policy.authority = {}; }},
       {"sessions", kMalformed, [](Policy& policy) { policy.sessions = 129; }},
       {"floor", kUnsupported, [](Policy& policy) { policy.demands.isolation_floor = Isolation{4}; }},
       {"threads", kMalformed, [](Policy& policy) { policy.demands.threads = 0; }},
       {"memory", kMalformed, [](Policy& policy) { policy.products[0].demands.memory_budget = 0; }},
       {"nothing", kMalformed, [](Policy& policy) { policy.products[0].demands = {}; }},
       {"order", kMalformed, [](Policy& policy) { std::swap(policy.products[0], policy.products[1]); }}});
}

TEST(OperationsPolicyFormat, IsToldFromOthersByItsBeginning) {
  ByteVector bytes = SampleOperationsBytes();
  EXPECT_TRUE(IsOperationsPolicy(bytes));
  bytes.pop_back();
  EXPECT_TRUE(IsOperationsPolicy(bytes)) << "though it is none that counts";
  EXPECT_FALSE(IsOperationsPolicy(EncodedBy(EncodeTrustPolicy, SampleTrustPolicy())));
  EXPECT_FALSE(IsOperationsPolicy({}));
  EXPECT_EQ(DecodeOperationsPolicy(EncodedBy(EncodeTrustPolicy, SampleTrustPolicy())).error().code(), kMalformed);
}

TEST(OperationsPolicyFormat, HasAProductOfItsOwn) {
  EXPECT_EQ(OperationsProductOf("acme").value(), Named("acme/operations-policy"));
  EXPECT_EQ(OperationsProductOf("Acme").error().code(), kMalformed);
  EXPECT_TRUE(OperationsProductOf(std::string(63, 'a')));
  EXPECT_EQ(OperationsProductOf(std::string(64, 'a')).error().code(), kMalformed);
}

}  // namespace
}  // namespace edgekeep::formats
