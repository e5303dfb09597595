// A key of OpenSSL's that is elsewhere: a provider of two algorithms beside its own. With its other ways to lend a key
// (EC_KEY_METHOD, and GnuTLS's) the lender sees a digest, of which nobody can tell what it is of.
#include <dlfcn.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/types.h>

#include <algorithm>
#include <array>

#include "tls_identity.h"

namespace edgekeep::cli::device {
namespace {

constexpr const char *kCryptoLibrary = "libcrypto.so.3", *kSslLibrary = "libssl.so.3";
constexpr const char *kProvider = "edgekeep", *kProperty = "provider=edgekeep";
constexpr std::size_t kPointSize = 65, kMaxSignature = 72;
constexpr int kTls13 = 0x0304, kAddChainCertificate = 89;  // SSL_version; SSL_CTRL_CHAIN_CERT
constexpr int kDone = 1;

// The libraries that libcurl brought along; nothing here is linked to any.
struct OpenSslCalls {
  int (*add_provider)(OSSL_LIB_CTX*, const char*, OSSL_provider_init_fn*) = nullptr;
  OSSL_PROVIDER* (*load_provider)(OSSL_LIB_CTX*, const char*, int) = nullptr;
  EVP_PKEY_CTX* (*new_context)(OSSL_LIB_CTX*, const char*, const char*) = nullptr;
  void (*free_context)(EVP_PKEY_CTX*) = nullptr;
  int (*begin_key)(EVP_PKEY_CTX*) = nullptr;
  int (*make_key)(EVP_PKEY_CTX*, EVP_PKEY**, int, OSSL_PARAM*) = nullptr;
  void (*free_key)(EVP_PKEY*) = nullptr;
  X509* (*read_certificate)(X509**, const unsigned char**, long) = nullptr;
  void (*free_certificate)(X509*) = nullptr;
  EVP_PKEY* (*key_of)(const X509*) = nullptr;
  int (*read_bytes)(const EVP_PKEY*, const char*, unsigned char*, std::size_t, std::size_t*) = nullptr;
  int (*check_host)(X509*, const char*, std::size_t, unsigned, char**) = nullptr;
  int (*check_address)(X509*, const char*, unsigned) = nullptr;
  OSSL_PARAM* (*find)(OSSL_PARAM*, const char*) = nullptr;
  const OSSL_PARAM* (*find_const)(const OSSL_PARAM*, const char*) = nullptr;
  int (*set_number)(OSSL_PARAM*, int) = nullptr;
  int (*set_text)(OSSL_PARAM*, const char*) = nullptr;
  void (*set_certificate_callback)(SSL_CTX*, int (*)(SSL*, void*), void*) = nullptr;
  int (*version)(const SSL*) = nullptr;
  X509* (*certificate_of)(const SSL*) = nullptr;
  int (*use_certificate)(SSL*, X509*) = nullptr;
  int (*use_key)(SSL*, EVP_PKEY*) = nullptr;
  long (*control)(SSL*, int, long, void*) = nullptr;
};

OpenSslCalls openssl;
TlsIdentity* offered = nullptr;

// --- keys: the public half, to be compared with the certificate's

using Point = std::array<std::uint8_t, kPointSize>;

void* NewKey(void*) {
  return new Point{};
}

void FreeKey(void* key) {
  delete static_cast<Point*>(key);
}

int HasKey(const void* key, int) {
  return key != nullptr ? 1 : 0;
}

int ImportKey(void* key, int, const OSSL_PARAM* parameters) {
  const OSSL_PARAM* const given = openssl.find_const(parameters, OSSL_PKEY_PARAM_PUB_KEY);
  if (given == nullptr || given->data_size != kPointSize) return 0;
  std::copy_n(static_cast<const std::uint8_t*>(given->data), kPointSize, static_cast<Point*>(key)->data());
  return kDone;
}

const OSSL_PARAM* TypesOfKey(int) {
  static constexpr OSSL_PARAM kTypes[] = {OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, nullptr, 0), OSSL_PARAM_END};
  return kTypes;
}

int MatchKeys(const void* a, const void* b, int) {
  return *static_cast<const Point*>(a) == *static_cast<const Point*>(b) ? 1 : 0;
}

bool Tell(OSSL_PARAM* parameters, const char* name, int number) {
  OSSL_PARAM* const asked = openssl.find(parameters, name);
  return asked == nullptr || openssl.set_number(asked, number) == kDone;
}

int TellOfKey(void*, OSSL_PARAM* parameters) {
  OSSL_PARAM* const group = openssl.find(parameters, OSSL_PKEY_PARAM_GROUP_NAME);
  if (group != nullptr && openssl.set_text(group, "prime256v1") != kDone) return 0;
  const bool told = Tell(parameters, OSSL_PKEY_PARAM_BITS, 256) &&
                    Tell(parameters, OSSL_PKEY_PARAM_SECURITY_BITS, 128) &&
                    Tell(parameters, OSSL_PKEY_PARAM_MAX_SIZE, kMaxSignature);
  return told ? 1 : 0;
}

const OSSL_PARAM* ToldOfKey(void*) {
  static constexpr OSSL_PARAM kTold[] = {
      OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, nullptr), OSSL_PARAM_int(OSSL_PKEY_PARAM_SECURITY_BITS, nullptr),
      OSSL_PARAM_int(OSSL_PKEY_PARAM_MAX_SIZE, nullptr), OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, nullptr, 0),
      OSSL_PARAM_END};
  return kTold;
}

