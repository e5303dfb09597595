#include "edgekeep/gate/values.h"

#include "strict.h"

namespace edgekeep::gate {
namespace {

ValueName Named(std::string_view text) {
  return ValueName::Parse(text).value();
}

TEST(StoredValues, RequestsAreStrict) {
  const Buffer value = {1, 2, 3, 0, 255};
  ExpectStrict<PutValueRequest>({Named("token"), value}, DecodePutValueRequest, EncodePutValueRequest);
  ExpectStrict<PutValueRequest>({Named("A.b_c-9"), {}}, DecodePutValueRequest, EncodePutValueRequest);
  ExpectStrict<GetValueRequest>({Named("token")}, DecodeGetValueRequest, EncodeGetValueRequest);
  ExpectStrict<DeleteValuesRequest>({Named("token")}, DecodeDeleteValuesRequest, EncodeDeleteValuesRequest);
  ExpectStrict<DeleteValuesRequest>({}, DecodeDeleteValuesRequest, EncodeDeleteValuesRequest);
}

TEST(StoredValues, ListIsStrict) {
  ListValuesAnswer answer{.values = {}, .bytes_used = 4000, .changes_left = 64};
  ExpectStrict<ListValuesAnswer>(answer, DecodeListValuesAnswer, EncodeListValuesAnswer);
  EXPECT_TRUE(answer.values.PushBack({Named("Zero"), 0}));
  EXPECT_TRUE(answer.values.PushBack({Named("token"), kMaxValueSize}));
  ExpectStrict<ListValuesAnswer>(answer, DecodeListValuesAnswer, EncodeListValuesAnswer);
  std::swap(answer.values[0], answer.values[1]);
  Buffer room(1000);
  CborWriter out(room);
  EXPECT_EQ(EncodeListValuesAnswer(answer, out).error().code(), ErrorCode::kMalformed);
}

TEST(StoredValues, OfMoreThanTheLargestSizeAreRefused) {
  const Buffer largest(kMaxValueSize, 7);
  const Buffer body = Encoded<PutValueRequest>({Named("token"), largest}, EncodePutValueRequest);
  EXPECT_TRUE(DecodePutValueRequest(body));
  Buffer larger = body;  // map, key, "token", key, head of three bytes, whose last two are the size
  larger.push_back(7);
  ++larger[11];
  EXPECT_EQ(DecodePutValueRequest(larger).error().code(), ErrorCode::kTooLarge);
}

TEST(StoredValues, NamesThatLeadElsewhereAreRefused) {
  const std::string longest(63, 'n');
  EXPECT_TRUE(ValueName::Parse(longest));
  for (const std::string& name : {std::string(), longest + "n", std::string("a/b"), std::string("a b"),
                                  std::string("a\n"), std::string("ä"), std::string("a\0b", 3)}) {
    EXPECT_EQ(ValueName::Parse(name).error().code(), ErrorCode::kMalformed) << name;
  }
}

}  // namespace
}  // namespace edgekeep::gate
