// Exported files, from a keep of the test's own.
#include "edgekeep/gate/export.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "edgekeep/edgekeep.hpp"
#include "edgekeep/gate/failure.h"
#include "fixture/fake_keep.h"

namespace edgekeep::client {
namespace {

constexpr int kUnchangeable = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

// What the keep of these tests does wrong, if anything.
struct Faults {
  int seals = kUnchangeable;
  std::size_t fewer = 0;                 // descriptors
  std::uint64_t other_version_from = 9;  // the request from which on another version answers
};

class ExportTest : public testing::Test {
 protected:
  ~ExportTest() override { ek_client_close(client_); }

  // Each file holds its own path; the model "model".
  void Serve(const Faults& faults = {}) {
    keep_.ServeApplications([this, faults](gate::Channel& connection, const gate::Message& request) {
      const auto wanted = gate::DecodeExportModelRequest(request.frame.body);
      ASSERT_TRUE(wanted);
      std::vector<gate::Descriptor> files;
      for (const auto& path : wanted->files) files.push_back(MemoryWith(path.view(), faults.seals));
      Answer(connection, request, files, faults);
    });
    client_ = OpenClient(keep_);
  }

  static gate::Descriptor MemoryWith(std::string_view path, int seals) {
    gate::Descriptor memory(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    const std::string contents(path.empty() ? "model" : path);
    EXPECT_EQ(::write(memory.get(), contents.data(), contents.size()), static_cast<ssize_t>(contents.size()));
    EXPECT_EQ(::fcntl(memory.get(), F_ADD_SEALS, seals), 0);
    return memory;
  }

  void Answer(gate::Channel& connection, const gate::Message& request, const std::vector<gate::Descriptor>& files,
              const Faults& faults) {
    const std::uint64_t sequence = ++num_requests_ < faults.other_version_from ? 7 : 8;
    std::vector<std::uint8_t> room(gate::kMaxBodySize);
    CborWriter body(room);
    ASSERT_TRUE(gate::EncodeExportModelAnswer({.version = {{sequence}, VersionText::Truncated("1.0")}}, body));
    std::vector<int> descriptors;
    for (std::size_t i = 0; i + faults.fewer < files.size(); ++i) descriptors.push_back(files[i].get());
    EXPECT_TRUE(connection.Send(gate::Command::kExportModel, request.frame.header.id, body.written(), descriptors));
  }

  ek_code Export(const std::vector<const char*>& paths, std::vector<int>& files) {
    files.assign(paths.size() + 1, -7);
    return ek_export_files(client_, "acme/fake", paths.data(), paths.size(), 0, files.data(), &error_);
  }

  static std::string Contents(int file) {
    std::string text(100, 0);
    const ssize_t size = ::pread(file, text.data(), text.size(), 0);
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return text;
  }

  void ExpectRefused(const std::vector<const char*>& paths, ek_code code) {
    const std::size_t before = NumDescriptors();
    std::vector<int> files;
    EXPECT_EQ(Export(paths, files), code) << error_.where;
    EXPECT_EQ(files, std::vector<int>(paths.size() + 1, -7)) << "written though it failed";
    ExpectDescriptors(before);
  }

  // The fake keep, which is of this process, closes its own a moment after the client has got them.
  static void ExpectDescriptors(std::size_t count) {
    for (int look = 0; look < 2000 && NumDescriptors() != count; ++look) ::poll(nullptr, 0, 5);
    EXPECT_EQ(NumDescriptors(), count);
  }

  FakeKeep keep_;
  ek_client* client_ = nullptr;
  ek_error error_{};
  std::uint64_t num_requests_ = 0;
};

TEST_F(ExportTest, FilesComeInTheirOrderHoweverManyTheyAre) {
  Serve();
  std::vector<int> files;
  ASSERT_EQ(Export({"a", nullptr, "c", "", "e", "f", "g"}, files), EK_OK) << error_.where;
  EXPECT_EQ(num_requests_, 3U);
  std::string all;
  for (std::size_t i = 0; i < 7; ++i) {
    all += Contents(files[i]) + " ";
    EXPECT_EQ(::fcntl(files[i], F_GETFD), FD_CLOEXEC);
    ::close(files[i]);
  }
  EXPECT_EQ(all, "a model c model e f g ");
  EXPECT_EQ(files[7], -7);
}

TEST_F(ExportTest, WrapperOwnsItsFile) {
  Serve();
  const auto client = app::Client::Open({.root = keep_.root().c_str()});
  const std::size_t before = NumDescriptors();
  {
    auto file = client->Export("acme/fake");
    ASSERT_TRUE(file);
    EXPECT_EQ(Contents(file->descriptor()), "model");
    const app::ExportedFile moved = *std::move(file);
    EXPECT_EQ(Contents(moved.descriptor()), "model");
    ExpectDescriptors(before + 1);
  }
  ExpectDescriptors(before);
}

TEST_F(ExportTest, FilesThatCouldChangeAreRefused) {
  Serve({.seals = F_SEAL_SHRINK | F_SEAL_GROW});
  ExpectRefused({""}, EK_MALFORMED);
}

TEST_F(ExportTest, FewerFilesThanAskedForAreRefused) {
  Serve({.fewer = 1});
  ExpectRefused({"", "a"}, EK_MALFORMED);
}

TEST_F(ExportTest, FilesOfTwoVersionsAreRefused) {
  Serve({.other_version_from = 2});
  ExpectRefused({"a", "b", "c", "d"}, EK_BUSY);
}

TEST_F(ExportTest, WrongArgumentsAreRefused) {
  Serve();
  int file = -7;
  const char* path = "";
  EXPECT_EQ(ek_export_files(nullptr, "acme/fake", &path, 1, 0, &file, nullptr), EK_BAD_ARGUMENT);
  EXPECT_EQ(ek_export_files(client_, "acme/fake", nullptr, 1, 0, &file, nullptr), EK_BAD_ARGUMENT);
  EXPECT_EQ(ek_export_files(client_, "acme/fake", &path, 0, 0, &file, nullptr), EK_BAD_ARGUMENT);
  EXPECT_EQ(ek_export_files(client_, nullptr, &path, 1, 0, &file, nullptr), EK_BAD_ARGUMENT);
  EXPECT_EQ(ek_export_files(client_, "acme/fake", &path, 1, 0, nullptr, nullptr), EK_BAD_ARGUMENT);
  ExpectRefused({"a\nb"}, EK_BAD_ARGUMENT);
  ExpectRefused(std::vector<const char*>(65, ""), EK_TOO_LARGE);
  const std::string long_path(256, 'x');
  ExpectRefused({long_path.c_str()}, EK_NOT_FOUND);
  EXPECT_EQ(file, -7);
  EXPECT_EQ(num_requests_, 0U);
}

TEST_F(ExportTest, RefusalOfTheKeepComesThrough) {
  keep_.ServeApplications([](gate::Channel& connection, const gate::Message& request) {
    std::vector<std::uint8_t> room(gate::kMaxBodySize);
    CborWriter body(room);
    ASSERT_TRUE(
        gate::EncodeFailure(gate::FailureOf(Error(ErrorCode::kForbidden, "licence: does not allow export")), body));
    EXPECT_TRUE(connection.Send(gate::Command::kError, request.frame.header.id, body.written()));
  });
  client_ = OpenClient(keep_);
  ExpectRefused({""}, EK_FORBIDDEN);
  EXPECT_STREQ(error_.where, "licence: does not allow export");
}

}  // namespace
}  // namespace edgekeep::client
