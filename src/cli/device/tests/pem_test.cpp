#include "pem.h"

#include <gtest/gtest.h>

namespace edgekeep::cli::device {
namespace {

const std::vector<std::uint8_t> kDer(70, 0x30);

TEST(Pem, ReadsWhatItWritesAndDer) {
  for (const char* name : {"CERTIFICATE", ""}) {
    const std::string text = Armour(name, kDer);
    EXPECT_EQ(text.starts_with("-----BEGIN CERTIFICATE-----\n"), *name != '\0');
    EXPECT_EQ(ReadArmoured(AsBytes(text)).value(), kDer);
  }
  EXPECT_EQ(ReadArmoured(kDer).value(), kDer);
  std::string dos = Armour("CERTIFICATE", kDer);
  for (std::size_t at = dos.find('\n'); at != dos.npos; at = dos.find('\n', at + 2)) dos.insert(at, "\r");
  EXPECT_EQ(ReadArmoured(AsBytes(dos)).value(), kDer);
}

TEST(Pem, RefusesWhatIsNotOneObject) {
  const std::string good = Armour("CERTIFICATE", kDer);
  const std::vector<std::uint8_t> other(3, 1);
  for (const std::string& text : {std::string(), good + good, good.substr(0, good.size() - 20), std::string("<html>"),
                                  std::string("AA=A"), Armour("", other)}) {
    EXPECT_FALSE(ReadArmoured(AsBytes(text))) << text;
  }
}

}  // namespace
}  // namespace edgekeep::cli::device
