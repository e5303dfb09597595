#include "edgekeep/gate/export.h"

#include "samples.h"
#include "strict.h"

namespace edgekeep::gate {
namespace {

ExportedFiles Files(std::initializer_list<const char*> paths) {
  ExportedFiles files;
  for (const char* const path : paths) EXPECT_TRUE(files.PushBack(TextOf<255>(path)));
  return files;
}

ExportModelRequest SampleRequest() {
  return {.product = ProductName::Parse("acme/label-ocr").value(), .files = Files({"", "words.txt", "data/w.bin"})};
}

TEST(Export, RequestIsStrict) {
  ExpectStrict<ExportModelRequest>(SampleRequest(), DecodeExportModelRequest, EncodeExportModelRequest);
  const auto decoded = DecodeExportModelRequest(Encoded<ExportModelRequest>(SampleRequest(), EncodeExportModelRequest));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->files[0].view(), "");
  EXPECT_EQ(decoded->files[2].view(), "data/w.bin");
}

TEST(Export, AnswerIsStrict) {
  ExpectStrict<ExportModelAnswer>({.version = SampleVersion()}, DecodeExportModelAnswer, EncodeExportModelAnswer);
}

TEST(Export, OrderIsStrict) {
  const SlotFileInput input{.key = SecretOf(1), .header_digest = IdOf<Digest>(2), .tags_digest = IdOf<Digest>(3)};
  ExpectStrict<ExportPackageOrder>(
      {.canonical = {input.key.Clone(), input.header_digest, input.tags_digest}, .files = Files({"", "words.txt"})},
      DecodeExportPackageOrder, EncodeExportPackageOrder);
}

TEST(Export, NoFileAndOneTooManyAreRefused) {
  const Buffer none = {0xa2, 0x01, 0x63, 'a', '/', 'b', 0x02, 0x80};
  EXPECT_EQ(DecodeExportModelRequest(none).error().code(), ErrorCode::kMalformed);
  const Buffer three = {0xa2, 0x01, 0x63, 'a', '/', 'b', 0x02, 0x83, 0x60, 0x60, 0x60};
  EXPECT_TRUE(DecodeExportModelRequest(three));
  const Buffer four = {0xa2, 0x01, 0x63, 'a', '/', 'b', 0x02, 0x84, 0x60, 0x60, 0x60, 0x60};
  EXPECT_EQ(DecodeExportModelRequest(four).error().code(), ErrorCode::kTooLarge);
  Buffer room(64);
  CborWriter writer(room);
  EXPECT_FALSE(EncodeExportModelRequest({.product = SampleRequest().product, .files = {}}, writer));
}

TEST(Export, PathsWithControlCharactersAreRefused) {
  const Buffer bell = {0xa2, 0x01, 0x63, 'a', '/', 'b', 0x02, 0x81, 0x61, 0x07};
  EXPECT_EQ(DecodeExportModelRequest(bell).error().code(), ErrorCode::kMalformed);
}

}  // namespace
}  // namespace edgekeep::gate
