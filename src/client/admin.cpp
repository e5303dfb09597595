#include "admin.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

namespace edgekeep::client {
namespace {

constexpr std::uint32_t kInstallTimeoutMs = 30 * 60 * 1000;

Error OpenError(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return Error(ErrorCode::kNotFound, "the sealed file");
    case EACCES:
    case EPERM:
      return Error(ErrorCode::kForbidden, "reading the sealed file");
    default:
      return Error(ErrorCode::kIo, "opening the sealed file");
  }
}

// Not blocking: the path may name a pipe.
Result<gate::Descriptor> OpenSealedFile(const char* path) {
  gate::Descriptor file(::open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file.valid()) return OpenError(errno);
  return file;
}

Status CheckRegular(int file) {
  struct stat facts{};
  if (::fstat(file, &facts) != 0) return Error(ErrorCode::kBadArgument, "the sealed file's descriptor");
  if (!S_ISREG(facts.st_mode)) return Error(ErrorCode::kBadArgument, "the sealed file is not a regular file");
  return {};
}

Result<ByteView> View(const void* bytes, std::size_t size) {
  if (bytes == nullptr && size != 0) return Error(ErrorCode::kBadArgument, "bytes");
  return ByteView(static_cast<const std::uint8_t*>(bytes), size);
}

Result<gate::InstallRequest> InstallRequestOf(const ek_install_files& files) {
  gate::InstallRequest request;
  EK_TRY_ASSIGN(request.grant, View(files.grant, files.grant_size));
  EK_TRY_ASSIGN(request.licence, View(files.licence, files.licence_size));
  return request;
}

}  // namespace

Answer<Reply> AskAdmin(const ek_client& client, const Question& question) {
  return Ask(client.admin_socket, question, Deadline::In(client.timeout_ms, kDefaultTimeoutMs));
}

Answer<gate::InitialiseAnswer> Initialise(const ek_client& client, ByteView trust) {
  EK_TRY_ASSIGN(Bytes room, Bytes::Allocate(gate::kMaxBodySize));
  CborWriter body(room.mutable_view());
  EK_TRY(gate::EncodeBlob(trust, body));
  EK_TRY_ASSIGN(const Reply reply, AskAdmin(client, {gate::Command::kInitialise, body.written(), {}}));
  EK_TRY_ASSIGN(const gate::InitialiseAnswer answer, gate::DecodeInitialiseAnswer(reply.message.frame.body));
  return answer;
}

Answer<DeviceRequest> ShowRequest(const ek_client& client, gate::Command command) {
  DeviceRequest request;
  EK_TRY_ASSIGN(request.reply, AskAdmin(client, {command, {}, {}}));
  EK_TRY_ASSIGN(request.bytes, gate::DecodeBlob(request.reply.message.frame.body));
  return request;
}

Answer<DeviceRequest> Provision(const ek_client& client, ByteView message) {
  EK_TRY_ASSIGN(Bytes room, Bytes::Allocate(gate::kMaxBodySize));
  CborWriter body(room.mutable_view());
  EK_TRY(gate::EncodeBlob(message, body));
  DeviceRequest answer;
  EK_TRY_ASSIGN(answer.reply, AskAdmin(client, {gate::Command::kProvision, body.written(), {}}));
  EK_TRY_ASSIGN(answer.bytes, gate::DecodeBlob(answer.reply.message.frame.body));
  return answer;
}

Outcome ForgetIdentity(const ek_client& client) {
  EK_TRY(AskAdmin(client, {gate::Command::kForgetIdentity, {}, {}}));
  return {};
}

Answer<gate::InstallAnswer> Install(const ek_client& client, const ek_install_files& files) {
  EK_TRY_ASSIGN(const gate::InstallRequest request, InstallRequestOf(files));
  gate::Descriptor opened;
  if (files.sealed_path != nullptr) {
    EK_TRY_ASSIGN(opened, OpenSealedFile(files.sealed_path));
  }
  const int sealed = opened.valid() ? opened.get() : files.sealed_fd;
  EK_TRY(CheckRegular(sealed));
  EK_TRY_ASSIGN(Bytes room, Bytes::Allocate(gate::kMaxBodySize));
  CborWriter body(room.mutable_view());
  EK_TRY(gate::EncodeInstallRequest(request, body));
  const Question question{gate::Command::kInstall, body.written(), std::span(&sealed, 1)};
  EK_TRY_ASSIGN(const Reply reply,
                Ask(client.admin_socket, question, Deadline::In(files.timeout_ms, kInstallTimeoutMs)));
  EK_TRY_ASSIGN(const gate::InstallAnswer answer, gate::DecodeInstallAnswer(reply.message.frame.body));
  return answer;
}

Answer<gate::StatusAnswer> AskStatus(const ek_client& client) {
  EK_TRY_ASSIGN(const Reply reply, AskAdmin(client, {gate::Command::kStatus, {}, {}}));
  EK_TRY_ASSIGN(const gate::StatusAnswer answer, gate::DecodeStatusAnswer(reply.message.frame.body));
  return answer;
}

Answer<gate::StatisticsAnswer> AskStatistics(const ek_client& client) {
  EK_TRY_ASSIGN(const Reply reply, AskAdmin(client, {gate::Command::kStatistics, {}, {}}));
  EK_TRY_ASSIGN(const gate::StatisticsAnswer answer, gate::DecodeStatisticsAnswer(reply.message.frame.body));
  return answer;
}

}  // namespace edgekeep::client
