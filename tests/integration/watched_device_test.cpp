// A whole device under load, as its operator sees it, and what operators do to it meanwhile.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <thread>

#include "binaries.h"
#include "bounded_device.h"
#include "eventually.h"

namespace edgekeep::test {
namespace {

constexpr std::chrono::minutes kLong{1};

// The number behind the first `"key": ` in JSON, from `at` on; -1 where there is none.
long NumberBehind(const std::string& text, const std::string& key, std::size_t at = 0) {
  const std::string begin = "\"" + key + "\": ";
  at = text.find(begin, at);
  return at == std::string::npos ? -1 : std::stol(text.substr(at + begin.size()));
}

class WatchedDevice : public BoundedDevice {
 protected:
  std::string Top() const {
    const Outcome top = device_.Edgekeep({"top", "--once", "--json"});
    EXPECT_EQ(top.exit_code, 0) << top.err;
    return top.out;
  }

  // What the only cell is at; empty where there is none.
  std::string CellState() const {
    const std::string text = Top();
    const std::string begin = "\"state\": \"";
    const std::size_t at = text.find(begin);
    if (at == std::string::npos) return "";
    return text.substr(at + begin.size(), text.find('"', at + begin.size()) - at - begin.size());
  }

  // Of the only product since the keep began.
  long Answered() const {
    const std::string text = Top();
    return NumberBehind(text, "answered", text.find("\"products\""));
  }
};

TEST_F(WatchedDevice, CountsEachCallOnceAndWhoseSessionsThereAre) {
  Install(1, "", {});
  {
    app::Model first = Open();
    app::Model second = Open(4);
    for (int i = 0; i < 30; ++i) EXPECT_EQ(Call(first, 1), 3);
    for (int i = 0; i < 12; ++i) EXPECT_EQ(Call(second, 2), 5);
    const std::string text = Top();
    EXPECT_EQ(NumberBehind(text, "user"), static_cast<long>(::geteuid()));
    EXPECT_EQ(NumberBehind(text, "answered", text.find("\"session\"")), 30);
    EXPECT_GT(NumberBehind(text, "model"), 0);
    EXPECT_GT(NumberBehind(text, "peak_resident"), NumberBehind(text, "model"));
    EXPECT_EQ(CellState(), "serving");
    EXPECT_EQ(Answered(), 42);
    EXPECT_EQ(Call(first, 1), 3);
  }
  // The last call was answered after the keep had asked: the cell told it at its end.
  EXPECT_TRUE(Eventually([&] { return CellState().empty() && Answered() == 43; }, kLong)) << Top();
}

TEST_F(WatchedDevice, StartsACellAtBootAndLetsItLinger) {
  Install(1, R"({"start_at_boot": true, "linger_seconds": 600})", {});
  EXPECT_EQ(CellState(), "") << "nothing is started by an install";
  device_.Stop();
  device_.Start();
  EXPECT_TRUE(Eventually([&] { return CellState() == "awaiting"; }, kLong)) << Top();
  const std::size_t cells = NumCells();
  {
    app::Model model = Open();
    EXPECT_EQ(Call(model, 1), 3);
    EXPECT_EQ(CellState(), "serving");
  }
  EXPECT_TRUE(Eventually([&] { return CellState() == "lingering"; }, kLong)) << Top();
  app::Model again = Open();
  EXPECT_EQ(Call(again, 2), 5);
  EXPECT_EQ(Answered(), 2);
  EXPECT_LE(NumCells(), cells + 1) << "the same cell, and one ahead";
}

TEST_F(WatchedDevice, ShowsAStuckCellAndEndsItNot) {
  Install(1, "", {});
  app::Model model = Open();
  const auto signal_all = [this](int signal) {
    for (const auto cell : device_.ProcessesNamed("edgekeep-cell")) ::kill(static_cast<pid_t>(cell), signal);
  };
  signal_all(SIGSTOP);
  EXPECT_EQ(CellState(), "unresponsive");
  EXPECT_EQ(CellState(), "unresponsive") << "asked again";
  signal_all(SIGCONT);
  EXPECT_TRUE(Eventually([&] { return CellState() == "serving"; }, kLong));
  EXPECT_EQ(Call(model, 1), 3) << "it goes on";
}

// A new version comes while calls are bounded by a licence and have receipts.
class SwappedUnderBounds : public WatchedDevice {
 protected:
  struct Receipt {
    std::array<std::byte, EK_MAX_RECEIPT> bytes{};
    std::size_t size = 0;
  };

