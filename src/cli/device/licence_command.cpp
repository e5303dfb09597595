// licence install, renew-request, return, show: on the device. Issuing and renewing are the publisher's commands.
#include <memory>

#include "commands.h"
#include "licence_text.h"
#include "small_file.h"
#include "status_text.h"

namespace edgekeep::cli::device {
namespace {

struct PaperOptions {
  std::string product;
  std::string output;
};

using AskForPaper = ek_code (*)(const ek_client*, const char*, void*, size_t*, ek_error*);

Outcome<std::vector<std::uint8_t>> PaperOf(const Session& session, const std::string& product, AskForPaper ask,
                                           const char* what) {
  const auto client = session.OpenClient();
  if (!client) return client.error();
  std::vector<std::uint8_t> paper(65536);
  std::size_t size = paper.size();
  ek_error error;
  if (ask(client->get(), product.c_str(), paper.data(), &size, &error) != EK_OK) {
    return session.Refusal(app::Error(error), std::string(what) + " " + product);
  }
  paper.resize(size);
  return paper;
}

Done RequestRenewal(const Session& session, const PaperOptions& options) {
  const auto paper = PaperOf(session, options.product, ek_admin_request_renewal, "asking to renew the licence of");
  if (!paper) return paper.error();
  if (const Done written = WriteNewFile(options.output, *paper); !written) return written.error();
  json::Object object;
  object.Set("product", options.product).Set("request", options.output);
  return session.Tell("request for another lease of " + options.product + ": " + options.output +
                          "\nthe publisher answers it: edgekeep licence renew " + options.output + " -o NEW.lic",
                      object);
}

// The licence is over before there is a receipt: one that could not be written is signed again when asked again.
Done Return(const Session& session, const PaperOptions& options) {
  EK_TRY(CheckCanBeMade(options.output));
  const auto paper = PaperOf(session, options.product, ek_admin_return_licence, "giving back the licence of");
  if (!paper) return paper.error();
  if (const Done written = WriteNewFile(options.output, *paper); !written) return written.error();
  json::Object object;
  object.Set("product", options.product).Set("receipt", options.output);
  return session.Tell("the licence of " + options.product + " is over on this device; receipt: " + options.output,
                      object);
}

Done Install(const Session& session, const std::string& path) {
  const auto licence = ReadSmallFile(path, "the licence");
  if (!licence) return licence.error();
  const auto client = session.OpenClient();
  if (!client) return client.error();
  char product[EK_PRODUCT_TEXT_SIZE] = "";
  ek_error error;
  if (ek_admin_install_licence(client->get(), licence->data(), licence->size(), product, &error) != EK_OK) {
    return session.Refusal(app::Error(error), "installing " + path);
  }
  json::Object object;
  object.Set("product", product).Set("licence", path);
  return session.Tell(std::string(product) + " has its new licence", object);
}

Done Show(const Session& session) {
  const auto status = AskStatus(session);
  if (!status) return status.error();
  const std::uint64_t now = NowOf(**status);
  std::string text;
  json::Array licences;
  for (std::size_t i = 0; i < (*status)->num_products; ++i) {
    const ek_product_status& product = *ek_status_product(status->get(), i);
    text +=
        (i == 0 ? "" : "\n") + std::string(product.product) + "  " + LicenceText(product) + WarningText(product, now);
    json::Object licence;
    licence.Set("product", product.product).Set("licensed", product.licensed != 0);
    licence.Set("returned", product.licence_returned != 0);
    licence.Set("expires", product.licence_has_end != 0 ? json::Value(product.licence_expires) : json::Value());
    licence.Set("term_days_left", TermDaysLeft(product, now)).Set("lease", LeaseToJson(product));
    licence.Set("calls_left", product.has_calls_left != 0 ? json::Value(product.calls_left) : json::Value());
    licence.Set("warnings", WarningsToJson(product, now));
    licences.emplace_back(std::move(licence));
  }
  if (licences.empty()) text = "nothing is installed";
  json::Object object;
  object.Set("licences", std::move(licences));
  object.Set("clock_behind_seconds", (*status)->clock_behind_seconds);
  return session.Tell(text + ClockText(**status), object);
}

void AddPaper(CLI::App& group, const char* name, const char* about,
              const std::function<void(const PaperOptions&)>& set) {
  CLI::App* command = group.add_subcommand(name, about);
  const auto options = std::make_shared<PaperOptions>();
  command->add_option("--product", options->product, "publisher/name")->required();
  command->add_option("-o,--output", options->output, "file to make")->required();
  command->callback([set, options] { set(*options); });
}

}  // namespace

void AddLicenceCommand(CLI::App& root, const Session& session, Action& action) {
  CLI::App* group =
      root.add_subcommand("licence", "this device's licences; a publisher's: issue, renew, transfer, show");
  group->require_subcommand(1);
  const auto path = std::make_shared<std::string>();
  CLI::App* install = group->add_subcommand("install", "a renewed licence, in place of the one that its product has");
  install->add_option("LICENCE", *path, "licence (.lic)")->required();
  install->callback([&session, &action, path] { action = [&session, path] { return Install(session, *path); }; });
  AddPaper(*group, "renew-request", "ask for another lease, by a file",
           [&session, &action](const PaperOptions& options) {
             action = [&session, options] { return RequestRenewal(session, options); };
           });
  AddPaper(*group, "return", "give a licence back for good, for a receipt",
           [&session, &action](const PaperOptions& options) {
             action = [&session, options] { return Return(session, options); };
           });
  CLI::App* show = group->add_subcommand("show", "how this device's licences stand");
  show->callback([&session, &action] { action = [&session] { return Show(session); }; });
}

}  // namespace edgekeep::cli::device
