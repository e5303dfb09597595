#include "renewal_round.h"

#include <algorithm>
#include <utility>

#include "licence_text.h"
#include "renewal_schedule.h"
#include "status_text.h"

namespace edgekeep::cli::device {
namespace {

constexpr std::size_t kMaxPaper = 65536;
// What is renewed twice in a row opens no longer than before.
constexpr std::uint64_t kJustBegun = 60;

const ek_product_status* ProductIn(const ek_status& status, const std::string& product) {
  for (std::size_t i = 0; i < status.num_products; ++i) {
    const ek_product_status* const each = ek_status_product(&status, i);
    if (product == each->product) return each;
  }
  return nullptr;
}

Outcome<std::string> RequestOf(const Session& session, const app::Client& client, const std::string& product) {
  std::string paper(kMaxPaper, '\0');
  std::size_t size = paper.size();
  ek_error error;
  if (ek_admin_request_renewal(client.get(), product.c_str(), paper.data(), &size, &error) != EK_OK)
    return session.Refusal(app::Error(error), "asking to renew the licence of " + product);
  paper.resize(size);
  return paper;
}

Done GiveLicence(const Session& session, const app::Client& client, const std::string& product,
                 const std::string& licence) {
  char installed[EK_PRODUCT_TEXT_SIZE] = "";
  ek_error error;
  if (ek_admin_install_licence(client.get(), licence.data(), licence.size(), installed, &error) != EK_OK)
    return session.Refusal(app::Error(error), "installing what the licence server answered for " + product);
  if (installed == product) return {};
  return CourierFailure(ErrorCode::kWrongProduct, "the licence server answered for " + std::string(installed), product,
                        "whoever runs it has to look");
}

// How long it opens now. What the keep took may be no more than it had.
void LookAgain(const Session& session, ProductRenewal& renewal) {
  const auto status = AskStatus(session);
  if (!status) {
    if (!renewal.failure) renewal.failure = status.error();
    return;
  }
  const ek_product_status* const product = ProductIn(**status, renewal.product);
  if (product == nullptr) return;
  renewal.opens_for = OpensForSeconds(*product, NowOf(**status));
  renewal.lease_left = std::min(renewal.opens_for, LeaseLeftSeconds(*product));
  const std::uint64_t before = std::exchange(renewal.counted_left, GraceLeftSeconds(*product));
  const bool has_more = renewal.counted_left > before || product->lease_used_seconds < kJustBegun;
  const bool has_begun_anew = renewal.opens_for > 0 && has_more;
  if (!renewal.failure && !has_begun_anew)
    renewal.failure = CourierFailure(ErrorCode::kWrongVersion, "what the licence server answered gives no more time",
                                     renewal.product, "whoever runs it has to look");
}

// Asks for one after the other. A server that said nothing to two of them in a row is not there for this round: one
// alone may be somebody's doing, and keeps no other from being renewed.
class Asking {
 public:
  Asking(const Session& session, const app::Client& client, RenewalCourier& courier)
      : session_(session), client_(client), courier_(courier) {}

  Done Renew(const std::string& product) {
    if (num_silent_ == kEnough) return *silence_;
    EK_TRY_ASSIGN(const std::string request, RequestOf(session_, client_, product));
    const RenewalReply reply = courier_.Ask(request);
    retry_after_ = std::max(retry_after_, reply.retry_after);
    num_silent_ = reply.is_from_server ? 0 : num_silent_ + 1;
    if (!reply.licence) return *(silence_ = reply.licence.error());
    return GiveLicence(session_, client_, product, *reply.licence);
  }

  std::uint64_t retry_after() const { return retry_after_; }

 private:
  static constexpr unsigned kEnough = 2;

  const Session& session_;
  const app::Client& client_;
  RenewalCourier& courier_;
  unsigned num_silent_ = 0;
  std::optional<Failure> silence_;
  std::uint64_t retry_after_ = 0;
};

Outcome<RenewalRound> WhatIsDue(const Session& session, const RoundOptions& options) {
  EK_TRY_ASSIGN(const StatusPointer status, AskStatus(session));
  RenewalRound round;
  for (std::size_t i = 0; i < status->num_products; ++i) {
    const ek_product_status& product = *ek_status_product(status.get(), i);
    if (!MayBeRenewed(product) || (!options.product.empty() && options.product != product.product)) continue;
    if (!options.now && !IsRenewalDue(product)) {
      ++round.num_not_due;
      continue;
    }
    round.products.push_back({.product = product.product,
                              .failure = {},
                              .opens_for = OpensForSeconds(product, NowOf(*status)),
                              .counted_left = GraceLeftSeconds(product)});
  }
  std::ranges::stable_sort(round.products, {}, &ProductRenewal::opens_for);
  if (options.product.empty() || ProductIn(*status, options.product) != nullptr) return round;
  return Failure{ErrorCode::kNotFound, "nothing of this name is installed", options.product,
                 "see: edgekeep licence show"};
}

}  // namespace

bool RenewalRound::has_failed() const {
  return std::ranges::any_of(products, [](const ProductRenewal& each) { return each.failure.has_value(); });
}

Outcome<RenewalRound> RenewOnce(const Session& session, RenewalCourier& courier, const RoundOptions& options) {
  EK_TRY_ASSIGN(RenewalRound round, WhatIsDue(session, options));
  if (round.products.empty()) return round;
  EK_TRY_ASSIGN(const app::Client client, session.OpenClient());
  Asking asking(session, client, courier);
  for (ProductRenewal& renewal : round.products) {
    const Done done = asking.Renew(renewal.product);
    if (!done) renewal.failure = done.error();
    LookAgain(session, renewal);
  }
  round.retry_after = asking.retry_after();
  return round;
}

Outcome<std::uint64_t> FirstEndIn(const Session& session, const RoundOptions& options) {
  EK_TRY_ASSIGN(const RenewalRound all, WhatIsDue(session, {options.product, true}));
  return all.products.empty() ? UINT64_MAX : all.products.front().opens_for;
}

std::string RenewalText(const ProductRenewal& renewal) {
  if (!renewal.failure) return renewal.product + ": renewed, lease for " + SpanText(renewal.lease_left) + " more";
  const Failure& failure = *renewal.failure;
  const std::string stands =
      renewal.opens_for == 0 ? "IT DOES NOT OPEN" : "it opens for " + SpanText(renewal.opens_for) + " more";
  const std::string grace = renewal.lease_left == 0 && renewal.opens_for != 0 ? ", in its grace" : "";
  return renewal.product + ": not renewed, " + stands + grace + ": " + failure.what + ": " + failure.where + ": " +
         failure.advice;
}

json::Object RoundToJson(const RenewalRound& round) {
  json::Array renewed, failed;
  for (const ProductRenewal& each : round.products) {
    json::Object object;
    object.Set("product", each.product).Set("seconds_left", each.lease_left);
    object.Set("seconds_left_with_grace", each.opens_for);
    if (each.failure) {
      object.Set("code", NameOf(each.failure->code)).Set("what", each.failure->what);
      object.Set("where", each.failure->where).Set("advice", each.failure->advice);
    }
    (each.failure ? failed : renewed).emplace_back(std::move(object));
  }
  json::Object object;
  object.Set("renewed", std::move(renewed)).Set("failed", std::move(failed));
  object.Set("not_due", round.num_not_due).Set("retry_after", round.retry_after);
  return object;
}

}  // namespace edgekeep::cli::device
