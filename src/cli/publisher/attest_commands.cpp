// attest challenge, attest verify, attest enrol begin, attest enrol finish: the verifier's side.
#include <filesystem>
#include <memory>

#include "attest_chip.h"
#include "attest_report.h"
#include "commands.h"
#include "edgekeep/attest/enrolment.h"
#include "edgekeep/attest/evidence.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/files/replace_file.h"
#include "retired_identities.h"

namespace edgekeep::cli::publisher {
namespace {

using author::At;
using author::Done;
using author::Outcome;
using files::Access;

template <typename Object>
Outcome<Bytes> EncodedFor(const std::string& path, const Object& object, Status (*encode)(const Object&, CborWriter&),
                          std::size_t max_size) {
  EK_TRY_ASSIGN(Bytes bytes, At(path, Bytes::Allocate(max_size)));
  CborWriter out(bytes.mutable_view());
  EK_TRY(At(path, encode(object, out)));
  bytes.Truncate(out.written().size());
  return bytes;
}

Done MakeChallenge(const Session& session, const std::string& output) {
  formats::Challenge challenge{.nonce = {}, .issued_at = session.context.now, .enrols = std::nullopt};
  EK_TRY(At(output, session.context.provider.Random(challenge.nonce.mutable_view())));
  EK_TRY_ASSIGN(const Bytes bytes, EncodedFor(output, challenge, formats::EncodeChallenge, formats::kMaxChallengeSize));
  EK_TRY(At(output, files::WriteNewFile(output, Access::kPublic, bytes.view())));
  json::Object object;
  object.Set("challenge", output);
  return session.report.Tell("wrote " + output + ": the device answers it by `edgekeep device attest`", object);
}

struct VerifyFiles {
  std::string evidence, challenge, enrolment, policy, seen;
  ListedArguments factory;
};

// What was believed of a device last, and in which file that is; no bytes where nothing was yet.
struct Seen {
  Bytes bytes;
  formats::Enrolment record;  // borrows from them
};

Outcome<Seen> ReadSeen(const std::string& path, const formats::Enrolment& enrolment) {
  Seen seen;
  std::error_code ignored;
  if (path.empty() || !std::filesystem::exists(path, ignored)) return seen;
  EK_TRY_ASSIGN(seen.bytes, At(path, files::ReadFile(path, formats::kMaxEnrolmentSize)));
  EK_TRY_ASSIGN(seen.record, At(path, formats::DecodeEnrolment(seen.bytes.view())));
  const bool is_same = Equal(seen.record.identity.bytes, enrolment.identity.bytes) &&
                       seen.record.chip.has_value() == enrolment.chip.has_value();
  if (is_same) return seen;
  return author::Failure{ErrorCode::kWrongDevice, "of another device than the enrolment", path,
                         "keep one such file for each enrolled device"};
}

// A device that was enrolled anew is judged by that, until it was seen again.
void Raise(formats::Enrolment& known, const Seen& seen) {
  if (seen.bytes.empty() || seen.record.enrolled_at < known.enrolled_at) return;
  known.state_counter = seen.record.state_counter;
  if (known.chip) known.chip->clock = seen.record.chip->clock;
}

Done Remember(const std::string& path, const Seen& before, const formats::Enrolment& known,
              const formats::Challenge& answered, const attest::BelievedEvidence& believed) {
  if (path.empty()) return {};
  EK_TRY_ASSIGN(const Bytes bytes, At(path, attest::SeenAfter(known, answered, believed)));
  if (before.bytes.empty()) return At(path, files::WriteNewFile(path, Access::kPublic, bytes.view()));
  return At(path, files::ReplaceFile(path, Access::kPublic, bytes.view()));
}

// That the enrolled device is one that its product's owner takes still: a list may be newer than an enrolment.
Done CheckOrigin(const Session& session, const ListedArguments& factory, const formats::Enrolment& known) {
  const crypto::Provider& provider = session.context.provider;
  EK_TRY_ASSIGN(const DeviceId device, At("enrolment", attest::DeviceOf(provider, known.identity)));
  std::optional<Digest> endorsement;
  if (known.chip) {
    EK_TRY_ASSIGN(endorsement, At("enrolment", attest::EndorsementFingerprint(provider, known.chip->endorsement)));
  }
  return CheckFactory(session, factory, device, endorsement);
}

Done Verify(Session& session, const VerifyFiles& files) {
  EK_TRY_ASSIGN(const Bytes challenge,
                At(files.challenge, files::ReadFile(files.challenge, formats::kMaxChallengeSize)));
  EK_TRY_ASSIGN(const formats::Challenge asked, At(files.challenge, formats::DecodeChallenge(challenge.view())));
  EK_TRY_ASSIGN(const Bytes enrolment,
                At(files.enrolment, files::ReadFile(files.enrolment, formats::kMaxEnrolmentSize)));
  EK_TRY_ASSIGN(formats::Enrolment known, At(files.enrolment, formats::DecodeEnrolment(enrolment.view())));
  EK_TRY(CheckOrigin(session, files.factory, known));
  EK_TRY_ASSIGN(const Seen seen, ReadSeen(files.seen, known));
  Raise(known, seen);
  const auto last = seen.bytes.empty() ? std::optional<UnixTime>() : seen.record.enrolled_at;
  Bytes policy_bytes;
  formats::AppraisalPolicy policy;
  if (!files.policy.empty()) {
    EK_TRY_ASSIGN(policy_bytes, At(files.policy, files::ReadFile(files.policy, formats::kMaxAppraisalPolicySize)));
    EK_TRY_ASSIGN(policy, At(files.policy, formats::DecodeAppraisalPolicy(policy_bytes.view())));
  }
  EK_TRY_ASSIGN(const Bytes evidence, At(files.evidence, files::ReadFile(files.evidence, formats::kMaxEvidenceSize)));
  EK_TRY_ASSIGN(const std::vector<DeviceId> retired, ReadRetired(session, files.factory.retired));
  EK_TRY_ASSIGN(const auto appraisal,
                At(files.evidence, attest::Appraise(session.context.provider, {evidence.view(), asked, known, policy,
                                                                               session.context.now, last, retired})));
  const Result<attest::BelievedEvidence> believed = appraisal->Believe();
  if (!believed) session.found_wrong = true;
  if (believed) EK_TRY(Remember(files.seen, seen, known, asked, *believed));
  EK_TRY_ASSIGN(const AskedList list, WhichListWasAsked(session, files.factory));
  return TellAppraisal(session, files.evidence, *appraisal, list);
}

struct EnrolFiles {
  std::string keys, challenge, evidence, output;
  ChipBelief chip;
};

Outcome<Bytes> ReadKeys(const EnrolFiles& files) {
  return At(files.keys, files::ReadFile(files.keys, formats::kMaxAttestationKeysSize));
}

Done Begin(const Session& session, const EnrolFiles& files) {
  EK_TRY_ASSIGN(const Bytes bytes, ReadKeys(files));
  EK_TRY_ASSIGN(const auto keys, At(files.keys, attest::VerifyAttestationKeys(session.context.provider, bytes.view())));
  EK_TRY_ASSIGN(const KnownChip known, JudgeChip(session, files.chip, files.keys, keys));
  EK_TRY_ASSIGN(const attest::BegunEnrolment begun,
                At(files.keys, attest::BeginEnrolment(session.context.provider, *session.credential_cipher, keys,
                                                      session.context.now)));
  EK_TRY(At(files.challenge, files::WriteNewFile(files.challenge, Access::kPrivate, begun.challenge.view())));
  EK_TRY(At(files.output, files::WriteNewFile(files.output, Access::kPublic, begun.activation.view())));
  if (!keys.chip()) WarnOfSoftware(session);
  EK_TRY_ASSIGN(const AskedList asked, WhichListWasAsked(session, files.chip.factory));
  json::Object object;
  object.Set("device", Hex(keys.id().view())).Set("anchor", NameOfAnchor(keys.device().anchor));
  object.Set("endorsement_key", known.endorsement).Set("activation", files.output).Set("challenge", files.challenge);
  object.Set("factory_list", asked.list).Set("demands_looked_for_in", asked.looked_in);
  const std::string chip = keys.chip() ? "\n  endorsement  " + known.endorsement : "";
  return session.report.Tell("wrote " + files.output + " for the device to answer, and " + files.challenge +
                                 ", a secret until it has\n  device      " + Hex(keys.id().view()) + chip,
                             object);
}

Done Finish(Session& session, const EnrolFiles& files) {
  EK_TRY_ASSIGN(const Bytes bytes, ReadKeys(files));
  EK_TRY_ASSIGN(const auto keys, At(files.keys, attest::VerifyAttestationKeys(session.context.provider, bytes.view())));
  EK_TRY_ASSIGN(const KnownChip known, JudgeChip(session, files.chip, files.keys, keys));
  EK_TRY_ASSIGN(const Bytes challenge,
                At(files.challenge, files::ReadFile(files.challenge, formats::kMaxChallengeSize)));
  EK_TRY_ASSIGN(const formats::Challenge kept, At(files.challenge, formats::DecodeChallenge(challenge.view())));
  EK_TRY_ASSIGN(const Bytes evidence, At(files.evidence, files::ReadFile(files.evidence, formats::kMaxEvidenceSize)));
  EK_TRY_ASSIGN(const attest::FinishedEnrolment finished,
                At(files.challenge, attest::FinishEnrolment(session.context.provider, keys, kept, evidence.view(),
                                                            session.context.now, known.manufacturer)));
  EK_TRY_ASSIGN(const AskedList asked, WhichListWasAsked(session, files.chip.factory));
  if (finished.enrolment.empty()) {
    session.found_wrong = true;
    return TellAppraisal(session, files.evidence, *finished.appraisal, asked);
  }
  EK_TRY(At(files.output, files::WriteNewFile(files.output, Access::kPublic, finished.enrolment.view())));
  return TellAppraisal(session, files.output, *finished.appraisal, asked);
}

void AddChallenge(CLI::App& group, Session& session, Action& action) {
  CLI::App* challenge = group.add_subcommand("challenge", "make a challenge that a device answers once");
  auto output = std::make_shared<std::string>();
  challenge->add_option("-o,--output", *output, "file for the challenge (.ekc)")->required();
  challenge->callback(
      [&session, &action, output] { action = [&session, output] { return MakeChallenge(session, *output); }; });
}

void AddVerify(CLI::App& group, Session& session, Action& action) {
  CLI::App* verify = group.add_subcommand("verify", "judge a device's evidence, check by check");
  auto files = std::make_shared<VerifyFiles>();
  verify->add_option("EVIDENCE", files->evidence, "what the device answered (.ekv)")->required();
  verify->add_option("--challenge", files->challenge, "what it was asked (.ekc)")->required();
  verify->add_option("--enrolment", files->enrolment, "what is known of the device (.eke)")->required();
  verify->add_option("--policy", files->policy, "what is demanded (.ekq, by attest policy)");
  verify->add_option("--seen", files->seen, "what this device showed last; made, and kept, by believed evidence");
  AddFactoryOptions(*verify, files->factory);
  AddPublisherOption(*verify, session);
  verify->callback([&session, &action, files] { action = [&session, files] { return Verify(session, *files); }; });
}

void AddEnrol(CLI::App& group, Session& session, Action& action) {
  CLI::App* enrol = group.add_subcommand("enrol", "get to know a device by the chip that it has");
  enrol->require_subcommand(1);
  auto files = std::make_shared<EnrolFiles>();
  CLI::App* begin = enrol->add_subcommand("begin", "make an activation that only the chip can answer");
  begin->add_option("KEYS", files->keys, "the device's attestation keys (.ekk)")->required();
  AddChipOptions(*begin, files->chip);
  AddPublisherOption(*begin, session);
  begin->add_option("--challenge", files->challenge, "file for the secret challenge, which stays here")->required();
  begin->add_option("-o,--output", files->output, "file for the activation (.eka)")->required();
  begin->callback([&session, &action, files] { action = [&session, files] { return Begin(session, *files); }; });

  CLI::App* finish = enrol->add_subcommand("finish", "judge the answer, and write down who this device is");
  finish->add_option("EVIDENCE", files->evidence, "what the device answered (.ekv)")->required();
  finish->add_option("--keys", files->keys, "the attestation keys that were begun with (.ekk)")->required();
  AddChipOptions(*finish, files->chip);
  AddPublisherOption(*finish, session);
  finish->add_option("--challenge", files->challenge, "the secret challenge of the beginning")->required();
  finish->add_option("-o,--output", files->output, "file for the enrolment (.eke)")->required();
  finish->callback([&session, &action, files] { action = [&session, files] { return Finish(session, *files); }; });
}

}  // namespace

void AddAttestCommands(CLI::App& root, Session& session, Action& action) {
  CLI::App* group = root.add_subcommand("attest", "ask devices what they are, and judge what they say");
  group->require_subcommand(1);
  AddChallenge(*group, session, action);
  AddVerify(*group, session, action);
  AddEnrol(*group, session, action);
  AddAppraisalPolicyCommand(*group, session, action);
}

}  // namespace edgekeep::cli::publisher
