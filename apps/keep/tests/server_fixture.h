// The keep behind its real sockets, with everything else of its device in the test's memory.
#pragma once
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <thread>

#include "edgekeep/gate/admin.h"
#include "edgekeep/gate/failure.h"
#include "edgekeep/store/posix_input_files.h"
#include "fixture/temporary_directory.h"
#include "fixture/test_device.h"
#include "posix_memory_file_host.h"
#include "posix_session_host.h"
#include "server.h"

namespace edgekeep::keep {

using fixture::Buffer;
using gate::Channel;
using gate::Command;

inline constexpr int kPatienceMs = 10'000;

class ServerTest : public testing::Test {
 protected:
  explicit ServerTest(std::optional<std::uint32_t> group = std::nullopt, const Limits& limits = {}) {
    device_.disk = std::make_unique<fixture::FaultDisk>();
    device_.cells.UseDisk(*device_.disk);
    store_ = std::make_unique<store::DirectoryStore>(store::DirectoryStore::Open(*device_.disk).value());
    const World world{{fixture::TestProvider(), *device_.anchor, device_.clock, device_.cells, files_, sessions_,
                       device_.journal, memory_files_},
                      *store_};
    keep_ = Keep::Start(world, {}).value();
    watch_ = std::make_unique<SessionWatch>(*keep_);
    server_ = std::make_unique<Server>(*keep_, *watch_, group, limits);
    EXPECT_TRUE(server_->Listen(directory_.path()));
    spawner_ = Channel::Pair().value();
    end_ = gate::Descriptor(::eventfd(0, EFD_CLOEXEC));
    thread_ = std::thread([this] { ended_by_request_ = server_->Run(end_.get(), spawner_.first.fd()); });
  }

  ~ServerTest() override { End(); }

  void End() {
    if (!thread_.joinable()) return;
    const std::uint64_t one = 1;
    EXPECT_EQ(::write(end_.get(), &one, sizeof one), static_cast<ssize_t>(sizeof one));
    thread_.join();
    EXPECT_TRUE(server_->Stop(std::chrono::seconds(10)));
  }

  Channel Connect(const char* name) { return Channel::Connect((directory_.path() / name).string()).value(); }

  // The answer's body, or the failure it carries.
  static Result<Buffer> Exchange(Channel& channel, Command command, ByteView body,
                                 std::span<const int> descriptors = {}) {
    EK_TRY(channel.Send(command, 42, body, descriptors));
    return Receive(channel, command);
  }

  static Result<Buffer> Receive(Channel& channel, Command command) {
    EK_TRY_ASSIGN(Bytes buffer, Bytes::Allocate(gate::kMaxFrameSize));
    EK_TRY_ASSIGN(const gate::Message message, channel.Receive(buffer.mutable_view(), kPatienceMs));
    if (message.frame.header.command == command) return fixture::ToBuffer(message.frame.body);
    EK_TRY_ASSIGN(const gate::Failure failure, gate::DecodeFailure(message.frame.body));
    return Error(failure.code);
  }

  bool Answers() {
    Channel admin = Connect("admin.sock");
    return Exchange(admin, Command::kStatus, {}).has_value();
  }

  static Buffer Blob(ByteView bytes) {
    Buffer body(gate::kMaxBodySize);
    CborWriter writer(body);
    gate::EncodeBlob(bytes, writer).value();
    body.resize(writer.written().size());
    return body;
  }

  static Buffer InstallBody(const Buffer& grant, const Buffer& licence) {
    Buffer body(gate::kMaxBodySize);
    CborWriter writer(body);
    gate::EncodeInstallRequest({grant, licence}, writer).value();
    body.resize(writer.written().size());
    return body;
  }

  Result<Buffer> InstallFrom(const std::filesystem::path& path, int flags, Channel& admin) {
    const gate::Descriptor file(::open(path.c_str(), flags | O_CLOEXEC));
    const int descriptor = file.get();
    return Exchange(admin, Command::kInstall, InstallBody({1}, {2}), {&descriptor, 1});
  }

  fixture::TemporaryDirectory directory_;
  fixture::TestDevice device_;
  store::PosixInputFiles files_;
  PosixSessionHost sessions_;
  PosixMemoryFileHost memory_files_;
  std::unique_ptr<store::DirectoryStore> store_;
  std::unique_ptr<Keep> keep_;
  std::unique_ptr<SessionWatch> watch_;
  std::unique_ptr<Server> server_;
  std::pair<Channel, Channel> spawner_;
  gate::Descriptor end_;
  bool ended_by_request_ = false;
  std::thread thread_;
};

}  // namespace edgekeep::keep
