// A sealed package of an affine model inside an ONNX file, and slot files to install it to.
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/crypto/suite.h"
#include "edgekeep/engine/testing/affine_engine.h"
#include "edgekeep/engine/testing/package_builder.h"
#include "edgekeep/prepare/prepare.h"
#include "edgekeep/sealing/testing/sealed_file_builder.h"

namespace edgekeep::prepare {

using engine::testing::AffineTrait;

// A slot file in memory that notes whether it was made durable after its last write.
class MemorySlotFile final : public SlotFileInMaking {
 public:
  std::uint64_t size() const override { return file.size(); }

  Status ReadAt(std::uint64_t offset, MutableByteView out) const override { return file.ReadAt(offset, out); }

  Status WriteAt(std::uint64_t offset, ByteView bytes) override {
    durable = false;
    return file.WriteAt(offset, bytes);
  }

  Status MakeDurable() override {
    if (fail_sync) return Error(ErrorCode::kIo, "test: sync");
    if (rot_at && *rot_at < file.bytes.size()) file.bytes[*rot_at] ^= 1;
    durable = true;
    return {};
  }

  Status Discard() override {
    file.bytes.clear();
    return {};
  }

  sealing::testing::MemoryFile file;
  bool durable = false;
  bool fail_sync = false;
  std::optional<std::size_t> rot_at;  // the disk changes this byte
};

// ONNX that module model accepts (x, y: floats of any length), then `trailer` as a field nobody knows.
inline std::string OnnxWith(const std::string& trailer) {
  constexpr std::string_view kValue = "\x12\x0c\x0a\x0a\x08\x01\x12\x06\x0a\x04\x12\x02nn";
  const auto chunk = [](char tag, const std::string& payload) {
    return std::string{tag, static_cast<char>(payload.size())} + payload;
  };
  const std::string x = chunk('\x0a', "x") + std::string(kValue);
  const std::string y = chunk('\x0a', "y") + std::string(kValue);
  const std::string graph = chunk('\x5a', x) + chunk('\x62', y);
  return std::string("\x08\x08", 2) + chunk('\x3a', graph) + "\xda\x06" +
         std::string(1, static_cast<char>(trailer.size())) + trailer;
}

class PrepareTest : public ::testing::Test {
 protected:
  PrepareTest() {
    auto provider = crypto::NewOpenSslProvider();
    EK_CHECK(provider);
    provider_ = *std::move(provider);
    EK_CHECK(provider_->Random(canonical_key_.RevealForWriting()));
    EK_CHECK(provider_->Random(prepared_key_.RevealForWriting()));
  }

  void Seal(const std::string& plaintext, formats::SealedKind kind = formats::SealedKind::kModel) {
    built_.file.bytes.clear();
    sealing::testing::BuildSealedFile(*provider_, AsBytes(plaintext), built_, kind);
    memory_.assign(plaintext.size() + 1000, 0);
  }

  void SealModel(AffineTrait trait = AffineTrait::kPlain) {
    Seal(engine::testing::BuildPackage(OnnxWith(engine::testing::AffineTrailer(trait))));
  }

  Parts parts() { return {*provider_, *engine_, workers_, memory_, engine_key_}; }

  Result<PreparedPackage> InstallIt() {
    const Install install{built_.trust(), sealed_file_, kSuite};
    auto made = InstallPackage(parts(), built_.file, install, {canonical_, canonical_key_}, {prepared_, prepared_key_});
    EXPECT_EQ(memory_, std::vector<std::uint8_t>(memory_.size(), 0)) << "plaintext stays in memory";
    return made;
  }

  void ExpectNothingWritten() const {
    EXPECT_TRUE(canonical_.file.bytes.empty());
    EXPECT_TRUE(prepared_.file.bytes.empty());
  }

  Result<formats::SlotFileHeader> OpenAgain(const MemorySlotFile& file, const SecretArray<32>& key,
                                            const sealing::SlotFileDigests& digests, std::string& plaintext) {
    std::vector<std::uint8_t> memory(1 << 20);
    auto header =
        sealing::OpenSlotFile(*provider_, file, {key, digests.header_digest, digests.tags_digest}, workers_, memory);
    if (header) plaintext.assign(AsText(ByteView(memory).first(header->plaintext_size)));
    return header;
  }

  static constexpr auto kSuite = static_cast<std::uint16_t>(crypto::SealSuiteId::kAes256GcmHkdfSha256);

  std::unique_ptr<crypto::Provider> provider_;
  engine::testing::AffineEngine affine_;
  engine::Engine* engine_ = &affine_;
  sealing::testing::ThreadedWorkers workers_{2};
  formats::EngineKey engine_key_ = formats::EngineKey::Truncated("affine-1/here");
  SealedFileId sealed_file_{std::array<std::uint8_t, 32>{9}};
  SecretArray<32> canonical_key_;
  SecretArray<32> prepared_key_;
  sealing::testing::BuiltSealedFile built_;
  MemorySlotFile canonical_;
  MemorySlotFile prepared_;
  std::vector<std::uint8_t> memory_;
};

}  // namespace edgekeep::prepare
