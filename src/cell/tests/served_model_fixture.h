// A sealed affine model (y = 2x + 1) and a ring to call it through.
#pragma once
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "edgekeep/cell/served_model.h"
#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/crypto/suite.h"
#include "edgekeep/engine/testing/affine_engine.h"
#include "edgekeep/engine/testing/package_builder.h"
#include "edgekeep/sealing/slot_file.h"
#include "edgekeep/sealing/testing/memory_file.h"

namespace edgekeep::cell {

using engine::testing::AffineTrailer;
using engine::testing::AffineTrait;

inline constexpr std::size_t kRingData = 4096;

class ServedModelTest : public ::testing::Test {
 protected:
  ServedModelTest() {
    auto provider = crypto::NewOpenSslProvider();
    EK_CHECK(provider);
    provider_ = *std::move(provider);
    EK_CHECK(provider_->Random(order_.file.key.RevealForWriting()));
  }

  // Seals `plaintext` as a slot file and points the order at it.
  void Seal(const std::string& plaintext, bool prepared) {
    formats::SlotFileHeader header;
    header.kind = prepared ? formats::SlotFileKind::kPrepared : formats::SlotFileKind::kCanonical;
    header.product = ProductName::Parse("acme/test").value();
    header.seal_suite = static_cast<std::uint16_t>(crypto::SealSuiteId::kAes256GcmHkdfSha256);
    if (prepared) header.engine_key = engine_key_;
    header.in_place_inputs = in_place_inputs_;
    file_.bytes.clear();
    const auto written =
        sealing::WriteSlotFile(*provider_, {header, order_.file.key, AsBytes(plaintext)}, workers_, file_);
    EK_CHECK(written);
    order_.file.header_digest = written->header_digest;
    order_.file.tags_digest = written->tags_digest;
    order_.prepared = prepared;
    memory_.assign(plaintext.size() + 8192, 0);
  }

  void SealCanonical(AffineTrait trait = AffineTrait::kPlain, const std::string& prefix = "") {
    Seal(engine::testing::BuildPackage(prefix + AffineTrailer(trait)), false);
  }

  void SealPrepared() {
    const auto prepared = engine_.Prepare(AsBytes(AffineTrailer()), {});
    EK_CHECK(prepared);
    Seal(std::string(AsText(prepared->Reveal())), true);
  }

  void UsePolicy(const formats::ProductPolicy& policy) {
    std::array<std::uint8_t, formats::kMaxProductPolicySize> buffer;
    CborWriter out(buffer);
    EK_CHECK(formats::EncodeProductPolicy(policy, out));
    order_.policy = gate::PolicyBytes::From(out.written()).value();
  }

  Parts parts() { return {*provider_, engine_, workers_, memory_, engine_key_, max_input_bytes_}; }

  Result<ServedModel> Open() { return ServedModel::Open(parts(), file_, order_); }

  // Puts a float vector at `offset` of the ring as input 0.
  gate::TensorPlace PutInput(const std::vector<float>& x, std::uint64_t offset = 0) {
    gate::TensorPlace place{.offset = offset, .size = x.size() * sizeof(float)};
    EK_CHECK(place.shape.PushBack(static_cast<std::int64_t>(x.size())));
    if (!x.empty()) std::memcpy(data_.data() + offset, x.data(), x.size() * sizeof(float));
    return place;
  }

  void Request(const std::vector<gate::TensorPlace>& places) {
    gate::TensorPlaces call;
    for (const gate::TensorPlace& place : places) EK_CHECK(call.PushBack(place));
    gate::PutCall(call, slot_->request);
  }

  Result<gate::TensorPlaces> Call(ServedModel& model) {
    model.Answer(*slot_, data_);
    return gate::TakeCall(slot_->answer, data_.size());
  }

  std::vector<float> FloatsAt(const gate::TensorPlace& place) const {
    std::vector<float> values(place.size / sizeof(float));
    if (place.size != 0) std::memcpy(values.data(), data_.data() + place.offset, place.size);
    return values;
  }

  std::unique_ptr<crypto::Provider> provider_;
  engine::testing::AffineEngine engine_;
  sealing::testing::ThreadedWorkers workers_{2};
  formats::EngineKey engine_key_ = formats::EngineKey::Truncated("affine-1/here");
  sealing::testing::MemoryFile file_;
  gate::ServeModelOrder order_;
  std::uint32_t in_place_inputs_ = 0;
  std::uint64_t max_input_bytes_ = 1 << 30;
  std::vector<std::uint8_t> memory_;
  std::unique_ptr<gate::RingSlot> slot_ = std::make_unique<gate::RingSlot>();
  std::vector<std::uint8_t> data_ = std::vector<std::uint8_t>(kRingData);
};

}  // namespace edgekeep::cell
