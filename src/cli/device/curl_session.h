// CurlSession: what couriers ask servers by: bounded in bytes and in time, to where they were told and nowhere else.
// What comes back is believed by nobody.
#pragma once
#include <cstdint>
#include <string>

#include "curl_library.h"
#include "outcome.h"

namespace edgekeep::cli::device {

struct HttpAnswer {
  std::string body, type;
  bool is_too_large = false;
  long status = 0;
  std::uint64_t retry_after = 0;  // seconds; 0 where it says nothing
};

Failure CourierFailure(ErrorCode code, const std::string& what, const std::string& url, const std::string& advice);

class CurlSession {
 public:
  struct Server {
    const char* whose;              // "the owner's server"
    const char* protocols;          // as libcurl writes them: "https"
    std::string ca;                 // file: who may have issued the server's certificate
    const char* stranger;           // what to do where it is another authority's
    bool believes_machine = false;  // where there is no `ca`: whom this machine believes; otherwise nobody
    long seconds = 60;              // for each answer
  };

  // Fails where libcurl is not installed.
  static Outcome<CurlSession> Open(const Server& server);
  CurlSession(CurlSession&& other) noexcept;
  ~CurlSession();

  const CurlCalls& curl() const noexcept { return *curl_; }

  CURL* easy() const noexcept { return easy_; }

  void Get();
  // Borrows `body` until the session is used for something else. `headers`: "Name: value".
  void Post(const std::string& body, std::initializer_list<const char*> headers);

  // Whatever status it has; redirects are not followed, and are refused (kForbidden).
  Outcome<HttpAnswer> Perform(const std::string& url);

 private:
  CurlSession(const CurlCalls& curl, CURL* easy, const Server& server)
      : curl_(&curl), easy_(easy), whose_(server.whose), stranger_(server.stranger) {}

  Failure WhatWentWrong(CURLcode code, const HttpAnswer& answer, const std::string& url) const;

  const CurlCalls* curl_;
  CURL* easy_;
  curl_slist* headers_ = nullptr;
  std::string whose_, stranger_;
};

}  // namespace edgekeep::cli::device
