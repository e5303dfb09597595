// What applications store, through libedgekeep: from a keep of the test's own that holds one application's values.
#include <gtest/gtest.h>

#include <map>

#include "edgekeep/gate/admin.h"
#include "edgekeep/gate/failure.h"
#include "edgekeep/gate/values.h"
#include "edgekeep/stored_values.hpp"
#include "fixture/fake_keep.h"

namespace edgekeep::client {
namespace {

using gate::Command;

class StoreTest : public testing::Test {
 protected:
  StoreTest() {
    keep_.ServeApplications([this](gate::Channel& connection, const gate::Message& request) {
      ++num_requests_;
      const auto body = answer_ ? *answer_ : AnswerTo(request.frame);
      const Command command = body ? request.frame.header.command : Command::kError;
      EXPECT_TRUE(connection.Send(command, request.frame.header.id, body ? *body : Failure()));
    });
    client_ = OpenClient(keep_);
  }

  ~StoreTest() override { ek_client_close(client_); }

  using Body = std::vector<std::uint8_t>;

  template <typename Encode>
  static Body Encoded(Encode encode) {
    Body room(gate::kMaxBodySize);
    CborWriter out(room);
    EXPECT_TRUE(encode(out));
    room.resize(out.written().size());
    return room;
  }

  static Body Failure() {
    return Encoded([](CborWriter& out) {
      return gate::EncodeFailure(gate::FailureOf(Error(ErrorCode::kNotFound, "stored value")), out);
    });
  }

  // None: not found.
  std::optional<Body> AnswerTo(const gate::Frame& frame) {
    switch (frame.header.command) {
      case Command::kPutValue: {
        const auto put = gate::DecodePutValueRequest(frame.body);
        EXPECT_TRUE(put);
        values_[std::string(put->name.view())] = {put->value.begin(), put->value.end()};
        return Body();
      }
      case Command::kGetValue: {
        const auto found = values_.find(std::string(gate::DecodeGetValueRequest(frame.body)->name.view()));
        if (found == values_.end()) return std::nullopt;
        return Encoded([&](CborWriter& out) { return gate::EncodeBlob(found->second, out); });
      }
      case Command::kDeleteValues: {
        const auto wanted = gate::DecodeDeleteValuesRequest(frame.body);
        EXPECT_TRUE(wanted);
        if (!wanted->name) return values_.clear(), Body();
        return values_.erase(std::string(wanted->name->view())) == 0 ? std::nullopt : std::optional(Body());
      }
      default:
        return List();
    }
  }

  Body List() const {
    gate::ListValuesAnswer answer{.values = {}, .bytes_used = 321, .changes_left = 12};
    for (const auto& [name, value] : values_) {
      EXPECT_TRUE(answer.values.PushBack({ValueName::Parse(name).value(), static_cast<std::uint32_t>(value.size())}));
    }
    return Encoded([&](CborWriter& out) { return gate::EncodeListValuesAnswer(answer, out); });
  }

