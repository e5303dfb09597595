#include "edgekeep/formats/product_policy.h"

#include "refusals.h"

namespace edgekeep::formats {
namespace {

using enum ErrorCode;

constexpr auto kDecode = [](ByteView bytes) { return DecodeProductPolicy(bytes); };

ByteVector SampleBytes() {
  return EncodedBy(EncodeProductPolicy, SampleProductPolicy());
}

Item NumbersItem(std::size_t count) {
  std::vector<Item> numbers;
  for (std::size_t i = 0; i < count; ++i) numbers.push_back(UnsignedItem(i));
  return ArrayItem(numbers);
}

// The sample with one field alone.
ByteVector WithAlone(std::int64_t key, const Item& value) {
  return WriteItem(MapItem({UnsignedItem(static_cast<std::uint64_t>(key)), value}));
}

TEST(ProductPolicy, KeepsItsFields) {
  const ByteVector bytes = SampleBytes();
  const ProductPolicy policy = DecodeProductPolicy(bytes).value();
  EXPECT_EQ(policy.threads, 4U);
  ASSERT_EQ(policy.processors.size(), 3U);
  EXPECT_EQ(policy.processors[2], 1023);
  EXPECT_EQ(policy.memory_budget, 268435456U);
  EXPECT_TRUE(policy.spinning);
  ASSERT_EQ(policy.providers.size(), 2U);
  EXPECT_EQ(policy.providers[0], ExecutionProvider::kOpenVino);
  EXPECT_EQ(policy.providers[1], ExecutionProvider::kCpu);
  EXPECT_TRUE(policy.weights_may_leave);
  EXPECT_TRUE(policy.zero_copy_inputs);
  EXPECT_EQ(policy.output_guard.top_k, 5U);
  EXPECT_EQ(policy.output_guard.decimals, 0U);
  EXPECT_TRUE(policy.receipts);
  EXPECT_TRUE(policy.start_at_boot);
  EXPECT_EQ(policy.linger_seconds, 86400U);
  EXPECT_EQ(policy.licence_end, LicenceEnd::kDegrade);
  EXPECT_EQ(policy.degraded_calls_per_minute, 1U);
  EXPECT_TRUE(policy == SampleProductPolicy());
}

TEST(ProductPolicy, WithoutAFieldItHasTheDefault) {
  const ProductPolicy policy = DecodeProductPolicy(WithAlone(9, SimpleItem(21))).value();
  EXPECT_TRUE(policy.receipts);
  EXPECT_FALSE(policy.threads);
  EXPECT_TRUE(policy.processors.empty());
  EXPECT_FALSE(policy.memory_budget);
  EXPECT_FALSE(policy.spinning);
  EXPECT_TRUE(policy.providers == CpuAlone());
  EXPECT_FALSE(policy.weights_may_leave);
  EXPECT_FALSE(policy.zero_copy_inputs);
  EXPECT_FALSE(policy.output_guard.top_k);
  EXPECT_FALSE(policy.output_guard.decimals);
  EXPECT_FALSE(policy.start_at_boot);
  EXPECT_EQ(policy.linger_seconds, 0U);
  EXPECT_EQ(policy.licence_end, LicenceEnd::kFinish);
  EXPECT_EQ(policy.degraded_calls_per_minute, 60U);
}

TEST(ProductPolicy, LargestFitsItsLimit) {
  ProductPolicy policy = SampleProductPolicy();
  policy.processors = {};
  for (std::size_t i = 0; i < kMaxPolicyProcessors; ++i) {
    ASSERT_TRUE(policy.processors.PushBack(static_cast<std::uint16_t>(960 + i)));
  }
  policy.memory_budget = UINT64_MAX;
  policy.output_guard.top_k = UINT32_MAX;
  policy.degraded_calls_per_minute = UINT32_MAX;
  const ByteVector bytes = EncodedBy(EncodeProductPolicy, policy);
  EXPECT_LE(bytes.size(), kMaxProductPolicySize);
  EXPECT_TRUE(DecodeProductPolicy(bytes).value() == policy);
  EXPECT_EQ(DecodeProductPolicy(ByteVector(kMaxProductPolicySize + 1)).error().code(), kTooLarge);
}

TEST(ProductPolicy, RefusesWhatIsSaidByAbsence) {
  const std::vector<std::pair<std::int64_t, Item>> defaults = {
      {2, ArrayItem({})},   {4, SimpleItem(20)},   {5, ArrayItem({})},    {5, ArrayItem({UnsignedItem(1)})},
      {6, SimpleItem(20)},  {7, SimpleItem(20)},   {8, MapItem({})},      {9, SimpleItem(20)},
      {10, SimpleItem(20)}, {11, UnsignedItem(0)}, {12, UnsignedItem(1)}, {13, UnsignedItem(60)}};
  for (const auto& [key, value] : defaults) {
    const auto decoded = DecodeProductPolicy(WithAlone(key, value));
    ASSERT_FALSE(decoded) << key;
    EXPECT_EQ(decoded.error().code(), kMalformed) << key;
  }
  EXPECT_EQ(DecodeProductPolicy(WriteItem(MapItem({}))).error().code(), kMalformed);
}

TEST(ProductPolicy, RefusesEngineFieldsByName) {
  ExpectRefused(SampleBytes(), kDecode,
                {{"threads 0", kMalformed, [](Item& root) { At(root, {1}) = UnsignedItem(0); }},
                 {"threads 65", kMalformed, [](Item& root) { At(root, {1}) = UnsignedItem(65); }},
                 {"threads 2^32", kMalformed, [](Item& root) { At(root, {1}) = UnsignedItem(1ULL << 32); }},
                 {"65 processors", kTooLarge, [](Item& root) { At(root, {2}) = NumbersItem(65); }},
                 {"processor 1024", kMalformed, [](Item& root) { At(root, {2, 2}) = UnsignedItem(1024); }},
                 {"processor 65536", kMalformed, [](Item& root) { At(root, {2, 2}) = UnsignedItem(65536); }},
                 {"processors descending", kMalformed, [](Item& root) { At(root, {2, 1}) = UnsignedItem(0); }},
                 {"a processor twice", kMalformed, [](Item& root) { At(root, {2, 1}) = At(root, {2, 0}); }},
                 {"memory budget 0", kMalformed, [](Item& root) { At(root, {3}) = UnsignedItem(0); }},
                 {"spinning as a number", kMalformed, [](Item& root) { At(root, {4}) = UnsignedItem(1); }},
                 {"nine providers", kTooLarge, [](Item& root) { At(root, {5}) = NumbersItem(9); }},
                 {"provider 0", kUnsupported, [](Item& root) { At(root, {5, 0}) = UnsignedItem(0); }},
                 {"provider 6", kUnsupported, [](Item& root) { At(root, {5, 0}) = UnsignedItem(6); }},
                 {"provider 257", kUnsupported, [](Item& root) { At(root, {5, 0}) = UnsignedItem(257); }},
                 {"a provider twice", kMalformed, [](Item& root) { At(root, {5, 1}) = UnsignedItem(4); }},
                 {"weights that may not leave", kMalformed,
                  [](Item& root) { root.children.erase(root.children.begin() + 10, root.children.begin() + 12); }}});
}

TEST(ProductPolicy, RefusesOtherFieldsByName) {
  ExpectRefused(
      SampleBytes(), kDecode,
      {{"zero copy as a text", kMalformed, [](Item& root) { At(root, {7}) = TextItem("yes"); }},
       {"top 0", kMalformed, [](Item& root) { At(root, {8, 1}) = UnsignedItem(0); }},
       {"top 2^32", kMalformed, [](Item& root) { At(root, {8, 1}) = UnsignedItem(1ULL << 32); }},
       {"8 decimals", kMalformed, [](Item& root) { At(root, {8, 2}) = UnsignedItem(8); }},
       {"256 decimals", kMalformed, [](Item& root) { At(root, {8, 2}) = UnsignedItem(256); }},
       {"output guard as a list", kMalformed, [](Item& root) { At(root, {8}) = ArrayItem({UnsignedItem(5)}); }},
       {"receipts null", kMalformed, [](Item& root) { At(root, {9}) = SimpleItem(22); }},
       {"linger of more than a day", kMalformed, [](Item& root) { At(root, {11}) = UnsignedItem(86401); }},
       {"licence end 0", kUnsupported, [](Item& root) { At(root, {12}) = UnsignedItem(0); }},
       {"licence end 4", kUnsupported, [](Item& root) { At(root, {12}) = UnsignedItem(4); }},
       {"licence end 258", kUnsupported, [](Item& root) { At(root, {12}) = UnsignedItem(258); }},
       {"no calls while degraded", kMalformed, [](Item& root) { At(root, {13}) = UnsignedItem(0); }}});
}

TEST(ProductPolicy, IsNotEncodedWhenItWouldBeRefused) {
  ExpectNotEncoded<ProductPolicy>(
      SampleProductPolicy(), EncodeProductPolicy,
      {{"all defaults", kMalformed, [](ProductPolicy& policy) { policy = {}; }},
       {"threads", kMalformed, [](ProductPolicy& policy) { policy.threads = 65; }},
       {"processor", kMalformed, [](ProductPolicy& policy) { policy.processors[2] = 1024; }},
       {"processors", kMalformed, [](ProductPolicy& policy) { policy.processors[1] = 0; }},
       {"budget", kMalformed, [](ProductPolicy& policy) { policy.memory_budget = 0; }},
       {"no provider", kMalformed, [](ProductPolicy& policy) { policy.providers = {}; }},
       {"provider", kUnsupported, [](ProductPolicy& policy) { policy.providers[0] = ExecutionProvider{6}; }},
       {"weights", kMalformed, [](ProductPolicy& policy) { policy.weights_may_leave = false; }},
       {"top", kMalformed, [](ProductPolicy& policy) { policy.output_guard.top_k = 0; }},
       {"decimals", kMalformed, [](ProductPolicy& policy) { policy.output_guard.decimals = 8; }},
       {"linger", kMalformed, [](ProductPolicy& policy) { policy.linger_seconds = 86401; }},
       {"end", kUnsupported, [](ProductPolicy& policy) { policy.licence_end = LicenceEnd{4}; }},
       {"calls", kMalformed, [](ProductPolicy& policy) { policy.degraded_calls_per_minute = 0; }}});
}

TEST(ProductPolicy, StandsInHeadersAndRecords) {
  SealedHeader header = SampleSealedHeader();
  header.policy = SampleProductPolicy();
  const ByteVector header_bytes = EncodedBy(EncodeSealedHeader, header);
  EXPECT_TRUE(DecodeSealedHeader(header_bytes).value().policy == header.policy);
  CommitRecord record = SampleCommitRecord();
  record.policy = SampleProductPolicy();
  const ByteVector record_bytes = EncodedBy(EncodeCommitRecord, record);
  EXPECT_TRUE(DecodeCommitRecord(record_bytes).value().policy == record.policy);
  const auto empty_policy = [](Item& root) { root.children.back() = MapItem({}); };
  ExpectRefused(header_bytes, DecodeSealedHeader, {{"an empty policy", kMalformed, empty_policy}});
  ExpectRefused(record_bytes, DecodeCommitRecord, {{"an empty policy", kMalformed, empty_policy}});
}

TEST(ProductPolicy, ThatWouldBeRefusedIsNotEncodedInsideOfOthers) {
  ExpectNotEncoded<SealedHeader>(SampleSealedHeader(), EncodeSealedHeader,
                                 {{"policy", kMalformed, [](SealedHeader& bent) { bent.policy.threads = 65; }}});
  ExpectNotEncoded<CommitRecord>(SampleCommitRecord(), EncodeCommitRecord,
                                 {{"policy", kMalformed, [](CommitRecord& bent) { bent.policy.threads = 65; }}});
}

}  // namespace
}  // namespace edgekeep::formats
