#include "application.h"

#include <grp.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <edgekeep/edgekeep.hpp>
#include <stdexcept>

namespace edgekeep::test {
namespace {

using attack::Report;

// Messages of one byte that says whether there is an answer, and the answer.
constexpr std::size_t kLargest = std::size_t{1} << 18;

bool SendAll(int line, const Report& message) {
  return send(line, message.data(), message.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(message.size());
}

std::optional<Report> Receive(int line) {
  Report message(kLargest);
  const ssize_t size = recv(line, message.data(), message.size(), 0);
  if (size <= 0) return std::nullopt;
  message.resize(static_cast<std::size_t>(size));
  return message;
}

void BecomeUser(uid_t uid) {
  const group* const users = getgrnam("edgekeep");
  if (users == nullptr || setgroups(1, &users->gr_gid) != 0 || setgid(users->gr_gid) != 0 || setuid(uid) != 0) {
    _exit(3);
  }
}

Report RunOnce(app::Model& model, const Report& order) {
  const std::array<std::int64_t, 1> shape = {static_cast<std::int64_t>(order.size())};
  const std::array inputs = {app::Input("order", order, shape)};
  const auto outputs = model.Run(inputs);
  if (!outputs) return {0};
  const auto report = (*outputs)[0].As<std::uint8_t>();
  Report answer = {1};
  answer.insert(answer.end(), report.begin(), report.end());
  return answer;
}

[[noreturn]] void Serve(int line, const std::string& root, const std::string& product, uid_t uid) {
  BecomeUser(uid);
  const auto client = app::Client::Open({.root = root.c_str()});
  auto model = client->OpenModel(product.c_str());
  if (!model || !SendAll(line, {1})) _exit(4);
  while (const auto order = Receive(line)) {
    if (!SendAll(line, RunOnce(*model, *order))) break;
  }
  _exit(0);
}

}  // namespace

Application::Application(const std::filesystem::path& root, const std::string& product, uid_t uid) {
  int ends[2];
  if (getrandom(marker_.data(), marker_.size(), 0) < 0 ||
      socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    throw std::runtime_error("application");
  }
  line_ = gate::Descriptor(ends[0]);
  pid_ = fork();
  if (pid_ == 0) {
    line_ = gate::Descriptor();
    Serve(ends[1], root.string(), product, uid);
  }
  close(ends[1]);
  if (!Receive(line_.get())) throw std::runtime_error("the application cannot open " + product);
}

Application::~Application() {
  line_ = gate::Descriptor();
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

std::optional<Report> Application::Call(attack::Task task, std::span<const std::uint8_t> body) {
  if (!SendAll(line_.get(), attack::EncodeTask(marker_, task, body))) return std::nullopt;
  auto answer = Receive(line_.get());
  if (!answer || answer->front() == 0) return std::nullopt;
  answer->erase(answer->begin());
  return answer;
}

}  // namespace edgekeep::test
