// One bit flipped in each kind of file that a device stores, and what comes of it: refused by a keep that lives on,
// mended from a twin, or nothing, where nothing trusts the file.
#include <array>
#include <optional>

#include "attacked_device.h"
#include "eventually.h"
#include "files.h"

namespace edgekeep::test {
namespace {

namespace fs = std::filesystem;

class StoredFiles : public Attack {
 protected:
  void SetUp() override {
    Attack::SetUp();
    if (!IsSkipped()) InstallRightly();
  }

  // Stops the device, does this to its disk, starts it again.
  template <typename Change>
  void WhileOff(Change change) {
    device_.Stop();
    change();
    device_.Start();
  }

  // The product's files of one kind: "record" means record.0 and record.1.
  std::vector<fs::path> Of(const std::string& kind) const {
    std::vector<fs::path> found;
    for (const fs::path& file : FilesBelow(device_.root() / "var")) {
      if (file.stem() == kind) found.push_back(file);
    }
    return found;
  }

  fs::path TheOnly(const std::string& kind) const {
    const std::vector<fs::path> found = Of(kind);
    EXPECT_EQ(found.size(), 1U) << kind;
    return found.at(0);
  }

  // Flipped at each of some offsets, `file` has opening refused: by `at_first` where its first byte is wrong, otherwise
  // by `elsewhere`. Mended, it opens again.
  void ExpectEachFlipRefused(const fs::path& file, const std::string& at_first, const std::string& elsewhere) {
    for (const std::uint64_t offset : OffsetsAcross(file, 5)) {
      SCOPED_TRACE(file.string() + " flipped at " + std::to_string(offset));
      WhileOff([&] { FlipBit(file, offset); });
      ExpectRefused(Open(), offset == 0 ? at_first : elsewhere);
      WhileOff([&] { FlipBit(file, offset); });
      EXPECT_EQ(Open().exit_code, 0) << "control: mended";
    }
  }