  std::map<std::string, Body> values_;
  std::optional<std::optional<Body>> answer_;  // in place of the right one
  int num_requests_ = 0;
  FakeKeep keep_;
  ek_client* client_ = nullptr;
  ek_error error_{};
};

TEST_F(StoreTest, ValuesComeBackThroughC) {
  const char value[] = {'a', 0, 'b'};
  ASSERT_EQ(ek_store_put(client_, "token", value, sizeof value, &error_), EK_OK) << error_.where;
  ASSERT_EQ(ek_store_put(client_, "empty", nullptr, 0, nullptr), EK_OK);
  char room[8] = "-------";
  std::size_t size = 2;
  EXPECT_EQ(ek_store_get(client_, "token", room, &size, &error_), EK_TOO_LARGE);
  EXPECT_EQ(size, 3U) << "what it takes";
  EXPECT_EQ(room[0], '-') << "and nothing is copied";
  size = sizeof room;
  ASSERT_EQ(ek_store_get(client_, "token", room, &size, &error_), EK_OK) << error_.where;
  EXPECT_EQ(std::string(room, size), std::string(value, 3));
  EXPECT_EQ(room[3], '-');
  size = 0;
  EXPECT_EQ(ek_store_get(client_, "empty", nullptr, &size, nullptr), EK_OK);
  ek_stored_value values[2];
  std::size_t count = 1;
  EXPECT_EQ(ek_store_list(client_, values, &count, nullptr, nullptr), EK_TOO_LARGE);
  EXPECT_EQ(count, 2U);
  ek_store_usage usage = EK_STORE_USAGE_INIT;
  ASSERT_EQ(ek_store_list(client_, values, &count, &usage, nullptr), EK_OK);
  EXPECT_STREQ(values[1].name, "token");
  EXPECT_EQ(values[1].size, 3U);
  EXPECT_EQ(usage.bytes_used, 321U);
  EXPECT_EQ(usage.changes_left, 12U);
  EXPECT_EQ(ek_store_delete(client_, "token", nullptr), EK_OK);
  EXPECT_EQ(ek_store_delete(client_, "token", &error_), EK_NOT_FOUND);
  EXPECT_EQ(ek_store_delete(client_, nullptr, nullptr), EK_OK);
  EXPECT_TRUE(values_.empty());
}

TEST_F(StoreTest, WrapperOwnsItsValues) {
  const auto client = app::Client::Open({.root = keep_.root().c_str()});
  const app::StoredValues values(*client);
  ASSERT_TRUE(values.Put("token", "secret"));
  auto value = values.Get("token");
  ASSERT_TRUE(value);
  app::SecretValue moved = *std::move(value);
  EXPECT_EQ(moved.text(), "secret");
  EXPECT_EQ(moved.bytes().size(), 6U);
  ASSERT_TRUE(values.List());
  EXPECT_STREQ(values.List()->at(0).name, "token");
  EXPECT_TRUE(values.Delete("token"));
  EXPECT_EQ(values.Get("token").error().code(), EK_NOT_FOUND);
  EXPECT_TRUE(values.DeleteAll());
}

TEST_F(StoreTest, WrongArgumentsAreRefusedBeforeAnybodyIsAsked) {
  std::size_t size = 1;
  ek_stored_value value;
  ek_store_usage sizeless{};
  const std::string too_large(EK_MAX_VALUE_SIZE + 1, 'x');
  for (const char* name : {static_cast<const char*>(nullptr), "", "a/b", "a b", "\xc3\xa4"}) {
    EXPECT_EQ(ek_store_put(client_, name, "", 0, nullptr), EK_BAD_ARGUMENT);
    EXPECT_EQ(ek_store_get(client_, name, nullptr, &(size = 0), nullptr), EK_BAD_ARGUMENT);
    EXPECT_TRUE(name == nullptr || ek_store_delete(client_, name, nullptr) == EK_BAD_ARGUMENT);
  }
  EXPECT_EQ(ek_store_put(nullptr, "a", "", 0, nullptr), EK_BAD_ARGUMENT);
  EXPECT_EQ(ek_store_put(client_, "a", nullptr, 1, nullptr), EK_BAD_ARGUMENT);
  EXPECT_EQ(ek_store_put(client_, "a", too_large.data(), too_large.size(), nullptr), EK_TOO_LARGE);
  EXPECT_EQ(ek_store_get(client_, "a", nullptr, nullptr, nullptr), EK_BAD_ARGUMENT);
  EXPECT_EQ(ek_store_get(client_, "a", nullptr, &(size = 1), nullptr), EK_BAD_ARGUMENT);
  EXPECT_EQ(ek_store_delete(nullptr, "a", nullptr), EK_BAD_ARGUMENT);
  EXPECT_EQ(ek_store_list(client_, &value, nullptr, nullptr, nullptr), EK_BAD_ARGUMENT);
  EXPECT_EQ(ek_store_list(client_, nullptr, &size, nullptr, nullptr), EK_BAD_ARGUMENT);
  EXPECT_EQ(ek_store_list(client_, &value, &size, &sizeless, nullptr), EK_BAD_ARGUMENT);
  EXPECT_EQ(num_requests_, 0);
}

TEST_F(StoreTest, AnswersThatMakeNoSenseAreRefused) {
  char room[EK_MAX_VALUE_SIZE];
  std::size_t size = sizeof room;
  answer_ = Body(1, 0x40);
  EXPECT_EQ(ek_store_put(client_, "a", "", 0, nullptr), EK_MALFORMED) << "a body where none belongs";
  EXPECT_EQ(ek_store_delete(client_, "a", nullptr), EK_MALFORMED);
  answer_ = Body();
  EXPECT_EQ(ek_store_get(client_, "a", room, &size, nullptr), EK_MALFORMED);
  EXPECT_EQ(size, sizeof room);
  answer_ = Encoded([](CborWriter& out) { return gate::EncodeBlob(Body(EK_MAX_VALUE_SIZE + 1, 0), out); });
  EXPECT_EQ(ek_store_get(client_, "a", room, &size, nullptr), EK_MALFORMED) << "more than may be stored";
  ek_stored_value value;
  EXPECT_EQ(ek_store_list(client_, &value, &(size = 1), nullptr, nullptr), EK_MALFORMED);
}

}  // namespace
}  // namespace edgekeep::client
