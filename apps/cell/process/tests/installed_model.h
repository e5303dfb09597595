// Files on disk, orders and the ring of one model, from the sealed file to the open session.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "edgekeep/crypto/provider.h"
#include "edgekeep/formats/product_policy.h"
#include "edgekeep/sealing/testing/sealed_file_builder.h"
#include "order_taker.h"
#include "test_session.h"

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
  // Has a cell load it, without a session.
  Status Load(OrderTaker& cell, bool prepared, std::uint32_t threads = 1);
  // The same, with one session, number 1.
  Status Serve(OrderTaker& cell, bool prepared, std::uint32_t threads = 1);
  Result<gate::ServeModelAnswer> ServeBy(const formats::ProductPolicy& policy, OrderTaker& cell, bool prepared,
                                         std::uint32_t threads = 1);
  // Writes both slot files anew, with these inputs to be used in place: what no analysis proved.
  void ForgeInPlaceInputs(std::uint32_t inputs);

  // Orders carry a policy that asks for inputs in place.
  void AskForInPlace() { in_place_ = true; }

  // Has a cell write the model's own bytes to `file`.
  Status Export(OrderTaker& cell, int file);

  gate::InstallPackageOrder install_order() const;
  gate::ServeModelOrder serve_order(bool prepared) const;

  std::filesystem::path sealed() const { return directory_ / "sealed"; }

  std::filesystem::path canonical() const { return directory_ / "canonical"; }

  std::filesystem::path prepared() const { return directory_ / "prepared"; }

  const gate::PreparedAnswer& answer() const { return *answer_; }

  SecretArray<32>& content_key() { return built_.content_key; }

  // The session that Serve made.
  TestSession& session() { return session_; }

  // Calls the serving cell with one float input, and returns its first output.
  Result<std::vector<float>> Call(const std::vector<float>& x, std::initializer_list<std::int64_t> shape) {
    return session_.Call(x, shape);
  }

 private:
  Result<gate::ServeModelAnswer> LoadBy(const formats::ProductPolicy& policy, OrderTaker& cell, bool prepared,
                                        std::uint32_t threads);

  std::filesystem::path directory_;
  std::unique_ptr<crypto::Provider> provider_;
  sealing::testing::BuiltSealedFile built_;
  SecretArray<32> canonical_key_;
  SecretArray<32> prepared_key_;
  std::optional<gate::PreparedAnswer> answer_;
  TestSession session_;
  bool in_place_ = false;
};

}  // namespace edgekeep::cell
