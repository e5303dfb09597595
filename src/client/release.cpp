#include "release.h"

#include <fcntl.h>

#include <cerrno>
#include <new>
#include <string>

namespace edgekeep::client {
namespace {

// More than any chain of roots the keep follows in one refresh.
constexpr int kMaxSteps = 512;

Answer<Reply> AskKeep(const ek_client& client, const Question& question) {
  return Ask(client.admin_socket, question, Deadline::In(client.timeout_ms, kDefaultTimeoutMs));
}

// Not blocking: the path may name a pipe. Whether it is a regular file is the keep's to judge.
Result<gate::Descriptor> OpenForReading(const char* path) {
  gate::Descriptor file(::open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (file.valid()) return file;
  switch (errno) {
    case ENOENT:
    case ENOTDIR:
      return Error(ErrorCode::kNotFound, "a file that is to be handed in");
    case EACCES:
    case EPERM:
      return Error(ErrorCode::kForbidden, "reading a file that is to be handed in");
    default:
      return Error(ErrorCode::kIo, "opening a file that is to be handed in");
  }
}

Answer<gate::ReleaseStep> Give(const ek_client& client, const std::string& path) {
  const Result<gate::Descriptor> file = OpenForReading(path.c_str());
  gate::FileOutcome outcome = gate::FileOutcome::kFound;
  if (!file) {
    const bool missing = file.error().code() == ErrorCode::kNotFound;
    outcome = missing ? gate::FileOutcome::kNotFound : gate::FileOutcome::kFailed;
  }
  std::array<std::uint8_t, 16> room;
  CborWriter body(room);
  EK_TRY(gate::EncodeFileOutcome(outcome, body));
  const int descriptor = file ? file->get() : -1;
  const std::span<const int> descriptors(&descriptor, file ? 1 : 0);
  EK_TRY_ASSIGN(const Reply reply, AskKeep(client, {gate::Command::kGiveReleaseFile, body.written(), descriptors}));
  EK_TRY_ASSIGN(const gate::ReleaseStep step, gate::DecodeReleaseStep(reply.message.frame.body));
  return step;
}

// A keep names files below the repository; anything else is none of ours.
Status CheckName(std::string_view name) {
  const bool leads_out = name.starts_with('/') || name.find("..") != std::string_view::npos;
  return leads_out ? Error(ErrorCode::kMalformed, "name of a file of a release") : Status();
}

}  // namespace

Answer<gate::InitialiseAnswer> InitialiseUnderReleases(const ek_client& client, ByteView trust, const char* root_path,
                                                       const char* policy_path) {
  EK_TRY_ASSIGN(const gate::Descriptor root, OpenForReading(root_path));
  EK_TRY_ASSIGN(const gate::Descriptor policy, OpenForReading(policy_path));
  EK_TRY_ASSIGN(Bytes room, Bytes::Allocate(gate::kMaxBodySize));
  CborWriter body(room.mutable_view());
  EK_TRY(gate::EncodeBlob(trust, body));
  const std::array descriptors = {root.get(), policy.get()};
  EK_TRY_ASSIGN(const Reply reply, AskKeep(client, {gate::Command::kInitialise, body.written(), descriptors}));
  EK_TRY_ASSIGN(const gate::InitialiseAnswer answer, gate::DecodeInitialiseAnswer(reply.message.frame.body));
  return answer;
}

Answer<gate::ReleaseFacts> RefreshRelease(const ek_client& client, const char* repository, const char* directory) {
  std::array<std::uint8_t, gate::kMaxReleaseDirectory + 8> room;
  CborWriter body(room);
  if (directory != nullptr) {
    EK_TRY_ASSIGN(const auto named, gate::ReleaseDirectory::From(directory));
    EK_TRY(gate::EncodeReleaseDirectory(named, body));
  }
  EK_TRY_ASSIGN(const Reply reply, AskKeep(client, {gate::Command::kRefreshRelease, body.written(), {}}));
  EK_TRY_ASSIGN(gate::ReleaseStep step, gate::DecodeReleaseStep(reply.message.frame.body));
  for (int i = 0; i < kMaxSteps; ++i) {
    if (step.release) return *step.release;
    EK_TRY(CheckName(step.wanted.view()));
    EK_TRY_ASSIGN(step, Give(client, std::string(repository) + "/" + step.wanted.c_str()));
  }
  return Error(ErrorCode::kTooLarge, "files of a release");
}

Answer<gate::AdoptAnswer> Adopt(const ek_client& client, const char* path) {
  EK_TRY_ASSIGN(const gate::Descriptor file, OpenForReading(path));
  const int descriptor = file.get();
  EK_TRY_ASSIGN(const Reply reply, AskKeep(client, {gate::Command::kAdopt, {}, std::span(&descriptor, 1)}));
  EK_TRY_ASSIGN(const gate::AdoptAnswer answer, gate::DecodeAdoptAnswer(reply.message.frame.body));
  return answer;
}

}  // namespace edgekeep::client