  // Calls until `stop`, and asks for each call's receipt.
  void CallOn(const std::atomic<bool>& stop) {
    app::Model model = Open();
    for (float x = 1; !stop; ++x) {
      app::Call call = *Submit(model, x);
      if (Await(call) != 2 * x + 1) {
        ++wrong_;
        continue;
      }
      ++answered_;
      Receipt receipt;
      const auto size = call.Receipt(receipt.bytes);
      if (size) {
        receipt.size = *size;
        receipts_.push_back(receipt);
      } else {
        ++(size.error().code() == EK_NOT_FOUND ? lost_ : wrong_);
      }
    }
  }

  struct Numbered {
    long call = -1;
    std::string cell;
  };

  // As a third party reads it.
  Numbered Verified(const Receipt& receipt) const {
    const std::filesystem::path path = files_ / "r.ekr";
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(receipt.bytes.data()), static_cast<std::streamsize>(receipt.size));
    const Outcome verified =
        RunProgram({Binary("edgekeep-publisher"), "receipt", "verify", path, "--request", device_.root() / "d.ekd"});
    EXPECT_EQ(verified.exit_code, 0) << verified.err;
    const std::string begin = "  call        ";
    const std::string between = " of cell ";
    const std::size_t at = verified.out.find(begin);
    const std::size_t cell = verified.out.find(between);
    if (at == std::string::npos || cell == std::string::npos) return {};
    const std::size_t hex = cell + between.size();
    return {std::stol(verified.out.substr(at + begin.size())),
            verified.out.substr(hex, verified.out.find('\n', hex) - hex)};
  }

  static bool IsOf(const Receipt& receipt, const std::string& cell) {
    std::vector<std::byte> id;
    for (std::size_t i = 0; i + 1 < cell.size(); i += 2) {
      id.push_back(static_cast<std::byte>(std::stoi(cell.substr(i, 2), nullptr, 16)));
    }
    const std::span bytes(receipt.bytes.data(), receipt.size);
    return std::ranges::search(bytes, id).size() == id.size();
  }

  int answered_ = 0;
  int wrong_ = 0;
  int lost_ = 0;  // receipts of calls that the former cell answered, asked for when it had gone
  std::vector<Receipt> receipts_;
};

TEST_F(SwappedUnderBounds, NoCallIsLostOrCountedTwiceAndReceiptsGoOn) {
  constexpr long kBudget = 1'000'000;
  const std::string policy = R"({"receipts": true})";
  Install(1, policy, {"--calls", std::to_string(kBudget)});
  std::atomic<bool> stop = false;
  std::thread calling([&] { CallOn(stop); });
  EXPECT_TRUE(Eventually([&] { return Answered() > 50; }, kLong));
  Seal(2, policy);
  const Outcome installed = device_.Edgekeep({"install", sealed_, grant_, bounded_licence_});
  EXPECT_EQ(installed.exit_code, 0) << installed.err;
  EXPECT_TRUE(Eventually(
      [&] {
        const std::string text = Top();
        return NumberBehind(text, "version_sequence") == 2 && NumberBehind(text, "microseconds") > 0 &&
               NumberBehind(text, "answered", text.find("\"calls\"")) > 50;
      },
      kLong))
      << Top();
  stop = true;
  calling.join();
  EXPECT_EQ(wrong_, 0);
  EXPECT_LE(lost_, 1);
  EXPECT_TRUE(Eventually([&] { return CallsLeft() == kBudget - answered_; }, kLong)) << CallsLeft() << " " << answered_;
  EXPECT_TRUE(Eventually([&] { return Answered() == answered_; }, kLong)) << Answered() << " " << answered_;
  // Each cell numbers its calls from 0 on; together they are all there were.
  const Numbered last = Verified(receipts_.back());
  const auto first_of_last = std::ranges::find_if(receipts_, [&](const Receipt& r) { return IsOf(r, last.cell); });
  ASSERT_NE(first_of_last, receipts_.begin());
  ASSERT_NE(first_of_last, receipts_.end());
  const Numbered former = Verified(*(first_of_last - 1));
  EXPECT_NE(former.cell, last.cell);
  EXPECT_EQ(former.call + 1 + lost_ + last.call + 1, answered_);
  EXPECT_EQ(Verified(*first_of_last).call, 0) << "the new cell's first";
}

// Clients of the metrics' socket that do what they should not.
class WatchedByMany : public WatchedDevice {
 protected:
  int Connect() const {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = Socket();
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
    ::close(fd);
    return -1;
  }