const char* SignatureOfKey(int) {
  return "ECDSA";
}

// --- signatures: of whole messages, never of digests

void* NewSignature(void*, const char*) {
  return &openssl;
}

void FreeSignature(void*) {}

int BeginSignature(void*, const char*, void*, const OSSL_PARAM*) {
  return kDone;
}

int Sign(void*, unsigned char* out, std::size_t* size, std::size_t room, const unsigned char* message,
         std::size_t message_size) {
  *size = out == nullptr ? kMaxSignature : 0;
  if (out == nullptr) return kDone;
  const ByteView hash = TranscriptHashIn({message, message_size});
  if (hash.empty() || offered == nullptr) return 0;
  const Outcome<Der> made = offered->sign(hash);
  if (!made) {
    offered->refused = made.error();
    return 0;
  }
  const Der der = SignatureToDer(*made);
  if (der.size() > room) return 0;
  std::ranges::copy(der, out);
  *size = der.size();
  return kDone;
}

template <typename Function>
constexpr OSSL_DISPATCH Entry(int number, Function* function) {
  return {number, reinterpret_cast<void (*)()>(function)};
}

const OSSL_ALGORITHM* Query(void*, int operation, int* no_cache) {
  static const OSSL_DISPATCH keys[] = {Entry(OSSL_FUNC_KEYMGMT_NEW, &NewKey),
                                       Entry(OSSL_FUNC_KEYMGMT_FREE, &FreeKey),
                                       Entry(OSSL_FUNC_KEYMGMT_HAS, &HasKey),
                                       Entry(OSSL_FUNC_KEYMGMT_IMPORT, &ImportKey),
                                       Entry(OSSL_FUNC_KEYMGMT_IMPORT_TYPES, &TypesOfKey),
                                       Entry(OSSL_FUNC_KEYMGMT_MATCH, &MatchKeys),
                                       Entry(OSSL_FUNC_KEYMGMT_GET_PARAMS, &TellOfKey),
                                       Entry(OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS, &ToldOfKey),
                                       Entry(OSSL_FUNC_KEYMGMT_QUERY_OPERATION_NAME, &SignatureOfKey),
                                       {0, nullptr}};
  static const OSSL_DISPATCH signatures[] = {Entry(OSSL_FUNC_SIGNATURE_NEWCTX, &NewSignature),
                                             Entry(OSSL_FUNC_SIGNATURE_FREECTX, &FreeSignature),
                                             Entry(OSSL_FUNC_SIGNATURE_DIGEST_SIGN_INIT, &BeginSignature),
                                             Entry(OSSL_FUNC_SIGNATURE_DIGEST_SIGN, &Sign),
                                             {0, nullptr}};
  static const OSSL_ALGORITHM key_algorithms[] = {{"EC:id-ecPublicKey:1.2.840.10045.2.1", kProperty, keys, nullptr},
                                                  {nullptr, nullptr, nullptr, nullptr}};
  static const OSSL_ALGORITHM signature_algorithms[] = {{"ECDSA", kProperty, signatures, nullptr},
                                                        {nullptr, nullptr, nullptr, nullptr}};
  *no_cache = 0;
  if (operation == OSSL_OP_KEYMGMT) return key_algorithms;
  return operation == OSSL_OP_SIGNATURE ? signature_algorithms : nullptr;
}

int BeginProvider(const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*, const OSSL_DISPATCH** out, void** context) {
  static const OSSL_DISPATCH calls[] = {Entry(OSSL_FUNC_PROVIDER_QUERY_OPERATION, &Query), {0, nullptr}};
  *out = calls;
  *context = &openssl;
  return kDone;
}

// --- sessions

X509* Read(const Der& der) {
  const unsigned char* at = der.data();
  return openssl.read_certificate(nullptr, &at, static_cast<long>(der.size()));
}

// The key of the certificate, as one that is ours to sign with.
EVP_PKEY* MakeKey(const Der& certificate) {
  X509* const read = Read(certificate);
  if (read == nullptr) return nullptr;
  Point point{};
  std::size_t size = 0;
  const bool has_point =
      openssl.read_bytes(openssl.key_of(read), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size(), &size) == kDone &&
      size == point.size();
  openssl.free_certificate(read);
  if (!has_point) return nullptr;
  OSSL_PARAM parameters[] = {OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
                             OSSL_PARAM_END};
  EVP_PKEY_CTX* const context = openssl.new_context(nullptr, "EC", kProperty);
  EVP_PKEY* key = nullptr;
  const bool is_made = context != nullptr && openssl.begin_key(context) == kDone &&
                       openssl.make_key(context, &key, OSSL_KEYMGMT_SELECT_ALL, parameters) == kDone;
  if (context != nullptr) openssl.free_context(context);
  return is_made ? key : nullptr;
}

