// stored-value ROOT put NAME | get NAME | delete NAME | list: what this program's user has stored with the keep of the
// device at ROOT. A value comes from standard input and goes to standard output, never into the arguments.
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string_view>

#include "edgekeep/stored_values.hpp"

namespace {

using edgekeep::app::Error;
using edgekeep::app::Expected;
using edgekeep::app::StoredValues;

int Fail(const Error& error) {
  std::fprintf(stderr, "stored-value: %s: %s\n", ek_error_name(error.code()), ek_error_advice(error.code()));
  return 1;
}

int Done(const Expected<void>& outcome) {
  return outcome ? 0 : Fail(outcome.error());
}

// Not by a stream, whose buffer nobody wipes.
int Put(const StoredValues& values, const char* name) {
  static std::byte room[EK_MAX_VALUE_SIZE + 1];  // one more, so that a value which is too large is told
  std::size_t size = 0;
  while (size < sizeof room) {
    const ssize_t got = ::read(STDIN_FILENO, room + size, sizeof room - size);
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  const Expected<void> put = values.Put(name, std::span<const std::byte>(room, size));
  ::explicit_bzero(room, sizeof room);
  return Done(put);
}

int Get(const StoredValues& values, const char* name) {
  const auto value = values.Get(name);
  if (!value) return Fail(value.error());
  const auto bytes = value->bytes();
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t put = ::write(STDOUT_FILENO, bytes.data() + at, bytes.size() - at);
    if (put <= 0) return 1;
    at += static_cast<std::size_t>(put);
  }
  return 0;
}

int List(const StoredValues& values) {
  ek_store_usage usage = EK_STORE_USAGE_INIT;
  const auto list = values.List(&usage);
  if (!list) return Fail(list.error());
  for (const ek_stored_value& value : *list) std::printf("%s %zu\n", value.name, value.size);
  std::printf("%zu bytes of %d, %u changes left\n", usage.bytes_used, EK_MAX_VALUES_SIZE, usage.changes_left);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view command = count > 2 ? arguments[2] : "";
  const bool takes_name = command == "put" || command == "get" || command == "delete";
  if (count != (takes_name ? 4 : 3) || (!takes_name && command != "list")) {
    std::fputs("usage: stored-value ROOT put NAME | get NAME | delete NAME | list\n", stderr);
    return 2;
  }
  const auto client = edgekeep::app::Client::Open({.root = arguments[1]});
  if (!client) return Fail(client.error());
  const StoredValues values(*client);
  if (command == "put") return Put(values, arguments[3]);
  if (command == "get") return Get(values, arguments[3]);
  if (command == "delete") return Done(values.Delete(arguments[3]));
  return List(values);
}
