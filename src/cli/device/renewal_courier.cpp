#include "renewal_courier.h"

#include <arpa/inet.h>

#include <algorithm>

namespace edgekeep::cli::device {
namespace {

constexpr std::string_view kPlain = "http://", kSecure = "https://";
constexpr std::size_t kMaxWords = 160;

// Without names, which somebody else may answer for.
bool IsThisMachine(std::string_view url) {
  url.remove_prefix(kPlain.size());
  const std::string_view authority = url.substr(0, url.find_first_of("/?#"));
  if (authority == "[::1]" || authority.starts_with("[::1]:")) return true;
  in_addr address{};
  const std::string host(authority.substr(0, authority.find(':')));
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1 && (ntohl(address.s_addr) >> 24) == 127;
}

bool IsPrintable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
}

bool IsAllowed(std::string_view url) {
  if (!IsPrintable(url) || url.find_first_of("@\\?#") != url.npos) return false;
  return url.starts_with(kSecure) || (url.starts_with(kPlain) && IsThisMachine(url));
}

// Somebody else's words, for a person who asks why; whoever prints a line has them obeyed by no terminal.
std::string WordsIn(const HttpAnswer& answer) {
  const std::string words = answer.body.substr(0, std::min(answer.body.find('\n'), kMaxWords));
  if (!answer.type.starts_with("text/plain") || words.empty()) return "";
  return " (" + words + ")";
}

// By status alone: the words are nobody's.
Failure RefusalOf(const HttpAnswer& answer, const std::string& url) {
  const std::string status = ", status " + std::to_string(answer.status) + WordsIn(answer);
  if (answer.status == 403)
    return CourierFailure(ErrorCode::kForbidden, "the licence server refused" + status, url,
                          "ask the publisher; more tries change nothing");
  if (answer.status == 429)
    return CourierFailure(ErrorCode::kNotYetValid, "the licence server renews this later" + status, url,
                          "nothing to do");
  if (answer.status >= 500)
    return CourierFailure(ErrorCode::kBusy, "the licence server cannot answer now" + status, url,
                          "nothing to do here; whoever runs it has to look");
  return CourierFailure(ErrorCode::kMalformed, "this is no licence server" + status, url, "name the right server");
}

}  // namespace

Outcome<RenewalCourier> RenewalCourier::Open(const RenewalServer& server) {
  if (!IsAllowed(server.url))
    return CourierFailure(ErrorCode::kBadArgument, "no licence server", server.url,
                          "say https://HOST; http:// is for addresses of this machine");
  const bool is_plain = server.url.starts_with(kPlain);
  EK_TRY_ASSIGN(CurlSession session, CurlSession::Open({.whose = "the licence server",
                                                        .protocols = is_plain ? "http" : "https",
                                                        .ca = server.ca,
                                                        .stranger = "name its authority by --ca",
                                                        .believes_machine = true,
                                                        .seconds = server.patience}));
  // What is on this machine is behind no proxy.
  if (is_plain) session.curl().set(session.easy(), CURLOPT_PROXY, "");
  std::string url = server.url;
  while (url.ends_with('/')) url.pop_back();
  return RenewalCourier(std::move(session), url + "/renew-licence");
}

RenewalReply RenewalCourier::Ask(const std::string& request) {
  session_.Post(request, {"Content-Type: application/octet-stream"});
  const Outcome<HttpAnswer> answer = session_.Perform(url_);
  if (!answer) return {.licence = answer.error()};
  RenewalReply reply{.licence = answer->body, .retry_after = answer->retry_after, .is_from_server = true};
  if (answer->status != 200) reply.licence = RefusalOf(*answer, url_);
  return reply;
}

}  // namespace edgekeep::cli::device
