// device renew-licences: leases renewed over a network, once or again and again. It carries requests and answers and
// decides nothing.
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <random>

#include "commands.h"
#include "edgekeep/base/printable.h"
#include "edgekeep/cli/line/whole_number.h"
#include "renewal_round.h"
#include "renewal_schedule.h"
#include "tick.h"

namespace edgekeep::cli::device {
namespace {

struct RenewOptions {
  RenewalServer server;
  RoundOptions round;
  std::uint64_t every = 0;  // seconds; 0: once
};

void TellLine(std::FILE* file, std::string text) {
  ShowInOneLine(text);
  std::fputs((text + "\n").c_str(), file);
  std::fflush(file);
}

std::string RoundText(const RenewalRound& round) {
  std::string text;
  for (const ProductRenewal& each : round.products)
    if (!each.failure) text += (text.empty() ? "" : "\n") + RenewalText(each);
  return text.empty() && round.products.empty() ? "nothing to do yet" : text;
}

// What failed is on standard error, a line each; the exit code says that something did.
Done TellOnce(const Session& session, const RenewalRound& round) {
  for (const ProductRenewal& each : round.products)
    if (each.failure) TellLine(stderr, "edgekeep: " + RenewalText(each));
  const std::string text = RoundText(round);
  if (session.json || !text.empty()) EK_TRY(session.Tell(text, RoundToJson(round)));
  if (!round.has_failed()) return {};
  Failure failure = *std::ranges::find_if(round.products, [](const ProductRenewal& each) {
                       return each.failure.has_value();
                     })->failure;
  failure.told = true;
  return failure;
}

// What a service says: of each product what changed, and what is wrong once a day.
class ServiceLog {
 public:
  void Tell(const RenewalRound& round) {
    for (const ProductRenewal& each : round.products) {
      const std::string key = each.failure ? std::string(NameOf(each.failure->code)) + PhaseOf(each) : "";
      Say(each.product, key, RenewalText(each));
    }
  }

  void TellFailure(const Failure& failure) {
    Say("", NameOf(failure.code), failure.what + ": " + failure.where + ": " + failure.advice);
  }

  void TellKeepIsThere() { said_.erase(""); }

 private:
  using Clock = std::chrono::steady_clock;

  struct Said {
    std::string key;
    Clock::time_point at;
  };

  static constexpr std::chrono::hours kAgain{24};

  static std::string PhaseOf(const ProductRenewal& renewal) {
    return renewal.opens_for == 0 ? "over" : renewal.lease_left == 0 ? "grace" : "";
  }

  void Say(const std::string& about, const std::string& key, const std::string& text) {
    const Clock::time_point now = Clock::now();
    const auto before = said_.find(about);
    if (!key.empty() && before != said_.end() && before->second.key == key && now - before->second.at < kAgain) return;
    TellLine(stderr, text);
    said_.insert_or_assign(about, Said{key, now});
  }

  std::map<std::string, Said> said_;
};

class RenewalDaemon {
 public:
  RenewalDaemon(const Session& session, const RenewOptions& options, RenewalCourier& courier)
      : session_(session), options_(options), courier_(courier) {}

  Done Run() {
    const Tick tick;
    std::uint64_t wait = FirstWait();
    while (tick.Wait(std::chrono::seconds(wait))) {
      // A server may take its time; nothing lies between two rounds that an end would cut.
      const Tick::Interruptible interruptible(tick);
      wait = NextRoundIn(options_.every, Round(), Chance());
    }
    return {};
  }

 private:
  double Chance() { return std::uniform_real_distribution<double>(0, 1)(random_); }

  std::uint64_t FirstWait() {
    const Outcome<std::uint64_t> end = FirstEndIn(session_, options_.round);
    return FirstRoundIn(options_.every, end ? *end : 0, Chance());
  }

  LastRound Round() {
    const Outcome<RenewalRound> round = RenewOnce(session_, courier_, options_.round);
    if (!round) {
      log_.TellFailure(round.error());
      return {.failures = ++failures_};
    }
    log_.TellKeepIsThere();
    if (!session_.json) log_.Tell(*round);
    // One object for each round in which there was something to do; whoever reads them no more is no reason to end.
    if (session_.json && !round->products.empty()) static_cast<void>(session_.Tell("", RoundToJson(*round)));
    failures_ = round->has_failed() ? failures_ + 1 : 0;
    return {.failures = failures_, .retry_after = round->has_failed() ? round->retry_after : 0};
  }

  const Session& session_;
  const RenewOptions& options_;
  RenewalCourier& courier_;
  ServiceLog log_;
  std::random_device random_;
  unsigned failures_ = 0;
};

Done RenewLicences(const Session& session, const RenewOptions& options) {
  EK_TRY_ASSIGN(RenewalCourier courier, RenewalCourier::Open(options.server));
  if (options.every != 0) return RenewalDaemon(session, options, courier).Run();
  EK_TRY_ASSIGN(const RenewalRound round, RenewOnce(session, courier, options.round));
  return TellOnce(session, round);
}

}  // namespace

void AddRenewLicencesCommand(CLI::App& device, const Session& session, Action& action) {
  const auto options = std::make_shared<RenewOptions>();
  CLI::App* renew =
      device.add_subcommand("renew-licences", "renew each lease of which half is used up, over a network");
  renew->add_option("--from", options->server.url, "the publisher's licence server: https://HOST")->required();
  renew->add_option("--ca", options->server.ca,
                    "who issued the server's certificate (PEM); without it whom this machine believes");
  renew->add_option("--patience", options->server.patience, "seconds for each answer (60)")
      ->check(line::WholeNumber(1, 600));
  renew->add_option("--product", options->round.product, "this one alone");
  CLI::Option* now = renew->add_flag("--now", options->round.now, "also leases that are not due, as after a rekey");
  renew->add_option("--every", options->every, "stay, and look again about every so many seconds (a service)")
      ->check(line::WholeNumber(1, 604800))
      ->excludes(now);
  renew->callback(
      [&session, &action, options] { action = [&session, options] { return RenewLicences(session, *options); }; });
}

}  // namespace edgekeep::cli::device
