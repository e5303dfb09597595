// A session with the one token that a PKCS#11 URI names.
#pragma once
#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/secret.h"

namespace edgekeep::signer {

using TokenUri = std::unique_ptr<P11KitUri, void (*)(P11KitUri*)>;

// Fails with kBadArgument for text that is no such URI, names no object, or has a query.
Result<TokenUri> ParseTokenUri(const std::string& text);

class TokenSession {
 public:
  // Loads `module`, or all that p11-kit knows, and opens a session for writing with the token that `uri` names.
  static Result<std::unique_ptr<TokenSession>> Open(P11KitUri* uri, const std::string& module);

  TokenSession(const TokenSession&) = delete;
  TokenSession& operator=(const TokenSession&) = delete;
  ~TokenSession();

  Status LogIn(const SecretBytes& pin);

  // The object of `kind` (CKO_PRIVATE_KEY, CKO_PUBLIC_KEY) with the URI's name; nothing where there is none.
  Result<std::optional<CK_OBJECT_HANDLE>> Find(P11KitUri* uri, CK_OBJECT_CLASS kind) const;
  Result<Bytes> Read(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const;
  // False also where the token does not tell.
  bool Says(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, CK_BBOOL value) const;
  Status MakeKeyPair(CK_MECHANISM_TYPE how, std::span<CK_ATTRIBUTE> for_public, std::span<CK_ATTRIBUTE> for_private);
  Result<Bytes> Sign(CK_MECHANISM_TYPE how, CK_OBJECT_HANDLE key, ByteView input, std::size_t size) const;

 private:
  TokenSession() = default;
  Status Load(const std::string& module);
  Status OpenIn(P11KitUri* uri);
  Status CountMatches(P11KitUri* uri, CK_FUNCTION_LIST* module);

  CK_FUNCTION_LIST* single_ = nullptr;  // a module named by path
  CK_FUNCTION_LIST** all_ = nullptr;    // what p11-kit is set up with
  CK_FUNCTION_LIST* token_ = nullptr;
  CK_SLOT_ID slot_ = 0;
  CK_SESSION_HANDLE session_ = CK_INVALID_HANDLE;
};

}  // namespace edgekeep::signer
