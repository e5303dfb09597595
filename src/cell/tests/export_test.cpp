#include "edgekeep/cell/export.h"

#include "served_model_fixture.h"

namespace edgekeep::cell {
namespace {

class ExportTest : public ServedModelTest {
 protected:
  ExportTest() {
    Seal(engine::testing::BuildPackage("the model", {{"words.txt", "one two"}, {"data/w.bin", std::string(9000, 'w')}}),
         false);
  }

  // What was written for each path, or why nothing was.
  Result<std::vector<std::string>> Export(const std::vector<std::string>& paths) {
    gate::ExportPackageOrder order;
    order.canonical = {order_.file.key.Clone(), order_.file.header_digest, order_.file.tags_digest};
    for (const std::string& path : paths) EK_CHECK(order.files.PushBack(InlineString<255>::Truncated(path)));
    std::vector<sealing::testing::MemoryFile> files(paths.size());
    std::vector<sealing::ByteSink*> sinks;
    for (sealing::testing::MemoryFile& file : files) sinks.push_back(&file);
    const Status done = ExportPackage({*provider_, workers_, memory_}, file_, order, sinks);
    EXPECT_EQ(memory_, std::vector<std::uint8_t>(memory_.size(), 0)) << "plaintext is left behind";
    std::vector<std::string> contents;
    for (const sealing::testing::MemoryFile& file : files) contents.emplace_back(file.bytes.begin(), file.bytes.end());
    if (done) return contents;
    EXPECT_EQ(contents, std::vector<std::string>(paths.size())) << "something of a refused export was written";
    return done.error();
  }

  void ExpectRefused(const std::vector<std::string>& paths, ErrorCode code) {
    const auto exported = Export(paths);
    ASSERT_FALSE(exported);
    EXPECT_STREQ(NameOf(exported.error().code()), NameOf(code)) << exported.error().where();
  }
};

TEST_F(ExportTest, WritesTheFilesThatWereAskedForInTheirOrder) {
  const auto exported = Export({"data/w.bin", "", "words.txt"});
  ASSERT_TRUE(exported) << exported.error().where();
  EXPECT_EQ(*exported, (std::vector<std::string>{std::string(9000, 'w'), "the model", "one two"}));
}

TEST_F(ExportTest, RefusesPathsThePackageHasNotAndWritesNothing) {
  ExpectRefused({"", "words"}, ErrorCode::kNotFound);
  ExpectRefused({"../words.txt"}, ErrorCode::kNotFound);
}

TEST_F(ExportTest, RefusesFlippedBytesAndPreparedForms) {
  file_.bytes.back() ^= 1;
  ExpectRefused({""}, ErrorCode::kDenied);
  SealPrepared();
  ExpectRefused({""}, ErrorCode::kDenied);
}

TEST_F(ExportTest, RefusesWhatIsNoPackage) {
  Seal("no package", false);
  ExpectRefused({""}, ErrorCode::kMalformed);
}

TEST_F(ExportTest, RefusesWhatFindsNoRoom) {
  memory_.resize(100);
  ExpectRefused({""}, ErrorCode::kNoMemory);
}

}  // namespace
}  // namespace edgekeep::cell
