// device enrol, device renew-credentials, device credential: what lies between a device's owner and its keep. It
// carries requests and answers and decides nothing.
#include <memory>

#include "commands.h"
#include "edgekeep/cli/line/whole_number.h"
#include "est_courier.h"
#include "owner_files.h"
#include "pem.h"
#include "small_file.h"

namespace edgekeep::cli::device {
namespace {

struct EnrolOptions {
  std::string authority, csr_attributes, password, request, answer, others;
  EstServer server;
  bool force = false, by_factory = false;
};

Done WriteRequest(const Session& session, const EnrolOptions& options) {
  RequestInputs inputs;
  EK_TRY_ASSIGN(inputs.authority, ReadArmouredFile(options.authority, "the authority's certificate"));
  EK_TRY_ASSIGN(inputs.csr_attributes, ReadArmouredFile(options.csr_attributes, "the server's csrattrs"));
  EK_TRY_ASSIGN(inputs.challenge_password, ReadChallengePassword(options.password));
  EK_TRY_ASSIGN(const app::Client client, session.OpenClient());
  EK_TRY_ASSIGN(const Der request, MakeRequest(session, client, inputs));
  // The challenge password may be in it.
  EK_TRY(WriteNewFile(options.request, AsBytes(Armour("CERTIFICATE REQUEST", request)), Readers::kItsOwnerAlone));
  json::Object object;
  object.Set("request", options.request).Set("bytes", request.size());
  return session.Tell("wrote " + options.request + ": the owner's authority answers it, for --answer", object);
}

Done TakeAnswer(const Session& session, const EnrolOptions& options) {
  EK_TRY_ASSIGN(const Der answer, ReadArmouredFile(options.answer, "the answer"));
  EK_TRY_ASSIGN(const Der others, ReadArmouredFile(options.others, "the certificates that lie between"));
  EK_TRY_ASSIGN(const app::Client client, session.OpenClient());
  EK_TRY_ASSIGN(const ek_credential credential, GiveAnswer(session, client, answer, others));
  return TellCredential(session, "", credential);
}

// Whether that authority may be this device's owner is the keep's to say, before any server hears of the device.
Done CheckAuthority(const Session& session, const app::Client& client, const Der& authority) {
  RequestInputs inputs;
  inputs.authority = authority;
  EK_TRY(MakeRequest(session, client, inputs));
  return {};
}

// How the keep shows the device to the server (RFC 7030 §3.3.2): as who it is already. One whose time is over would
// have the server end the connection, where evidence or a password may do.
Outcome<std::optional<TlsIdentity>> IdentityFor(const Session& session, const app::Client& client, bool by_factory,
                                                const ek_credential& held) {
  const bool by_owner = held.held != 0 && held.now <= held.not_after && !by_factory;
  if (!by_factory && !by_owner) return std::optional<TlsIdentity>();
  const int identity = by_factory ? EK_TLS_IDENTITY_FACTORY : EK_TLS_IDENTITY_OWNER;
  TlsIdentity shown;
  EK_TRY_ASSIGN(shown.certificates, TlsCertificates(session, client, identity));
  shown.sign = [&session, &client, identity](ByteView hash) { return SignTls(session, client, identity, hash); };
  return std::optional(std::move(shown));
}

Failure NothingToShowWith() {
  return {ErrorCode::kUnsupported, "no certificate can be shown", "libcurl", "install the one with OpenSSL (libcurl4)"};
}

// What the server answers is the keep's to judge.
Done Carry(const Session& session, const app::Client& client, EnrolOptions options, const ek_credential& held) {
  const bool has_an_owner = held.held != 0;
  const std::string operation = has_an_owner ? "simplereenroll" : "simpleenroll";
  if (options.server.tls_ca.empty()) options.server.tls_ca = options.authority;
  RequestInputs inputs;
  EK_TRY_ASSIGN(inputs.authority, ReadArmouredFile(options.authority, "the authority's certificate"));
  EK_TRY_ASSIGN(inputs.challenge_password, ReadChallengePassword(options.password));
  EK_TRY_ASSIGN(auto identity, IdentityFor(session, client, options.by_factory, held));
  EK_TRY_ASSIGN(EstCourier courier, EstCourier::Open(options.server, std::move(identity)));
  if (options.by_factory && !courier.shows_identity()) return NothingToShowWith();
  if (has_an_owner && !inputs.authority.empty()) EK_TRY(CheckAuthority(session, client, inputs.authority));
  EK_TRY_ASSIGN(inputs.csr_attributes, courier.Fetch("csrattrs"));
  EK_TRY_ASSIGN(const Der others, courier.Fetch("cacerts"));
  EK_TRY_ASSIGN(const Der request, MakeRequest(session, client, inputs));
  EK_TRY_ASSIGN(const Der answer, courier.Enrol(operation, request));
  EK_TRY_ASSIGN(const ek_credential credential, GiveAnswer(session, client, answer, others));
  return TellCredential(session, "", credential);
}

Done Enrol(const Session& session, const EnrolOptions& options) {
  EK_TRY_ASSIGN(const app::Client client, session.OpenClient());
  EK_TRY_ASSIGN(const ShownCredential shown, ShowCredential(session, client));
  return Carry(session, client, options, shown.facts);
}

Done Renew(const Session& session, const EnrolOptions& options) {
  EK_TRY_ASSIGN(const app::Client client, session.OpenClient());
  EK_TRY_ASSIGN(const ShownCredential shown, ShowCredential(session, client));
  if (shown.facts.held == 0) {
    return Failure{ErrorCode::kNotFound, "nothing to renew", "this device", "get a certificate by `device enrol`"};
  }
  const bool is_due = shown.facts.now >= shown.facts.renew_from;
  if (!is_due && !options.force) return TellCredential(session, "nothing to do yet\n", shown.facts);
  return Carry(session, client, options, shown.facts);
}

Done Show(const Session& session, const std::string& output) {
  EK_TRY_ASSIGN(const app::Client client, session.OpenClient());
  EK_TRY_ASSIGN(const ShownCredential shown, ShowCredential(session, client));
  if (output.empty()) return TellCredential(session, "", shown.facts);
  if (shown.certificate.empty()) {
    return Failure{ErrorCode::kNotFound, "no certificate", "this device", "get one by `edgekeep device enrol`"};
  }
  EK_TRY(WriteNewFile(output, AsBytes(Armour("CERTIFICATE", shown.certificate))));
  return TellCredential(session, "wrote " + output + "\n", shown.facts);
}

void AddServer(CLI::App& command, EnrolOptions& options) {
  command.add_option("--ca", options.authority, "the owner's authority (PEM); who issued the server's as well");
  command.add_option("--tls-ca", options.server.tls_ca, "who issued the server's certificate, where that is another");
  command.add_option("--challenge-password", options.password, "file, readable by nobody else, with the password");
  command.add_option("--wait", options.server.patience, "seconds that a server may take for a decision (0)")
      ->check(line::WholeNumber(0, UINT32_MAX));
}

void AddEnrol(CLI::App& device, const Session& session, Action& action) {
  const auto options = std::make_shared<EnrolOptions>();
  CLI::App* enrol = device.add_subcommand("enrol", "get the certificate by which the device's owner knows it");
  AddServer(*enrol, *options);
  enrol->add_flag("--by-factory", options->by_factory, "show the server the certificate of the device's factory");
  enrol->add_option("--csr-attributes", options->csr_attributes, "what the owner's server wants (csrattrs, a file)");
  enrol->add_option("--others", options->others, "certificates between device and authority (cacerts, a file)");
  CLI::Option_group* way = enrol->add_option_group("way", "exactly one");
  way->add_option("--est", options->server.url, "the owner's EST server: https://HOST");
  way->add_option("--request", options->request, "file for the request (PKCS#10), to be carried to the authority");
  way->add_option("--answer", options->answer, "what came back: certificates alone (PKCS#7)");
  way->require_option(1);
  enrol->callback([&session, &action, options] {
    action = [&session, options] {
      if (!options->server.url.empty()) return Enrol(session, *options);
      return options->request.empty() ? TakeAnswer(session, *options) : WriteRequest(session, *options);
    };
  });
}

void AddRenew(CLI::App& device, const Session& session, Action& action) {
  const auto options = std::make_shared<EnrolOptions>();
  CLI::App* renew = device.add_subcommand("renew-credentials", "renew that certificate when a third of it is left");
  AddServer(*renew, *options);
  renew->add_option("--est", options->server.url, "the owner's EST server: https://HOST")->required();
  renew->add_flag("--force", options->force, "renew it now");
  renew->callback([&session, &action, options] { action = [&session, options] { return Renew(session, *options); }; });
}

}  // namespace

void AddOwnerCommands(CLI::App& device, const Session& session, Action& action) {
  AddEnrol(device, session, action);
  AddRenew(device, session, action);
  const auto output = std::make_shared<std::string>();
  CLI::App* credential = device.add_subcommand("credential", "show the certificate that the owner gave this device");
  credential->add_option("-o,--output", *output, "file for the certificate (PEM)");
  credential->callback([&session, &action, output] { action = [&session, output] { return Show(session, *output); }; });
}

}  // namespace edgekeep::cli::device
