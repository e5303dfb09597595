#include "token_file.h"

#include "edgekeep/files/read_file.h"
#include "edgekeep/signer/token_key.h"

namespace edgekeep::author {
namespace {

Failure TokenFailure(const Error& error, const std::string& place) {
  const std::string detail(error.where());
  switch (error.code()) {
    case ErrorCode::kDenied:
      return {error.code(), "wrong PIN", place, "try again with care: after a few wrong ones a token locks itself"};
    case ErrorCode::kForbidden:
      return {error.code(), "not usable (" + detail + ")", place, "unlock the token, or take a key that stays on it"};
    case ErrorCode::kNotFound:
      return {error.code(), "not there: " + detail, place,
              "put the token in; name its module with --pkcs11-module; check the name"};
    case ErrorCode::kBadArgument:
      return {error.code(), detail, place, "name one key as 'pkcs11:token=...;object=...'"};
    default:
      return Describe(error, place);
  }
}

template <typename T>
Outcome<T> InTokenWords(const std::string& place, Result<T> result) {
  if (!result) return TokenFailure(result.error(), place);
  return *std::move(result);
}

}  // namespace

Outcome<std::unique_ptr<sealing::SigningKey>> MakeTokenKey(const Context& context, const std::string& uri,
                                                           crypto::AlgorithmId algorithm) {
  EK_TRY_ASSIGN(const SecretBytes pin, context.tokens.ask_pin());
  const signer::TokenKeyAddress address{.uri = uri, .module = context.tokens.module, .algorithm = algorithm};
  return InTokenWords("'" + uri + "'", signer::MakeTokenKey(context.provider, address, pin));
}

Outcome<std::unique_ptr<sealing::SigningKey>> OpenTokenFile(const Context& context, const std::string& path,
                                                            crypto::AlgorithmId algorithm) {
  EK_TRY_ASSIGN(const Bytes text, At(path, files::ReadFile(path, signer::kMaxTokenUri + 1)));
  std::string uri(AsText(text.view()));
  if (uri.ends_with('\n')) uri.pop_back();
  EK_TRY_ASSIGN(const SecretBytes pin, context.tokens.ask_pin());
  const signer::TokenKeyAddress address{.uri = uri, .module = context.tokens.module, .algorithm = algorithm};
  return InTokenWords(path, signer::OpenTokenKey(context.provider, address, pin));
}

}  // namespace edgekeep::author
