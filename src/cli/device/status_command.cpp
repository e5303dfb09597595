// status
#include "commands.h"
#include "status_text.h"

namespace edgekeep::cli::device {
namespace {

Done Status(const Session& session) {
  const auto status = AskStatus(session);
  if (!status) return status.error();
  std::string text = DeviceText(**status) + "\n";
  json::Array products;
  for (std::size_t i = 0; i < (*status)->num_products; ++i) {
    const ek_product_status& product = *ek_status_product(status->get(), i);
    text += "\n" + ProductText(**status, product);
    products.emplace_back(ProductObject(**status, product));
  }
  if (products.empty()) text += "\nnothing is installed";
  json::Object object = DeviceObject(**status);
  object.Set("products", std::move(products));
  return session.Tell(text, object);
}

}  // namespace

void AddStatusCommand(CLI::App& root, const Session& session, Action& action) {
  CLI::App* status = root.add_subcommand("status", "what is installed, licensed and open");
  status->callback([&session, &action] { action = [&session] { return Status(session); }; });
}

}  // namespace edgekeep::cli::device