bool AddCertificates(SSL* session, const std::vector<Der>& certificates) {
  bool is_first = true, done = true;
  for (const Der& der : certificates) {
    X509* const certificate = Read(der);
    if (certificate == nullptr) return false;
    done = done && (is_first ? openssl.use_certificate(session, certificate)
                             : openssl.control(session, kAddChainCertificate, 1, certificate)) == kDone;
    openssl.free_certificate(certificate);
    is_first = false;
  }
  return done;
}

// That somebody stands behind it who is believed was verified before; whose it is libcurl looks at afterwards, when
// the device would have said who it is.
bool IsOfHost(const SSL* session, const std::string& host) {
  X509* const its = openssl.certificate_of(session);
  if (its == nullptr) return false;
  const bool is_of_host = openssl.check_host(its, host.c_str(), host.size(), 0, nullptr) == kDone ||
                          openssl.check_address(its, host.c_str(), 0) == kDone;
  openssl.free_certificate(its);
  return is_of_host;
}

// A server asked for a certificate. The session keeps its own references.
int ShowIdentity(SSL* session, void* pointer) {
  const auto& identity = *static_cast<const TlsIdentity*>(pointer);
  if (openssl.version(session) != kTls13 || !IsOfHost(session, identity.host)) return kDone;
  if (!AddCertificates(session, identity.certificates)) return 0;
  EVP_PKEY* const key = MakeKey(identity.certificates.front());
  if (key == nullptr) return 0;
  const int done = openssl.use_key(session, key);
  openssl.free_key(key);
  return done;
}

// --- loading

class Library {
 public:
  explicit Library(const char* name) noexcept : handle_(::dlopen(name, RTLD_NOW | RTLD_NOLOAD)) {}

  template <typename Function>
  bool Find(const char* name, Function& function) const {
    function = handle_ == nullptr ? nullptr : reinterpret_cast<Function>(::dlsym(handle_, name));
    return function != nullptr;
  }

 private:
  void* handle_;
};

bool FindCrypto(const Library& crypto) {
  return crypto.Find("OSSL_PROVIDER_add_builtin", openssl.add_provider) &&
         crypto.Find("OSSL_PROVIDER_try_load", openssl.load_provider) &&
         crypto.Find("EVP_PKEY_CTX_new_from_name", openssl.new_context) &&
         crypto.Find("EVP_PKEY_CTX_free", openssl.free_context) &&
         crypto.Find("EVP_PKEY_fromdata_init", openssl.begin_key) &&
         crypto.Find("EVP_PKEY_fromdata", openssl.make_key) && crypto.Find("EVP_PKEY_free", openssl.free_key) &&
         crypto.Find("d2i_X509", openssl.read_certificate) && crypto.Find("X509_free", openssl.free_certificate) &&
         crypto.Find("X509_get0_pubkey", openssl.key_of) && crypto.Find("X509_check_host", openssl.check_host) &&
         crypto.Find("X509_check_ip_asc", openssl.check_address) &&
         crypto.Find("EVP_PKEY_get_octet_string_param", openssl.read_bytes) &&
         crypto.Find("OSSL_PARAM_locate", openssl.find) && crypto.Find("OSSL_PARAM_locate_const", openssl.find_const) &&
         crypto.Find("OSSL_PARAM_set_int", openssl.set_number) &&
         crypto.Find("OSSL_PARAM_set_utf8_string", openssl.set_text);
}

bool FindSsl(const Library& ssl) {
  return ssl.Find("SSL_CTX_set_cert_cb", openssl.set_certificate_callback) &&
         ssl.Find("SSL_version", openssl.version) && ssl.Find("SSL_get1_peer_certificate", openssl.certificate_of) &&
         ssl.Find("SSL_use_certificate", openssl.use_certificate) && ssl.Find("SSL_use_PrivateKey", openssl.use_key) &&
         ssl.Find("SSL_ctrl", openssl.control);
}

// OpenSSL's own provider stays the one that whoever names none gets: it is loaded first.
bool Load() {
  return FindCrypto(Library(kCryptoLibrary)) && FindSsl(Library(kSslLibrary)) &&
         openssl.add_provider(nullptr, kProvider, &BeginProvider) == kDone &&
         openssl.load_provider(nullptr, "default", 1) != nullptr &&
         openssl.load_provider(nullptr, kProvider, 1) != nullptr;
}

}  // namespace

bool OfferTlsIdentity(void* ssl_context, TlsIdentity& identity) {
  static const bool is_loaded = Load();
  if (!is_loaded) return false;
  offered = &identity;
  openssl.set_certificate_callback(static_cast<SSL_CTX*>(ssl_context), &ShowIdentity, &identity);
  return true;
}

}  // namespace edgekeep::cli::device
