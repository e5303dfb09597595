// What all commands share: which device, and how to answer.
#pragma once
#include <string>

#include "edgekeep/edgekeep.hpp"
#include "edgekeep/json/value.h"
#include "outcome.h"

namespace edgekeep::cli::device {

// Answers for people, or with `json` one object for machines. Control characters in what people read are shown, not
// obeyed: names of files and of tensors are other people's.
struct Session {
  std::string root = "/";
  bool json = false;
  std::uint32_t timeout_ms = EK_TIMEOUT_DEFAULT;  // of each question to the keep

  // Tells of a command line that makes no sense, before there is a command.
  static void FailUsage(const std::string& what);

  // Prints the result on standard output. Fails with kIo.
  Done Tell(const std::string& text, const json::Object& object) const;
  // Prints one line on standard error, and with `json` an object with the member "error" on standard output.
  void Fail(const Failure& failure) const;

  // A client of the device at `root`.
  Outcome<app::Client> OpenClient() const;
  // What the library said when `doing` ("opening acme/label-ocr") failed.
  Failure Refusal(const app::Error& error, const std::string& doing) const;
};

// Anchors that protect nothing from whoever holds the storage say so wherever they are named.
std::string AnchorText(std::uint32_t anchor);

}  // namespace edgekeep::cli::device
