#include "edgekeep/attest/tpm_statement.h"

#include "witnessed_device.h"

namespace edgekeep::attest {
namespace {

ErrorCode RefusalOf(const Octets& bytes) {
  const Result<TpmStatement> statement = DecodeTpmStatement(bytes);
  return statement ? ErrorCode::kInternal : statement.error().code();
}

ChipSays SomeQuote() {
  ChipSays says;
  says.qualifying_data = Octets(32, 0x5a);
  says.attested = QuoteOf(1U << 7 | 1U << 23, Octets(32, 0x77));
  return says;
}

TEST(TpmStatement, KeepsItsFields) {
  const Octets bytes = AttestOf(SomeQuote());
  const TpmStatement quote = DecodeTpmStatement(bytes).value();
  EXPECT_EQ(quote.kind, StatementKind::kQuote);
  EXPECT_EQ(OctetsOf(quote.qualifying_data), Octets(32, 0x5a));
  EXPECT_EQ(quote.clock.milliseconds, 900'000U);
  EXPECT_EQ(quote.clock.resets, 12U);
  EXPECT_EQ(quote.clock.restarts, 3U);
  EXPECT_EQ(quote.firmware, 0x0007'0002U);
  EXPECT_EQ(quote.selected, 1U << 7 | 1U << 23);
  EXPECT_EQ(OctetsOf(quote.digest), Octets(32, 0x77));
  ChipSays says = SomeQuote();
  says.type = 0x8014;
  says.attested = CounterOf(Octets(34, 0x66), 7);
  const Octets of_counter = AttestOf(says);
  EXPECT_EQ(DecodeTpmStatement(of_counter).value().counter, 7U);
}

TEST(TpmStatement, RefusesTruncationAndMore) {
  for (const std::uint16_t type : std::initializer_list<std::uint16_t>{0x8014, 0x8017, 0x8018}) {
    ChipSays says = SomeQuote();
    says.type = type;
    if (type == 0x8014) says.attested = CounterOf(Octets(34, 0x66), 7);
    if (type == 0x8017) says.attested = CertifiedOf(Octets(34, 0x66));
    Octets bytes = AttestOf(says);
    EXPECT_TRUE(DecodeTpmStatement(bytes)) << "control";
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(DecodeTpmStatement(ByteView(bytes).first(size))) << type << ": " << size;
    }
    bytes.push_back(0);
    EXPECT_EQ(RefusalOf(bytes), ErrorCode::kMalformed) << type;
  }
}

TEST(TpmStatement, RefusesWhatNoChipSays) {
  ChipSays says = SomeQuote();
  says.magic = 0xff544346;
  EXPECT_EQ(RefusalOf(AttestOf(says)), ErrorCode::kMalformed);
  says = SomeQuote();
  says.type = 0x8019;  // the time alone
  EXPECT_EQ(RefusalOf(AttestOf(says)), ErrorCode::kUnsupported);
  says = SomeQuote();
  says.attested[3] = 2;  // banks
  EXPECT_EQ(RefusalOf(AttestOf(says)), ErrorCode::kUnsupported);
  says = SomeQuote();
  says.attested[5] = 0x04;  // SHA-1's bank
  EXPECT_EQ(RefusalOf(AttestOf(says)), ErrorCode::kUnsupported);
  says = SomeQuote();
  says.attested[6] = 5;  // bytes of the selection
  EXPECT_EQ(RefusalOf(AttestOf(says)), ErrorCode::kMalformed);
}

}  // namespace
}  // namespace edgekeep::attest
