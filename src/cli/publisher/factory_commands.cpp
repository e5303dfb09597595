// factory order, factory ca init.
#include <filesystem>

#include "arguments.h"
#include "edgekeep/files/new_directory.h"
#include "edgekeep/files/new_file.h"
#include "factory_files.h"
#include "release_arguments.h"
#include "times.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

struct OrderingArguments {
  factory::OrderRequest request;
  std::string product, keys, begins, ends, output;
  std::uint64_t units = 0;
};

std::string BookPath(const std::string& directory, std::size_t station) {
  return directory + "/station-" + std::to_string(station + 1) + ".tickets";
}

author::Done WriteOrder(const std::string& output, const factory::NewOrder& order) {
  EK_TRY_ASSIGN(files::NewDirectory directory, author::At(output, files::NewDirectory::Create(output)));
  EK_TRY(author::At(
      output, files::WriteNewFile(directory.path() + "/order.ekpo", files::Access::kPublic, AsBytes(order.order))));
  for (std::size_t i = 0; i < order.books.size(); ++i) {
    EK_TRY(author::At(
        output, files::WriteNewFile(BookPath(directory.path(), i), files::Access::kPrivate, order.books[i].Reveal())));
  }
  return author::At(output, directory.Commit());
}

author::Done MakeOrder(const Session& session, const OrderingArguments& arguments) {
  factory::OrderRequest request = arguments.request;
  EK_TRY_ASSIGN(request.product, ParseProduct(arguments.product));
  request.units = static_cast<std::uint32_t>(arguments.units);
  request.not_before = session.context.now;
  EK_TRY_ASSIGN(request.expires, ParseExpiry(session, arguments.ends, 90));
  EK_TRY_ASSIGN(const author::ReleaseKeys keys, OpenKeys(session, arguments.keys));
  EK_TRY_ASSIGN(const factory::NewOrder order,
                author::At("order", factory::MakeOrder(session.context.provider, request, keys.keys.pointers())));
  EK_TRY(WriteOrder(arguments.output, order));
  json::Object object;
  object.Set("order", arguments.output + "/order.ekpo").Set("id", Hex(order.id.view()));
  object.Set("product", request.product.view()).Set("units", request.units).Set("stations", request.stations.size());
  object.Set("expires", FormatTime(request.expires));
  return session.report.Tell("Ordered " + std::to_string(request.units) + " units of " + arguments.product + " until " +
                                 FormatTime(request.expires) + ": " + arguments.output +
                                 "/order.ekpo\nGive each station the order and one file of tickets, by a channel that "
                                 "nobody else reads: a ticket is a unit.",
                             object);
}

struct AuthorityArguments {
  std::string directory, name, token;
};

author::Done InitAuthority(const Session& session, const AuthorityArguments& arguments) {
  EK_TRY_ASSIGN(const factory::X509Library library, author::At("OpenSSL", factory::X509Library::Open()));
  SecretBytes passphrase;
  if (arguments.token.empty()) {
    EK_TRY_ASSIGN(passphrase, session.NewPassphrase());
  }
  EK_TRY_ASSIGN(files::NewDirectory directory,
                author::At(arguments.directory, files::NewDirectory::Create(arguments.directory)));
  EK_TRY_ASSIGN(const auto key, MakeAuthorityKey(session, directory.path(), arguments.token, passphrase));
  EK_TRY_ASSIGN(const std::string pem, author::At(arguments.directory, factory::Authority::MakeCertificate(
                                                                           library, session.context.provider, *key,
                                                                           arguments.name, session.context.now)));
  EK_TRY(author::At(arguments.directory, files::WriteNewFile(directory.path() + "/" + kAuthorityCertificate,
                                                             files::Access::kPublic, AsBytes(pem))));
  EK_TRY(author::At(arguments.directory, directory.Commit()));
  if (arguments.token.empty()) {
    session.report.Warn("the authority's key is in a file: for development; a factory has it on a token (--token)");
  }
  const std::string certificate = arguments.directory + "/" + kAuthorityCertificate;
  json::Object object;
  object.Set("certificate", certificate).Set("on_token", !arguments.token.empty());
  return session.report.Tell("The authority " + arguments.name + " is ready; verifiers need " + certificate, object);
}

}  // namespace

void AddOrderCommand(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand("order", "order units of a product: the order, and its tickets");
  auto arguments = std::make_shared<OrderingArguments>();
  command->add_option("--product", arguments->product, "publisher/name")->required();
  command->add_option("--units", arguments->units, "how many may be made")
      ->required()
      ->check(WholeNumber(1, formats::kMaxOrderUnits));
  command
      ->add_option("--station", arguments->request.stations,
                   "name of a station's journal; may be repeated: the tickets are shared out")
      ->required();
  command->add_option("--hardware", arguments->request.hardware, "type of hardware: an object identifier, 1.3.6.1.…")
      ->required();
  command->add_option("--expires", arguments->ends, "until when, a day or a time (90 days)");
  command->add_option("--keys", arguments->keys, "directory with the keys of who owns the product")->required();
  command->add_option("-o,--output", arguments->output, "directory to make")->required();
  AddHolderOptions(*command, session);
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return MakeOrder(session, *arguments); }; });
}

void AddAuthorityCommand(CLI::App& group, Session& session, Action& action) {
  CLI::App* authority = group.add_subcommand("ca", "the authority whose certificates devices are born with");
  authority->require_subcommand(1);
  CLI::App* command = authority->add_subcommand("init", "make its key, on a token or in a file, and its certificate");
  auto arguments = std::make_shared<AuthorityArguments>();
  command->add_option("DIR", arguments->directory, "directory to make")->required();
  command->add_option("--name", arguments->name, "its name in certificates")->required();
  command->add_option("--token", arguments->token, "PKCS#11 URI of the key, made where it is not there");
  AddNewPassphraseOptions(*command, session);
  AddTokenOptions(*command, session);
  command->callback([&session, &action, arguments] {
    action = [&session, arguments] { return InitAuthority(session, *arguments); };
  });
}

}  // namespace edgekeep::cli::publisher
