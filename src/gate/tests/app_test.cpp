#include "edgekeep/gate/app.h"

#include "samples.h"
#include "strict.h"

namespace edgekeep::gate {
namespace {

TEST(OpenModel, RequestIsStrict) {
  const OpenModelRequest request{
      .product = ProductName::Parse("acme/label-ocr").value(), .ring_bytes = 1 << 20, .threads = 2, .calls = 3};
  ExpectStrict<OpenModelRequest>(request, DecodeOpenModelRequest, EncodeOpenModelRequest);
}

TEST(OpenModel, AnswerIsStrict) {
  OpenModelAnswer answer{
      .version = SampleVersion(), .model = SampleModel(), .ring_bytes = 64 << 20, .provider = 4, .features = {}};
  ExpectStrict<OpenModelAnswer>(answer, DecodeOpenModelAnswer, EncodeOpenModelAnswer);
  EXPECT_TRUE(answer.features.PushBack(InlineString<32>::Truncated("multi-page")));
  ExpectStrict<OpenModelAnswer>(answer, DecodeOpenModelAnswer, EncodeOpenModelAnswer);
}

TEST(OpenModel, RequestForNoProductIsRefused) {
  const Buffer body = {0xa4, 0x01, 0x63, 'a', '/', 'B', 0x02, 0x00, 0x03, 0x00, 0x04, 0x00};
  EXPECT_EQ(DecodeOpenModelRequest(body).error().code(), ErrorCode::kMalformed);
}

TEST(OpenModel, RequestForMoreThreadsThanCountIsRefused) {
  const Buffer body = {0xa4, 0x01, 0x63, 'a', '/', 'b', 0x02, 0x00, 0x03, 0x1b, 0, 0, 0, 1, 0, 0, 0, 0, 0x04, 0x00};
  EXPECT_EQ(DecodeOpenModelRequest(body).error().code(), ErrorCode::kMalformed);
}

TEST(OpenModel, RequestWithAFurtherFieldIsRefused) {
  const Buffer body = {0xa5, 0x01, 0x63, 'a', '/', 'b', 0x02, 0x00, 0x03, 0x00, 0x04, 0x00, 0x05, 0x00};
  EXPECT_EQ(DecodeOpenModelRequest(body).error().code(), ErrorCode::kMalformed);
}

}  // namespace
}  // namespace edgekeep::gate
