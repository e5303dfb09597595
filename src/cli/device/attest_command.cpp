// device attest, device show --attestation-keys
#include <memory>

#include "commands.h"
#include "small_file.h"

namespace edgekeep::cli::device {
namespace {

constexpr std::size_t kRoom = 65536;

struct AttestOptions {
  std::string challenge, activation, output;
};

Done Wrote(const Session& session, const std::string& output, ByteView bytes, const char* what) {
  if (const Done written = WriteNewFile(output, bytes); !written) return written.error();
  json::Object object;
  object.Set(what, output).Set("bytes", bytes.size());
  return session.Tell("wrote " + output + ", " + std::to_string(bytes.size()) + " bytes of " + what, object);
}

Done Attest(const Session& session, const AttestOptions& options) {
  const bool enrols = !options.activation.empty();
  const auto asked =
      enrols ? ReadSmallFile(options.activation, "the activation") : ReadSmallFile(options.challenge, "the challenge");
  if (!asked) return asked.error();
  const auto client = session.OpenClient();
  if (!client) return client.error();
  std::vector<std::uint8_t> evidence(kRoom);
  std::size_t size = evidence.size();
  ek_error error;
  if (ek_admin_attest(client->get(), asked->data(), asked->size(), evidence.data(), &size, &error) != EK_OK) {
    return session.Refusal(app::Error(error), enrols ? "answering the activation" : "answering the challenge");
  }
  evidence.resize(size);
  return Wrote(session, options.output, evidence, "evidence");
}

}  // namespace

Done WriteAttestationKeys(const Session& session, const std::string& output) {
  const auto client = session.OpenClient();
  if (!client) return client.error();
  std::vector<std::uint8_t> keys(kRoom);
  std::size_t size = keys.size();
  ek_error error;
  if (ek_admin_attestation_keys(client->get(), keys.data(), &size, &error) != EK_OK) {
    return session.Refusal(app::Error(error), "asking for the attestation keys");
  }
  keys.resize(size);
  return Wrote(session, output, keys, "attestation keys");
}

void AddAttestCommand(CLI::App& group, const Session& session, Action& action) {
  const auto options = std::make_shared<AttestOptions>();
  CLI::App* attest = group.add_subcommand("attest", "say what this device is, to a verifier who asks");
  CLI::Option_group* asked = attest->add_option_group("asked", "what the verifier sent: exactly one");
  asked->add_option("--challenge", options->challenge, "a challenge (.ekc)");
  asked->add_option("--activation", options->activation, "an activation (.eka), which enrols this device");
  asked->require_option(1);
  attest->add_option("-o,--output", options->output, "file for the evidence (.ekv)")->required();
  attest->callback(
      [&session, &action, options] { action = [&session, options] { return Attest(session, *options); }; });
}

}  // namespace edgekeep::cli::device
