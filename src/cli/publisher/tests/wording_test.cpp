#include "../wording.h"

#include <gtest/gtest.h>

#include "../progress_bar.h"

namespace edgekeep::cli::publisher {
namespace {

TEST(Wording, GroupsThousands) {
  EXPECT_EQ(Bytes64(0), "0 bytes");
  EXPECT_EQ(Bytes64(1), "1 byte");
  EXPECT_EQ(Bytes64(999), "999 bytes");
  EXPECT_EQ(Bytes64(1000), "1,000 bytes");
  EXPECT_EQ(Bytes64(1234567), "1,234,567 bytes");
}

TEST(Wording, RoundsToUnits) {
  EXPECT_EQ(Rounded(1023), "1023 B");
  EXPECT_EQ(Rounded(1536), "1.5 KiB");
  EXPECT_EQ(Rounded(8ULL << 30), "8.0 GiB");
}

TEST(Wording, GroupsFingerprintsForReadingAloud) {
  std::array<std::uint8_t, 32> bytes{};
  bytes[0] = 0xab;
  bytes[31] = 0xcd;
  EXPECT_EQ(Grouped(Digest(bytes)),
            "  ab00 0000 0000 0000 0000 0000 0000 0000\n  0000 0000 0000 0000 0000 0000 0000 00cd");
}

TEST(ProgressBars, ShowShareSizeAndSpeed) {
  const std::string half = ProgressBar::Draw("sealing", 1 << 20, 2 << 20, std::chrono::seconds(2));
  EXPECT_EQ(half, "sealing [###############...............] 50 % of 2.0 MiB, 512.0 KiB/s");
  EXPECT_NE(ProgressBar::Draw("sealing", 5, 5, std::chrono::seconds(1)).find("100 %"), std::string::npos);
}

}  // namespace
}  // namespace edgekeep::cli::publisher
