// Files on disk, orders and the ring of one model, from the sealed file to the open session.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "edgekeep/crypto/provider.h"
#include "edgekeep/gate/posix/channel.h"
#include "edgekeep/gate/posix/ring_memory.h"
#include "edgekeep/sealing/testing/sealed_file_builder.h"
#include "order_taker.h"

namespace edgekeep::cell {

// A directory with a sealed file and room for two slot files, and the keys of all three.
class InstalledModel {
 public:
  // Seals a package of `model` (the file's bytes).
  explicit InstalledModel(const std::string& model);
  InstalledModel(const InstalledModel&) = delete;
  InstalledModel& operator=(const InstalledModel&) = delete;
  ~InstalledModel();

  // Has a cell install it; the answer is kept for the orders that follow.
  Result<gate::PreparedAnswer> Install(OrderTaker& cell);
  Result<gate::PreparedAnswer> PrepareAgain(OrderTaker& cell);
  Status Serve(OrderTaker& cell, bool prepared, std::uint32_t threads = 1);

  gate::InstallPackageOrder install_order() const;
  gate::ServeModelOrder serve_order(bool prepared) const;

  std::filesystem::path sealed() const { return directory_ / "sealed"; }

  std::filesystem::path canonical() const { return directory_ / "canonical"; }

  std::filesystem::path prepared() const { return directory_ / "prepared"; }

  const gate::PreparedAnswer& answer() const { return *answer_; }

  SecretArray<32>& content_key() { return built_.content_key; }

  // Calls the serving cell with one float input, and returns its first output.
  Result<std::vector<float>> Call(const std::vector<float>& x, std::initializer_list<std::int64_t> shape);

  // The first half of Call.
  Status StartCall(const std::vector<float>& x, std::initializer_list<std::int64_t> shape);

  gate::RingMemory& ring() { return *ring_; }

  void HangUpSession() { session_ = gate::Channel(); }

 private:
  std::filesystem::path directory_;
  std::unique_ptr<crypto::Provider> provider_;
  sealing::testing::BuiltSealedFile built_;
  SecretArray<32> canonical_key_;
  SecretArray<32> prepared_key_;
  std::optional<gate::PreparedAnswer> answer_;
  std::optional<gate::RingMemory> ring_;
  gate::Channel session_;
};

}  // namespace edgekeep::cell
