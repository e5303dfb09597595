// order, whocan: on the device. Orders are written and signed by a publisher's commands.
#include <memory>

#include "commands.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/formats/order.h"
#include "edgekeep/formats/signed_object.h"
#include "small_file.h"

namespace edgekeep::cli::device {
namespace {

constexpr std::size_t kAnswerRoom = 65536;

struct OrderOptions {
  std::string order, output;
};

Outcome<formats::OrderAction> ActionOf(ByteView file, const std::string& path) {
  const auto object = formats::DecodeSignedObject(formats::typ::kOrder, file);
  const auto order = object ? formats::DecodeOrder(object->payload) : Result<formats::Order>(object.error());
  if (order) return order->action;
  return Failure{order.error().code(), "no order", path, "hand in what 'edgekeep order finish' made"};
}

Outcome<std::vector<std::uint8_t>> Hand(const Session& session, ByteView order, const std::string& path) {
  const auto client = session.OpenClient();
  if (!client) return client.error();
  std::vector<std::uint8_t> answer(kAnswerRoom);
  std::size_t size = answer.size();
  ek_error error;
  if (ek_admin_order(client->get(), order.data(), order.size(), answer.data(), &size, &error) != EK_OK)
    return session.Refusal(app::Error(error), "the order " + path);
  answer.resize(size);
  return answer;
}

Done Order(const Session& session, const OrderOptions& options) {
  const auto file = ReadSmallFile(options.order, "the order");
  if (!file) return file.error();
  const auto action = ActionOf(*file, options.order);
  if (!action) return action.error();
  if (*action == formats::OrderAction::kRetire) {
    return Failure{ErrorCode::kBadArgument, "an order to retire this device for good", options.order,
                   "say `edgekeep device retire ORDER --certificate FILE`"};
  }
  const bool reports = *action == formats::OrderAction::kReport;
  if (reports == options.output.empty()) {
    return Failure{ErrorCode::kBadArgument, reports ? "an order to report" : "no order to report", options.order,
                   reports ? "name a file for the report by --output" : "leave out --output"};
  }
  // An order's number counts once.
  if (reports) EK_TRY(CheckCanBeMade(options.output));
  const auto answer = Hand(session, *file, options.order);
  if (!answer) return answer.error();
  if (reports) {
    if (const Done written = WriteNewFile(options.output, *answer); !written) return written.error();
  }
  json::Object object;
  object.Set("order", formats::NameOf(*action)).Set("obeyed", true);
  if (reports) object.Set("report", options.output);
  const bool renews = *action == formats::OrderAction::kRekey;
  return session.Tell(std::string("obeyed: ") + formats::NameOf(*action) + (reports ? ", " + options.output : "") +
                          (renews ? "\nlicences of before open nothing any more: renew them" : ""),
                      object);
}

// Asked again with the same order, a device that was retired gives its certificate again.
Done Retire(const Session& session, const OrderOptions& options) {
  const auto file = ReadSmallFile(options.order, "the order");
  if (!file) return file.error();
  const auto action = ActionOf(*file, options.order);
  if (!action) return action.error();
  if (*action != formats::OrderAction::kRetire)
    return Failure{ErrorCode::kBadArgument, "no order to retire", options.order, "say `edgekeep order`"};
  EK_TRY(CheckCanBeMade(options.output));
  const auto certificate = Hand(session, *file, options.order);
  if (!certificate) return certificate.error();
  if (const Done written = WriteNewFile(options.output, *certificate); !written) return written.error();
  json::Object object;
  object.Set("retired", true).Set("certificate", options.output);
  return session.Tell("this device is retired, for good; its certificate: " + options.output +
                          "\nthe publisher verifies and remembers it: edgekeep retirement verify " + options.output,
                      object);
}

// A kind's name, an action's, or a file with an order.
Outcome<formats::OrderKind> KindIn(const std::string& text) {
  if (const auto kind = formats::FindOrderKind(text)) return *kind;
  if (const auto action = formats::FindOrderAction(text)) return formats::KindOf(*action);
  const auto file = ReadSmallFile(text, "the order");
  if (!file) {
    return Failure{ErrorCode::kBadArgument, "no order", text,
                   "say telemetry, configuration, update, control, licences, retire, rekey, or name a file"};
  }
  const auto action = ActionOf(*file, text);
  if (!action) return action.error();
  return formats::KindOf(*action);
}

std::string ClassName(std::uint8_t number) {
  if (number == 1) return "classical";
  return number == 2 ? "post-quantum" : "class " + std::to_string(number);
}

Done TellAuthority(const Session& session, const formats::OrderAuthority& authority) {
  std::string text = std::string("order ") + formats::NameOf(authority.kind) + ": ";
  if (authority.quorum == 0) text += "nobody may give it";
  if (authority.quorum != 0)
    text += std::to_string(authority.quorum) + " of these people, each by keys of every class (";
  json::Array classes, people;
  for (const std::uint8_t number : authority.classes) {
    if (authority.quorum != 0) text += (classes.empty() ? "" : ", ") + ClassName(number);
    classes.emplace_back(ClassName(number));
  }
  if (authority.quorum != 0) text += ")";
  for (const formats::OrderSigner& signer : authority.people) {
    json::Array keys;
    text += "\n  " + std::string(signer.name);
    for (const KeyId& key : signer.keys) {
      const std::string hex(ToHex(key.view()).view());
      text += "\n    key " + hex;
      keys.emplace_back(hex);
    }
    people.emplace_back(json::Object().Set("name", signer.name).Set("keys", std::move(keys)));
  }
  json::Object object;
  object.Set("kind", formats::NameOf(authority.kind)).Set("quorum", authority.quorum);
  object.Set("classes", std::move(classes)).Set("people", std::move(people));
  return session.Tell(text, object);
}

Done WhoCan(const Session& session, const std::string& text) {
  const auto kind = KindIn(text);
  if (!kind) return kind.error();
  const auto client = session.OpenClient();
  if (!client) return client.error();
  std::vector<std::uint8_t> answer(kAnswerRoom);
  std::size_t size = answer.size();
  ek_error error;
  const char* const name = formats::NameOf(*kind);
  if (ek_admin_order_authority(client->get(), name, answer.data(), &size, &error) != EK_OK)
    return session.Refusal(app::Error(error), std::string("asking who can order ") + name);
  const auto authority = formats::DecodeOrderAuthority(ByteView(answer).first(size));
  if (authority) return TellAuthority(session, *authority);
  return Failure{authority.error().code(), "the keep's answer makes no sense", authority.error().where(),
                 "check that keep and command are of one version"};
}

}  // namespace

void AddRetireCommand(CLI::App& device, const Session& session, Action& action) {
  const auto options = std::make_shared<OrderOptions>();
  CLI::App* retire = device.add_subcommand("retire", "end this device for good, by an order of its people");
  retire->add_option("ORDER", options->order, "order to retire (.eko)")->required();
  retire->add_option("--certificate", options->output, "file for the certificate (.ekx), for an auditor")->required();
  retire->callback(
      [&session, &action, options] { action = [&session, options] { return Retire(session, *options); }; });
}

void AddOrderCommands(CLI::App& root, const Session& session, Action& action) {
  const auto options = std::make_shared<OrderOptions>();
  CLI::App* order = root.add_subcommand("order", "hand in a signed order; a publisher's: write, show, sign, finish");
  order->add_option("ORDER", options->order, "order (.eko)")->required();
  order->add_option("-o,--output", options->output, "file for a report (.ekv), where the order asks for one");
  order->callback([&session, &action, options] { action = [&session, options] { return Order(session, *options); }; });
  const auto text = std::make_shared<std::string>();
  CLI::App* whocan = root.add_subcommand("whocan", "who may order this device what");
  whocan
      ->add_option("ORDER", *text,
                   "telemetry, configuration, update, control, licences, retire, rekey, or an order's file")
      ->required();
  whocan->callback([&session, &action, text] { action = [&session, text] { return WhoCan(session, *text); }; });
}

}  // namespace edgekeep::cli::device