  std::string Scrape() const {
    const int fd = Connect();
    const std::string request = "GET /metrics HTTP/1.1\r\nHost: device\r\n\r\n";
    std::string heard;
    if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
      char buffer[4096];
      for (ssize_t size = 0; (size = ::recv(fd, buffer, sizeof buffer, 0)) > 0;) {
        heard.append(buffer, static_cast<std::size_t>(size));
      }
    }
    ::close(fd);
    return heard;
  }

  std::string Socket() const { return device_.root() / "metrics.sock"; }
};

TEST_F(WatchedByMany, ScrapesGoOnAndSoDoCalls) {
  Install(1, "", {});
  Background serving = Background::Start(
      {Binary("edgekeep"), "--root", device_.root(), "metrics", "serve", "--socket", Socket()}, files_ / "metrics.log");
  ASSERT_TRUE(Eventually(
      [&] {
        const int fd = Connect();
        if (fd >= 0) ::close(fd);
        return fd >= 0;
      },
      kLong));
  std::atomic<bool> stop = false;
  std::atomic<int> right = 0;
  std::atomic<int> wrong = 0;
  std::thread calling([&] {
    app::Model model = Open();
    for (float x = 1; !stop; ++x) ++(Call(model, x) == 2 * x + 1 ? right : wrong);
  });
  EXPECT_TRUE(Eventually([&] { return right > 100; }, kLong));
  std::vector<int> hostile;
  for (int i = 0; i < 60; ++i) {
    hostile.push_back(Connect());
    // Some say half of it, some all of it and never read.
    const std::string words = i % 3 == 0 ? "" : i % 3 == 1 ? "GET /met" : "GET /metrics HTTP/1.1\r\n\r\n";
    if (!words.empty()) static_cast<void>(::send(hostile.back(), words.data(), words.size(), MSG_NOSIGNAL));
  }
  const std::string scraped = Scrape();
  EXPECT_TRUE(scraped.starts_with("HTTP/1.1 200 OK")) << scraped;
  EXPECT_NE(scraped.find("edgekeep_call_duration_seconds_count{product=\"acme/affine\"}"), std::string::npos);
  EXPECT_EQ(device_.Edgekeep({"top", "--once"}).exit_code, 0);
  const int before = right;
  EXPECT_TRUE(Eventually([&] { return right > before + 100; }, kLong)) << "calls go on";
  for (const int fd : hostile) ::close(fd);
  stop = true;
  calling.join();
  EXPECT_EQ(wrong, 0);
  serving.Signal(SIGTERM);
  EXPECT_EQ(serving.Wait(kLong), 0);
  EXPECT_TRUE(device_.KeepIsTheSame());
}

}  // namespace
}  // namespace edgekeep::test
