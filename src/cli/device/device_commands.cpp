// device init, device show
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "commands.h"
#include "edgekeep/formats/anchor_choice.h"
#include "refresh.h"
#include "small_file.h"
#include "status_text.h"

namespace edgekeep::cli::device {
namespace {

struct InitOptions {
  std::string trust, release_root, policy, anchor;
};

// What was chosen before the first start counts; somebody who expects another one is told before there are keys.
Done CheckAnchor(const Session& session, const std::string& expected) {
  if (expected.empty()) return {};
  const auto status = AskStatus(session);
  if (!status) return status.error();
  const std::string found = ek_anchor_name((*status)->anchor);
  if (found == expected) return {};
  return Failure{ErrorCode::kBadState, "wrong anchor", "this device's anchor is " + found,
                 "choose by `edgekeep device anchor`, before the keep's first start"};
}

Outcome<ek_device_identity> InitialiseBy(const Session& session, const InitOptions& options) {
  const auto trust = ReadSmallFile(options.trust, "the trust bundle");
  if (!trust) return trust.error();
  const auto client = session.OpenClient();
  if (!client) return client.error();
  ek_device_identity identity{};
  identity.struct_size = sizeof identity;
  ek_error error;
  const ek_code code =
      options.policy.empty()
          ? ek_admin_initialise(client->get(), trust->data(), trust->size(), &identity, &error)
          : ek_admin_initialise_under_releases(client->get(), trust->data(), trust->size(),
                                               options.release_root.c_str(), options.policy.c_str(), &identity, &error);
  if (code != EK_OK) return session.Refusal(app::Error(error), "initialising the device");
  return identity;
}

Done Initialise(const Session& session, const InitOptions& options) {
  if (const Done right = CheckAnchor(session, options.anchor); !right) return right.error();
  const auto done = InitialiseBy(session, options);
  if (!done) return done.error();
  const ek_device_identity& identity = *done;
  const bool under_releases = !options.policy.empty();
  json::Object object;
  object.Set("device", identity.device_id).Set("publisher", identity.publisher);
  object.Set("trust_fingerprint", identity.trust_fingerprint).Set("anchor", ek_anchor_name(identity.anchor));
  object.Set("development_only", identity.anchor == EK_ANCHOR_SOFTWARE).Set("demands_releases", under_releases);
  const std::string text = std::string("device       ") + identity.device_id + "\ntrusts       " + identity.publisher +
                           ", fingerprint " + identity.trust_fingerprint + "\nanchor       " +
                           AnchorText(identity.anchor) + "\nreleases     " +
                           (under_releases ? "demanded, by the policy that was given" : kNoReleases) +
                           "\nCompare the fingerprint with the publisher's own.";
  return session.Tell(text, object);
}

Failure CannotChoose(const std::filesystem::path& directory, int number) {
  return {ErrorCode::kIo, std::string("cannot choose: ") + std::strerror(number), directory, "do it as root"};
}

// Held by whoever chooses: of two at once, each would take the other's line for its own.
class ChoiceLock {
 public:
  explicit ChoiceLock(const std::filesystem::path& directory)
      : directory_(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {}

  ChoiceLock(const ChoiceLock&) = delete;
  ChoiceLock& operator=(const ChoiceLock&) = delete;

  ~ChoiceLock() {
    if (directory_ >= 0) ::close(directory_);
  }

  bool Take() const { return directory_ >= 0 && ::flock(directory_, LOCK_EX) == 0; }

 private:
  int directory_;
};

// The whole line or none, whenever power is cut: half of one would be an anchor that nobody chose.
Done PutChoice(const std::filesystem::path& directory, const std::string& line) {
  const std::string unfinished = directory.string() + ".new";
  std::error_code error;
  std::filesystem::remove(unfinished, error);
  if (const Done written = WriteNewFile(unfinished, AsBytes(line)); !written) return written.error();
  std::filesystem::permissions(unfinished, std::filesystem::perms{0644}, error);
  if (!error) std::filesystem::rename(unfinished, directory / "choice", error);
  if (!error) return {};
  return CannotChoose(directory, error.value());
}

Done Choose(const Session& session, const std::string& choice) {
  if (!formats::ParseAnchorChoice(choice)) {
    return Failure{ErrorCode::kBadArgument, "no anchor", choice, "say software, or tpm2[:PATH][@PCR,...]"};
  }
  const std::filesystem::path directory = std::filesystem::path(session.root) / "var/lib/edgekeep/anchor";
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  const ChoiceLock lock(directory);
  if (!error && !lock.Take()) return CannotChoose(directory, errno);
  const bool is_new = !error && std::filesystem::is_empty(directory, error);
  if (error) return CannotChoose(directory, error.value());
  if (!is_new) {
    return Failure{ErrorCode::kAlreadyExists, "this device has an anchor", directory,
                   "it is chosen once, before the first start"};
  }
  if (const Done put = PutChoice(directory, choice + "\n"); !put) return put.error();
  json::Object object;
  object.Set("anchor", choice);
  return session.Tell("anchor       " + choice + ", from the first start of edgekeep-spawner on", object);
}

struct AdoptOptions {
  std::string path;
  RefreshOptions refresh;
};

struct AdoptedWords {
  const char* kind;
  std::string name;
  std::string later;  // where it does not count yet
};

AdoptedWords WordsFor(const ek_adopted& adopted) {
  const std::string floor = TimeText(adopted.counts_from);
  if (adopted.kind == EK_ADOPTED_OPERATIONS_POLICY) return {"operations-policy", "operations policy ", ""};
  if (adopted.kind == EK_ADOPTED_TRUST_POLICY)
    return {"trust-policy", "trust policy ", " counts from " + floor + " of trusted time on"};
  return {"time-repair", "repair of time ", " is not for this device, and used up: its time floor stays at " + floor};
}

Done Adopt(const Session& session, const AdoptOptions& options) {
  const auto client = session.OpenClient();
  if (!client) return client.error();
  if (const Done refreshed = Refresh(session, *client, options.refresh); !refreshed) return refreshed.error();
  ek_adopted adopted{};
  adopted.struct_size = sizeof adopted;
  ek_error error;
  if (ek_admin_adopt(client->get(), options.path.c_str(), &adopted, &error) != EK_OK) {
    return session.Refusal(app::Error(error), "adopting " + options.path);
  }
  const AdoptedWords words = WordsFor(adopted);
  json::Object object;
  object.Set("kind", words.kind).Set("number", adopted.number);
  object.Set("counts", adopted.counts != 0).Set("counts_from", adopted.counts_from);
  return session.Tell(
      words.name + std::to_string(adopted.number) + (adopted.counts != 0 ? " counts from now on" : words.later),
      object);
}

struct ShowOptions {
  bool request = false;
  bool ownership = false;  // in the request
  bool attestation_keys = false;
  std::string output;
};

Outcome<std::vector<std::uint8_t>> RequestOf(const Session& session, bool ownership) {
  const auto client = session.OpenClient();
  if (!client) return client.error();
  std::vector<std::uint8_t> request(65536);
  std::size_t size = request.size();
  ek_error error;
  const auto ask = ownership ? ek_admin_ownership : ek_admin_device_request;
  if (ask(client->get(), request.data(), &size, &error) != EK_OK) {
    return session.Refusal(app::Error(error), "asking for the device request");
  }
  request.resize(size);
  return request;
}

Done PutOnStandardOutput(const std::vector<std::uint8_t>& bytes) {
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size();
  if (written && std::fflush(stdout) == 0) return {};
  return Failure{ErrorCode::kIo, "cannot write the request", "standard output", "check where it goes"};
}

Done ShowRequest(const Session& session, const ShowOptions& options) {
  const std::string& output = options.output;
  if (output.empty() && (session.json || ::isatty(STDOUT_FILENO) == 1)) {
    return Failure{ErrorCode::kBadArgument, "the request is no text", "standard output", "name a file by -o"};
  }
  const auto request = RequestOf(session, options.ownership);
  if (!request) return request.error();
  if (output.empty()) return PutOnStandardOutput(*request);
  if (const Done written = WriteNewFile(output, *request); !written) return written.error();
  json::Object object;
  object.Set("request", output).Set("bytes", request->size());
  const char* const use = options.ownership ? "by it the publisher's people free this device from its owner"
                                            : "send it to the publisher for a licence";
  return session.Tell("wrote " + output + ", " + std::to_string(request->size()) + " bytes; " + use, object);
}

Done Show(const Session& session, const ShowOptions& options) {
  if (options.request) return ShowRequest(session, options);
  if (options.attestation_keys) return WriteAttestationKeys(session, options.output);
  const auto status = AskStatus(session);
  if (!status) return status.error();
  return session.Tell(DeviceText(**status), DeviceObject(**status));
}

}  // namespace

void AddDeviceCommands(CLI::App& root, const Session& session, Action& action) {
  CLI::App* device = root.add_subcommand("device", "this device's identity");
  device->require_subcommand(1);

  const auto first = std::make_shared<InitOptions>();
  CLI::App* init = device->add_subcommand("init", "make the device's keys and say whom it trusts; once");
  init->add_option("--trust", first->trust, "the publisher's trust bundle (publisher.ekt)")->required();
  CLI::Option* release_root =
      init->add_option("--release-root", first->release_root, "root.json of release metadata: releases are demanded");
  init->add_option("--policy", first->policy, "the trust policy that the root's holders signed")->needs(release_root);
  release_root->needs("--policy");
  init->add_option("--anchor", first->anchor, "refuse if this device's anchor is another kind: software, tpm2");
  init->callback([&session, &action, first] { action = [&session, first] { return Initialise(session, *first); }; });

  const auto choice = std::make_shared<std::string>();
  CLI::App* anchor = device->add_subcommand("anchor", "choose where the keys are made; once, before the first start");
  anchor->add_option("CHOICE", *choice, "tpm2[:PATH][@PCR,...], by default tpm2:/dev/tpmrm0@7; or software")
      ->required();
  anchor->callback([&session, &action, choice] { action = [&session, choice] { return Choose(session, *choice); }; });

  const auto adopted = std::make_shared<AdoptOptions>();
  CLI::App* adopt = device->add_subcommand(
      "adopt", "hand in the next trust policy, a repair of time, or an operations policy of a release");
  adopt->add_option("FILE", adopted->path, "what the root's holders signed, or a release's operations policy")
      ->required();
  CLI::Option* repository =
      adopt->add_option("--repository", adopted->refresh.repository,
                        "directory of the published release, where an operations policy is a file of one");
  adopt
      ->add_option("--release", adopted->refresh.release,
                   "the release that the file is of, PRODUCT/CHANNEL/SEQUENCE, where it is not the newest")
      ->needs(repository);
  adopt->callback([&session, &action, adopted] { action = [&session, adopted] { return Adopt(session, *adopted); }; });

  const auto options = std::make_shared<ShowOptions>();
  CLI::App* show = device->add_subcommand("show", "who this device is");
  CLI::Option* request =
      show->add_flag("--request", options->request, "the signed request a publisher needs to license this device");
  CLI::Option* keys = show->add_flag("--attestation-keys", options->attestation_keys,
                                     "the keys by which a verifier enrols this device (needs -o)");
  show->add_flag("--ownership", options->ownership,
                 "in it, whose this device is: for an order that frees it from this owner")
      ->needs(request);
  request->excludes(keys);
  CLI::Option* output = show->add_option("-o,--output", options->output,
                                         "file for the request (standard output if none) or for the keys");
  keys->needs(output);
  show->callback([&session, &action, options] {
    if (!options->output.empty() && !options->request && !options->attestation_keys)
      throw CLI::RequiresError("--output", "--request or --attestation-keys");
    action = [&session, options] { return Show(session, *options); };
  });
  AddProvisioningCommands(*device, session, action);
  AddOwnerCommands(*device, session, action);
  AddRenewLicencesCommand(*device, session, action);
  AddAttestCommand(*device, session, action);
  AddTransferCommand(*device, session, action);
  AddRetireCommand(*device, session, action);
}

}  // namespace edgekeep::cli::device