  // Waits until another form than `damaged` is there and the record names it: a keep's record names none before it
  // touches the file.
  void AwaitOtherForm(const fs::path& prepared, const std::vector<std::uint8_t>& damaged) const {
    EXPECT_TRUE(Eventually(
        [&] {
          if (!fs::exists(prepared) || ReadFile(prepared) == damaged) return false;
          return device_.Edgekeep({"status", "--json"}).out.find("\"prepared_form_current\": true") !=
                 std::string::npos;
        },
        std::chrono::minutes(1)));
  }
};

// A new kind of file needs its own line here, and a test below.
TEST_F(StoredFiles, AreOfTheKindsAttackedHere) {
  for (const fs::path& file : FilesBelow(device_.root() / "var")) {
    const std::string kind = file.stem();
    constexpr std::array kKnown = {"software-anchor", "software-numbers", "state",    "device", "trust",  "time",
                                   "journal",         "canonical",        "prepared", "record", "licence"};
    EXPECT_NE(std::find(kKnown.begin(), kKnown.end(), kind), kKnown.end()) << file;
  }
}

TEST_F(StoredFiles, FlippedByteInTheDevicesKeysIsDenied) {
  ExpectEachFlipRefused(TheOnly("device"), "denied", "denied");
}

TEST_F(StoredFiles, FlippedByteInTheTrustBundleIsDenied) {
  ExpectEachFlipRefused(TheOnly("trust"), "denied", "denied");
}

TEST_F(StoredFiles, FlippedByteInTheLicenceIsDenied) {
  ExpectEachFlipRefused(TheOnly("licence"), "denied", "denied");
}

TEST_F(StoredFiles, FlippedByteInOneStateChangesNothingAndInBothIsDenied) {
  const std::vector<fs::path> states = Of("state");
  ASSERT_EQ(states.size(), 2U);
  for (const std::uint64_t offset : OffsetsAcross(states[1], 3)) {
    SCOPED_TRACE(offset);
    for (const fs::path& state : states) {
      WhileOff([&] { FlipBit(state, offset); });
      EXPECT_EQ(Open().exit_code, 0) << state;
      WhileOff([&] { FlipBit(state, offset); });
    }
    const auto flip_both = [&] {
      for (const fs::path& state : states) FlipBit(state, offset);
    };
    WhileOff(flip_both);
    ExpectRefused(Open(), "denied");
    WhileOff(flip_both);
    EXPECT_EQ(Open().exit_code, 0) << "control: mended";
  }
}

// Anything but the magic is key: with another one this is another device.
TEST_F(StoredFiles, FlippedByteInTheSoftwareAnchorIsAnotherDevice) {
  const fs::path anchor = TheOnly("software-anchor");
  device_.Stop();
  FlipBit(anchor, 0);
  EXPECT_ANY_THROW(device_.Start()) << "no anchor, no keep";
  FlipBit(anchor, 0);
  device_.Start();
  for (const std::uint64_t offset : OffsetsAcross(anchor, 5)) {
    if (offset == 0) continue;
    SCOPED_TRACE(offset);
    WhileOff([&] { FlipBit(anchor, offset); });
    ExpectRefused(Open(), "denied");
    WhileOff([&] { FlipBit(anchor, offset); });
  }
  EXPECT_EQ(Open().exit_code, 0) << "control: mended";
}

TEST_F(StoredFiles, FlippedByteInThePreparedFormIsDeniedOnceThenMended) {
  const fs::path prepared = TheOnly("prepared");
  for (const std::uint64_t offset : OffsetsAcross(prepared, 5)) {
    SCOPED_TRACE(offset);
    const std::uint64_t place = std::min<std::uint64_t>(offset, fs::file_size(prepared) - 1);
    WhileOff([&] { FlipBit(prepared, place); });
    const std::vector<std::uint8_t> damaged = ReadFile(prepared);
    ExpectRefused(Open(), "denied");
    EXPECT_EQ(Open().exit_code, 0) << "from the canonical package, or a form that was made anew";
    AwaitOtherForm(prepared, damaged);
    EXPECT_EQ(Open().exit_code, 0) << "from the form that was made anew";
  }
}

// The canonical package is what is served where there is no prepared form.
TEST_F(StoredFiles, FlippedByteInTheCanonicalPackageIsDenied) {
  const fs::path canonical = TheOnly("canonical");
  const fs::path prepared = TheOnly("prepared");
  for (const std::uint64_t offset : OffsetsAcross(canonical, 5)) {
    SCOPED_TRACE(offset);
    WhileOff([&] {
      FlipBit(canonical, offset);
      fs::remove(prepared);
    });
    ExpectRefused(Open(), "denied");
    WhileOff([&] { FlipBit(canonical, offset); });
    EXPECT_EQ(Open().exit_code, 0) << "control: mended";
    AwaitOtherForm(prepared, {});
  }
}

TEST_F(StoredFiles, FlippedByteInOneRecordIsMendedFromItsTwin) {
  ASSERT_EQ(Of("record").size(), 2U);
  for (const fs::path& record : Of("record")) {
    const std::vector<std::uint8_t> whole = ReadFile(record);
    for (const std::uint64_t offset : OffsetsAcross(record, 5)) {
      SCOPED_TRACE(record.string() + " flipped at " + std::to_string(offset));
      WhileOff([&] {
        FlipBit(record, offset);
        ASSERT_NE(ReadFile(record), whole);
      });
      EXPECT_EQ(ReadFile(record), whole);
      EXPECT_EQ(Open().exit_code, 0);
    }
  }
}

TEST_F(StoredFiles, FlippedByteInBothRecordsIsDenied) {
  const std::vector<fs::path> records = Of("record");
  ASSERT_EQ(records.size(), 2U);
  for (const std::uint64_t offset : OffsetsAcross(records[0], 5)) {
    SCOPED_TRACE(offset);
    const auto flip_both = [&] {
      for (const fs::path& record : records) FlipBit(record, offset);
    };
    WhileOff([&] {
      flip_both();
      for (const fs::path& state : Of("state")) {
        if (state.extension() == ".0") fs::remove(state);  // which repeats the last change
      }
    });
    ExpectRefused(Open(), "denied");
    WhileOff(flip_both);
    EXPECT_EQ(Open().exit_code, 0) << "control: mended";
  }
}

// A clock's floor that is not authentic is none: that is noted, and a new one begins with signed times.
TEST_F(StoredFiles, FlippedByteInTheClocksFloorMakesANewOne) {
  const fs::path time = TheOnly("time");
  for (const std::uint64_t offset : OffsetsAcross(time, 5)) {
    SCOPED_TRACE(offset);
    std::vector<std::uint8_t> flipped;
    WhileOff([&] {
      FlipBit(time, offset);
      flipped = ReadFile(time);
    });
    EXPECT_EQ(Open().exit_code, 0);
    EXPECT_NE(device_.JournalText().find("read the stored time: denied"), std::string::npos);
    EXPECT_NE(ReadFile(time), flipped);
    EXPECT_TRUE(device_.KeepIsTheSame());
  }
}

// The journal is for people: nothing reads it back.
TEST_F(StoredFiles, FlippedByteInTheJournalChangesNothing) {
  const fs::path journal = TheOnly("journal");
  for (const std::uint64_t offset : OffsetsAcross(journal, 5)) {
    SCOPED_TRACE(offset);
    WhileOff([&] { FlipBit(journal, offset); });
    const auto size = fs::file_size(journal);
    EXPECT_EQ(Open().exit_code, 0);
    ExpectRefused(device_.Edgekeep({"run", "acme/absent", "--random", "1"}), "not-found");
    EXPECT_GT(fs::file_size(journal), size) << "it goes on";
  }
}

}  // namespace
}  // namespace edgekeep::test
