#include "edgekeep/model/check.h"

#include <gtest/gtest.h>

#include "onnx_builder.h"

namespace edgekeep::model {
namespace {

using testing::AddGraph;
using testing::Entry;
using testing::ExternalTensor;
using testing::Message;
using testing::Model;

constexpr FileBeside kBeside[] = {{"weights.bin", 64}, {"sub/more.bin", 16}};

Status CheckExternal(std::string_view location, std::string_view offset = "0", std::string_view length = "16") {
  return CheckModel(Model(AddGraph(ExternalTensor(location, offset, length))).view(), kBeside);
}

TEST(Check, AcceptsModelsWithoutExternalData) {
  EXPECT_TRUE(CheckModel(testing::SmallModel().view(), {}));
}

TEST(Check, AcceptsExternalDataInThePackage) {
  EXPECT_TRUE(CheckExternal("weights.bin"));
  EXPECT_TRUE(CheckExternal("weights.bin", "48", "16"));
  EXPECT_TRUE(CheckExternal("weights.bin", "64", "0"));
  EXPECT_TRUE(CheckExternal("weights.bin", "", ""));
  EXPECT_TRUE(CheckExternal("sub/more.bin"));
}

TEST(Check, RefusesLocationsOutsideThePackage) {
  for (const std::string_view location :
       {"../weights.bin", "/etc/passwd", "./weights.bin", "sub/../weights.bin", "weights.bin/", "/weights.bin",
        "weights", "sub//more.bin", "sub\\more.bin", "*/_ORT_MEM_ADDR_/*", "WEIGHTS.BIN", " weights.bin"}) {
    const Status status = CheckExternal(location);
    ASSERT_FALSE(status) << location;
    EXPECT_EQ(status.error().code(), ErrorCode::kModelRefused);
    EXPECT_STREQ(status.error().where(), "model: external data that is not in the package");
  }
  EXPECT_FALSE(CheckExternal(std::string_view("weights.bin\0x", 13)));
}

TEST(Check, RefusesRangesOutsideTheFile) {
  EXPECT_FALSE(CheckExternal("weights.bin", "49", "16"));
  EXPECT_FALSE(CheckExternal("weights.bin", "65", "0"));
  EXPECT_FALSE(CheckExternal("weights.bin", "65", ""));
  EXPECT_FALSE(CheckExternal("weights.bin", "0", "65"));
  EXPECT_FALSE(CheckExternal("weights.bin", "9223372036854775807", "9223372036854775807"));
}

TEST(Check, RefusesNumbersThatAreNone) {
  for (const std::string_view number : {"-1", "+1", " 1", "1 ", "0x1", "1e3", "9223372036854775808",
                                        "18446744073709551616", "99999999999999999999999"}) {
    EXPECT_FALSE(CheckExternal("weights.bin", number, "0")) << number;
    EXPECT_FALSE(CheckExternal("weights.bin", "0", number)) << number;
  }
  const Message empty_length = ExternalTensor("weights.bin", "0", "").Nested(13, Entry("length", ""));
  EXPECT_FALSE(CheckModel(Model(AddGraph(empty_length)).view(), kBeside));
}

TEST(Check, RefusesExternalDataHalfStated) {
  const Message no_flag = Message().Varint(1, 4).Varint(2, 1).Text(8, "w").Nested(13, Entry("location", "/etc/passwd"));
  EXPECT_FALSE(CheckModel(Model(AddGraph(no_flag)).view(), kBeside));
  const Message no_location = Message().Varint(1, 4).Varint(2, 1).Text(8, "w").Varint(14, 1);
  EXPECT_FALSE(CheckModel(Model(AddGraph(no_location)).view(), kBeside));
  const Message only_offset = Message(no_location).Nested(13, Entry("offset", "0"));
  EXPECT_FALSE(CheckModel(Model(AddGraph(only_offset)).view(), kBeside));
}

TEST(Check, RefusesExternalDataStatedTwice) {
  for (const Message& again : {Entry("location", "/etc/passwd"), Entry("offset", "1"), Entry("length", "1")}) {
    const Message twice = ExternalTensor("weights.bin", "0", "16").Nested(13, again);
    EXPECT_FALSE(CheckModel(Model(AddGraph(twice)).view(), kBeside));
  }
  const Message two_keys = Message(Entry("location", "weights.bin")).Text(2, "/etc/passwd");
  const Message hidden = Message().Varint(1, 4).Varint(2, 1).Text(8, "w").Nested(13, two_keys).Varint(14, 1);
  EXPECT_FALSE(CheckModel(Model(AddGraph(hidden)).view(), kBeside));
}

TEST(Check, RefusesUnknownKeysAndInsideOutsideAtOnce) {
  const Message unknown = ExternalTensor("weights.bin", "0", "16").Nested(13, Entry("prepacked_0", "x"));
  EXPECT_FALSE(CheckModel(Model(AddGraph(unknown)).view(), kBeside));
  const Message both = ExternalTensor("weights.bin", "0", "16").Text(9, "0123456789abcdef");
  EXPECT_FALSE(CheckModel(Model(AddGraph(both)).view(), kBeside));
  const Message checksum = ExternalTensor("weights.bin", "0", "16").Nested(13, Entry("checksum", "x"));
  EXPECT_TRUE(CheckModel(Model(AddGraph(checksum)).view(), kBeside));
}

// Every place where ONNX allows a tensor is looked at: an escape in any of them is found.
TEST(Check, FindsEscapesWhereverATensorMayStand) {
  const Message bad = ExternalTensor("/etc/passwd", "0", "16");
  const Message inner = Message().Nested(5, bad);
  const Message sparse = Message().Nested(1, bad);
  const Message sparse_indices = Message().Nested(2, bad);
  const auto attribute = [](std::uint32_t field, const Message& value) {
    return Message().Nested(5, Message().Text(1, "value").Nested(field, value));
  };
  const auto refuses = [](const Message& graph) { return !CheckModel(Model(graph).view(), kBeside); };
  const Message good = AddGraph(testing::InlineTensor("w", 4, "0123456789abcdef"));
  ASSERT_FALSE(refuses(good));
  EXPECT_TRUE(refuses(Message(good).Nested(1, attribute(5, bad))));
  EXPECT_TRUE(refuses(Message(good).Nested(1, attribute(10, bad))));
  EXPECT_TRUE(refuses(Message(good).Nested(1, attribute(6, inner))));
  EXPECT_TRUE(refuses(Message(good).Nested(1, attribute(11, inner))));
  EXPECT_TRUE(refuses(Message(good).Nested(1, attribute(22, sparse))));
  EXPECT_TRUE(refuses(Message(good).Nested(1, attribute(23, sparse_indices))));
  EXPECT_TRUE(refuses(Message(good).Nested(15, sparse)));
  const Message nested_twice = Message().Nested(1, attribute(6, Message().Nested(1, attribute(5, bad))));
  EXPECT_TRUE(refuses(Message(good).Nested(1, attribute(6, nested_twice))));
  const Message function = Message().Nested(7, attribute(5, bad));
  EXPECT_FALSE(CheckModel(Message(Model(good)).Nested(25, function).view(), kBeside));
  EXPECT_FALSE(CheckModel(Message(Model(good)).Nested(20, Message().Nested(1, inner)).view(), kBeside));
}

}  // namespace
}  // namespace edgekeep::model
