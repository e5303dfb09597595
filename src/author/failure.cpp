#include "edgekeep/author/failure.h"

#include <array>
#include <string_view>

namespace edgekeep::author {
namespace {

struct Words {
  ErrorCode code;
  const char* what;
  const char* advice;
};

// The device's advice (AdviceFor) speaks of journals and installing; at the publisher's desk other things help.
constexpr std::array kWords = {
    Words{ErrorCode::kDenied, "refused", "the key does not fit: check which publisher made this"},
    Words{ErrorCode::kMalformed, "damaged, or not a file of this kind", "check the name, or fetch it again"},
    Words{ErrorCode::kUnsupported, "not known to this version", "update Edgekeep"},
    Words{ErrorCode::kTooLarge, "too large", "check that this is the right file"},
    Words{ErrorCode::kBadSignature, "a required signature is missing or wrong", "do not use this file"},
    Words{ErrorCode::kUntrusted, "signed by nobody this publisher names", "check which publisher it is from"},
    Words{ErrorCode::kWrongProduct, "does not belong here", "check product and publisher"},
    Words{ErrorCode::kNotFound, "no such file or directory", "check the name"},
    Words{ErrorCode::kAlreadyExists, "exists already and is never overwritten", "choose another name"},
    Words{ErrorCode::kForbidden, "not permitted", "check owner and mode of the file and its directory"},
    Words{ErrorCode::kPeerGone, "interrupted", "run it again; nothing was left behind"},
    Words{ErrorCode::kNoMemory, "not enough memory", "close something and run it again"},
    Words{ErrorCode::kNoSpace, "the disk is full", "make room and run it again; nothing was left behind"},
    Words{ErrorCode::kReadOnly, "the disk is read-only", "choose another place; nothing was left behind"},
    Words{ErrorCode::kIo, "reading or writing failed", "check the path and the disk"},
    Words{ErrorCode::kBadArgument, "not what was asked for", "check the argument"},
};

constexpr const char* kLookAtTheClock = "look at this machine's clock; once it is right, say so with --clock-is-right";

// What helps with one particular refusal better than what helps with all of its code.
constexpr std::array kAdviceByPlace = {
    std::pair<std::string_view, const char*>{"file open to other users", "chmod 600 it; if others read it, replace it"},
    std::pair<std::string_view, const char*>{"file of another user", "run as its owner"},
    std::pair<std::string_view, const char*>{"symbolic link", "name the file itself"},
    std::pair<std::string_view, const char*>{"not a regular file", "name a file"},
    std::pair<std::string_view, const char*>{"log: no key ceremony of the newest root is in it",
                                             "enter it with 'log append'; 'finish-root --entries' writes it"},
    std::pair<std::string_view, const char*>{"log: this clock is behind the log's last entry", kLookAtTheClock},
    std::pair<std::string_view, const char*>{"log: this clock is more than a year ahead of the log", kLookAtTheClock},
};

const char* AdviceOn(const Error& error, const Words& words) {
  for (const auto& [where, advice] : kAdviceByPlace) {
    if (where == error.where()) return advice;
  }
  return words.advice;
}

}  // namespace

Failure Describe(const Error& error, std::string place) {
  Words words{error.code(), NameOf(error.code()), AdviceFor(error.code())};
  for (const Words& row : kWords) {
    if (row.code == error.code()) words = row;
  }
  std::string what = words.what;
  const std::string_view detail = error.where();
  if (!detail.empty() && detail != "file" && detail != "directory") what += " (" + std::string(detail) + ")";
  return {error.code(), std::move(what), std::move(place), AdviceOn(error, words)};
}

}  // namespace edgekeep::author
