#include "protected_models.h"

#include <array>
#include <chrono>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "eventually.h"
#include "files.h"
#include "require.h"

namespace edgekeep::bench {
namespace {

std::string ProductOf(const Model& model) {
  return "acme/" + model.name;
}

template <typename T>
void ThrowUnless(const app::Expected<T>& result, const std::string& what) {
  if (result) return;
  throw std::runtime_error(what + ": " + std::string(result.error().name()) + ": " +
                           std::string(result.error().where()));
}

// Confined, its engine loaded, and waiting: asleep twice, a while apart, without having computed in between.
bool IsWaiting(pid_t cell) {
  const auto state = [cell] {
    std::ifstream stat("/proc/" + std::to_string(cell) + "/stat");
    std::string line;
    std::getline(stat, line);
    return line;
  };
  constexpr std::chrono::milliseconds kWhile{30};
  const std::string before = state();
  std::this_thread::sleep_for(kWhile);
  return before.find(") S ") != std::string::npos && before == state();
}

}  // namespace

ProtectedModels::ProtectedModels(Spare spare) {
  if (spare == Spare::kNone) device_.UseNoSpareCell();
  device_.Start();
  request_ = device_.Initialise(publisher_.trust_bundle());
}

std::filesystem::path ProtectedModels::SealWith(const std::string& policy, const Model& model) {
  const std::filesystem::path file = publisher_.Fresh(".json");
  const std::filesystem::path sealed = publisher_.Fresh(".eks");
  std::ofstream(file) << policy;
  const test::Outcome made =
      publisher_.Command({"seal", model.path, "--product", ProductOf(model), "--version-sequence", "1", "--version",
                          "1.0", "--policy", file, "-o", sealed});
  test::Require(made.exit_code == 0, made.err);
  return sealed;
}

void ProtectedModels::Install(const Model& model, const std::string& policy) {
  const std::string product = ProductOf(model);
  const std::filesystem::path sealed = policy.empty() ? publisher_.Seal(model.path, product) : SealWith(policy, model);
  const test::Outcome installed =
      device_.Edgekeep({"install", sealed, publisher_.Grant(sealed), publisher_.Licence(request_, product)});
  test::Require(installed.exit_code == 0, installed.err);
}

app::Model ProtectedModels::Open(const Model& model, std::uint32_t threads) const {
  auto opened = TryOpen(model, {.threads = threads});
  ThrowUnless(opened, model.name);
  return *std::move(opened);
}

app::Expected<app::Model> ProtectedModels::TryOpen(const Model& model, const app::ModelOptions& options) const {
  const auto client = app::Client::Open({.root = device_.root().c_str()});
  ThrowUnless(client, "client");
  return client->OpenModel(ProductOf(model).c_str(), options);
}

void ProtectedModels::AwaitSpare() {
  const bool ready = test::Eventually([this] {
    const std::vector<pid_t> cells = Cells();
    return cells.size() == 1 && cells[0] != last_spare_ && IsWaiting(cells[0]);
  });
  test::Require(ready, "no spare cell");
  last_spare_ = Cells().at(0);
}

std::filesystem::path ProtectedModels::PreparedFileOf(const Model& model) const {
  for (const std::filesystem::path& file : test::FilesBelow(device_.state())) {
    const bool is_models = file.string().find(model.name) != std::string::npos;
    if (is_models && file.filename().string().starts_with("prepared")) return file;
  }
  throw std::runtime_error(model.name + ": no prepared form is installed");
}

app::Output Run(app::Model& opened, const Model& model, const std::vector<float>& values) {
  const std::array inputs = {app::Input(nullptr, values, model.shape)};
  const auto outputs = opened.Run(inputs);
  ThrowUnless(outputs, model.name);
  return (*outputs)[0];
}

}  // namespace edgekeep::bench
