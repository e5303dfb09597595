// Serving HTTP until somebody says stop.
#pragma once
#include <functional>
#include <string>

#include "edgekeep/http/server.h"
#include "session.h"

namespace edgekeep::cli::publisher {

struct ServiceArguments {
  std::string address;
  int ready_descriptor = -1;
};

void AddServiceOptions(CLI::App& command, ServiceArguments& arguments);

// Tells the address, writes a byte to the ready descriptor, and answers requests until SIGINT, SIGTERM or SIGHUP.
author::Done ServeHttp(const Session& session, const ServiceArguments& arguments,
                       const std::function<http::Answer(const http::Request&)>& handler,
                       const http::Bounds& bounds = {});

}  // namespace edgekeep::cli::publisher
