// device transfer: hands in what both owners signed, and fetches receipts of the licences that ended.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "commands.h"
#include "edgekeep/formats/transfer.h"
#include "small_file.h"

namespace edgekeep::cli::device {
namespace {

constexpr std::size_t kTransferRoom = 65536;

struct TransferOptions {
  std::string transfer, receipts;
};

using FileBytes = std::vector<std::uint8_t>;

Outcome<std::string> ServerIn(ByteView file, const std::string& path) {
  const auto both = formats::DecodeSignedTransfer(file);
  const auto transfer = both ? formats::DecodeTransfer(both->payload) : Result<formats::Transfer>(both.error());
  if (transfer) return std::string(transfer->server);
  return Failure{transfer.error().code(), "no transfer", path, "hand in what 'edgekeep transfer countersign' made"};
}

Outcome<formats::TransferAnswer> HandIn(const Session& session, const app::Client& client, ByteView file,
                                        const std::string& path) {
  FileBytes answer(kTransferRoom);
  std::size_t size = answer.size();
  ek_error error;
  if (ek_admin_transfer(client.get(), file.data(), file.size(), answer.data(), &size, &error) != EK_OK)
    return session.Refusal(app::Error(error), "the transfer " + path);
  const auto decoded = formats::DecodeTransferAnswer(ByteView(answer).first(size));
  if (decoded) return *decoded;
  return Failure{decoded.error().code(), "the keep's answer makes no sense", decoded.error().where(),
                 "check that keep and command are of one version"};
}

// What could not be fetched now is signed again whenever `edgekeep licence return` asks.
Outcome<std::string> FetchReceipt(const Session& session, const app::Client& client, const std::string& product,
                                  const std::string& directory) {
  FileBytes receipt(kTransferRoom);
  std::size_t size = receipt.size();
  ek_error error;
  if (ek_admin_return_licence(client.get(), product.c_str(), receipt.data(), &size, &error) != EK_OK)
    return session.Refusal(app::Error(error), "a receipt of the licence of " + product);
  std::string name = product;
  std::ranges::replace(name, '/', '_');
  const std::string path = directory + "/" + name + ".ekr";
  if (const Done written = WriteNewFile(path, ByteView(receipt).first(size)); !written) return written.error();
  return path;
}

// Before anything is handed in: a transfer is not taken back because its receipts have no place.
Done CheckPlace(const std::string& directory) {
  std::error_code error;
  if (directory.empty() || std::filesystem::is_directory(directory, error)) return {};
  return Failure{ErrorCode::kNotFound, "no directory for receipts", directory, "make it, then hand the transfer in"};
}

// It has happened, and is answered again.
Failure WithoutReceipt(const Failure& failure) {
  return {failure.code, "the device has changed hands, but a receipt is missing: " + failure.what, failure.where,
          "hand the same transfer in again with another --receipts"};
}

Done Transfer(const Session& session, const TransferOptions& options) {
  if (const Done place = CheckPlace(options.receipts); !place) return place.error();
  const auto file = ReadSmallFile(options.transfer, "the transfer");
  if (!file) return file.error();
  const auto server = ServerIn(*file, options.transfer);
  if (!server) return server.error();
  const auto client = session.OpenClient();
  if (!client) return client.error();
  const auto answer = HandIn(session, *client, *file, options.transfer);
  if (!answer) return answer.error();
  std::string text = "this device has changed hands (change " + std::to_string(answer->number) + " of its owner)";
  json::Array ended;
  std::optional<Failure> missing;
  for (const ProductName& name : answer->ended) {
    const std::string product(name.view());
    json::Object one;
    one.Set("product", product);
    text += "\nlicence over: " + product;
    if (!options.receipts.empty()) {
      const auto path = FetchReceipt(session, *client, product, options.receipts);
      if (!path && !missing) missing = path.error();
      if (path) {
        one.Set("receipt", *path);
        text += ", receipt: " + *path;
      }
    }
    ended.emplace_back(std::move(one));
  }
  if (missing) return WithoutReceipt(*missing);
  text += "\nnext: edgekeep device enrol --est " + (server->empty() ? "https://SERVER" : *server) +
          " --ca the new owner's authority";
  json::Object object;
  object.Set("changes", answer->number).Set("ended", std::move(ended)).Set("server", *server);
  return session.Tell(text, object);
}

}  // namespace

void AddTransferCommand(CLI::App& device, const Session& session, Action& action) {
  const auto options = std::make_shared<TransferOptions>();
  CLI::App* transfer = device.add_subcommand("transfer", "hand this device over to the next owner, as both signed");
  transfer->add_option("TRANSFER", options->transfer, "what both owners signed (.ekw)")->required();
  transfer->add_option("--receipts", options->receipts, "directory for receipts of the licences that end");
  transfer->callback(
      [&session, &action, options] { action = [&session, options] { return Transfer(session, *options); }; });
}

}  // namespace edgekeep::cli::device
