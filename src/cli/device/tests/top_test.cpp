#include "edgekeep/json/text.h"
#include "fake_device.h"
#include "running_command.h"

namespace edgekeep::cli::device {
namespace {

class TopTest : public FakeDevice {};

TEST_F(TopTest, OnceShowsCellsSessionsAndCalls) {
  ServeSomething();
  const Output output = Edgekeep({"top", "--once"});
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_TRUE(output.out.starts_with("keep up 2h01, 1 cells, 1 sessions, rates and latencies since each began\n"))
      << output.out;
  for (const char* words : {"acme/fake", "serving", "1:40", "10.0", "1000", "2.0 ms", "8.0 MiB", "session 12",
                            "user 1000", "1/4", "mean 2.0 ms", "1000 calls since the keep began, 2 crashes"}) {
    EXPECT_NE(output.out.find(words), std::string::npos) << words << "\n" << output.out;
  }
  EXPECT_EQ(output.out.find('\033'), std::string::npos) << "no terminal, no control";
}

TEST_F(TopTest, SaysThatThereIsNothing) {
  const Output output = Edgekeep({"top", "--once"});
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_NE(output.out.find("nothing was opened since the keep began"), std::string::npos) << output.out;
}

TEST_F(TopTest, TellsMachinesTheSame) {
  ServeSomething();
  const auto value = json::Parse(Edgekeep({"top", "--once", "--json"}).out);
  ASSERT_TRUE(value);
  const json::Object& object = *value->AsObject().value();
  EXPECT_TRUE(object.Find("interval")->is_null());
  const json::Object& cell = *(*object.Find("cells")->AsArray().value())[0].AsObject().value();
  EXPECT_EQ(cell.Find("state")->AsText().value(), "serving");
  EXPECT_EQ(cell.Find("waiting")->AsUnsigned().value(), 1U);
  EXPECT_EQ(cell.Find("calls_per_second")->AsNumber().value(), 10);
  EXPECT_EQ(cell.Find("calls")->AsObject().value()->Find("refused")->AsUnsigned().value(), 3U);
  EXPECT_NEAR(cell.Find("latency_us")->AsObject().value()->Find("p99")->AsNumber().value(), 2000, 250);
  EXPECT_EQ(cell.Find("memory_bytes")->AsObject().value()->Find("model")->AsUnsigned().value(), 5U << 20);
  const json::Object& session = *(*cell.Find("sessions")->AsArray().value())[0].AsObject().value();
  EXPECT_EQ(session.Find("user")->AsUnsigned().value(), 1000U);
  const json::Object& product = *(*object.Find("products")->AsArray().value())[0].AsObject().value();
  EXPECT_EQ(product.Find("crashes")->AsUnsigned().value(), 2U);
}

TEST_F(TopTest, GoesOnUntilItIsInterrupted) {
  ServeSomething();
  RunningCommand top({"--root", keep_.root(), "top", "--interval", "0.1", "--json"});
  EXPECT_TRUE(top.Says("\"cells\"", 3)) << top.said;
  EXPECT_EQ(top.End(SIGINT), 0);
  EXPECT_NE(top.said.find("\"interval\": 0."), std::string::npos) << top.said;
}

TEST_F(TopTest, FailsWhereNoKeepIs) {
  const Output output = device::Edgekeep({"--root", "/nonexistent", "top", "--once"});
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_NE(output.err.find("not running"), std::string::npos) << output.err;
}

}  // namespace
}  // namespace edgekeep::cli::device
