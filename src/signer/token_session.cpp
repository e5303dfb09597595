#include "token_session.h"

#include <array>

#include "edgekeep/signer/token_key.h"

namespace edgekeep::signer {
namespace {

constexpr CK_ULONG kMaxSlots = 256;
constexpr CK_ULONG kMaxAttribute = 1024;

Status LogInStatus(CK_RV answer) {
  switch (answer) {
    case CKR_OK:
    case CKR_USER_ALREADY_LOGGED_IN:
      return {};
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
      return Error(ErrorCode::kDenied, "PIN");
    case CKR_PIN_LOCKED:
      return Error(ErrorCode::kForbidden, "the token has locked its PIN");
    default:
      return Error(ErrorCode::kIo, "logging in to the token");
  }
}

}  // namespace

Result<TokenUri> ParseTokenUri(const std::string& text) {
  TokenUri uri(p11_kit_uri_new(), p11_kit_uri_free);
  if (!uri) return Error(ErrorCode::kNoMemory);
  if (text.size() > kMaxTokenUri) return Error(ErrorCode::kBadArgument, "PKCS#11 URI too long");
  // What a query holds is for nobody to put into a file: a PIN, or the path of code to load.
  if (text.find('?') != std::string::npos) return Error(ErrorCode::kBadArgument, "PKCS#11 URI with a query");
  if (p11_kit_uri_parse(text.c_str(), P11_KIT_URI_FOR_OBJECT_ON_TOKEN, uri.get()) != P11_KIT_URI_OK ||
      p11_kit_uri_any_unrecognized(uri.get()) != 0) {
    return Error(ErrorCode::kBadArgument, "no PKCS#11 URI");
  }
  if (p11_kit_uri_get_attribute(uri.get(), CKA_LABEL) == nullptr) {
    return Error(ErrorCode::kBadArgument, "PKCS#11 URI without object=");
  }
  return uri;
}

Result<std::unique_ptr<TokenSession>> TokenSession::Open(P11KitUri* uri, const std::string& module) {
  std::unique_ptr<TokenSession> opened(new TokenSession);
  EK_TRY(opened->Load(module));
  EK_TRY(opened->OpenIn(uri));
  return opened;
}

TokenSession::~TokenSession() {
  if (session_ != CK_INVALID_HANDLE) {
    token_->C_Logout(session_);
    token_->C_CloseSession(session_);
  }
  if (all_ != nullptr) p11_kit_modules_finalize_and_release(all_);
  if (single_ == nullptr) return;
  p11_kit_module_finalize(single_);
  p11_kit_module_release(single_);
}

Status TokenSession::Load(const std::string& module) {
  if (module.empty()) {
    all_ = p11_kit_modules_load_and_initialize(0);
    if (all_ == nullptr) return Error(ErrorCode::kNotFound, "PKCS#11 modules");
    return {};
  }
  CK_FUNCTION_LIST* const loaded = p11_kit_module_load(module.c_str(), P11_KIT_MODULE_CRITICAL);
  if (loaded == nullptr) return Error(ErrorCode::kNotFound, "PKCS#11 module");
  if (p11_kit_module_initialize(loaded) != CKR_OK) {
    p11_kit_module_release(loaded);
    return Error(ErrorCode::kIo, "PKCS#11 module");
  }
  single_ = loaded;
  return {};
}

Status TokenSession::CountMatches(P11KitUri* uri, CK_FUNCTION_LIST* module) {
  std::array<CK_SLOT_ID, kMaxSlots> slots;
  CK_ULONG num_slots = slots.size();
  if (module->C_GetSlotList(CK_TRUE, slots.data(), &num_slots) != CKR_OK) {
    return Error(ErrorCode::kIo, "tokens of the PKCS#11 module");
  }
  for (CK_ULONG i = 0; i < num_slots; ++i) {
    CK_TOKEN_INFO info{};
    if (module->C_GetTokenInfo(slots[i], &info) != CKR_OK || p11_kit_uri_match_token_info(uri, &info) == 0) continue;
    if (token_ != nullptr) return Error(ErrorCode::kBadArgument, "more than one token of this name");
    token_ = module;
    slot_ = slots[i];
  }
  return {};
}

Status TokenSession::OpenIn(P11KitUri* uri) {
  if (single_ != nullptr) EK_TRY(CountMatches(uri, single_));
  for (CK_FUNCTION_LIST** one = all_; one != nullptr && *one != nullptr; ++one) EK_TRY(CountMatches(uri, *one));
  if (token_ == nullptr) return Error(ErrorCode::kNotFound, "token");
  const CK_FLAGS flags = CKF_SERIAL_SESSION | CKF_RW_SESSION;
  if (token_->C_OpenSession(slot_, flags, nullptr, nullptr, &session_) != CKR_OK) {
    session_ = CK_INVALID_HANDLE;
    return Error(ErrorCode::kIo, "session with the token");
  }
  return {};
}

Status TokenSession::LogIn(const SecretBytes& pin) {
  const auto bytes = pin.Reveal();
  return LogInStatus(
      token_->C_Login(session_, CKU_USER, const_cast<std::uint8_t*>(bytes.data()), bytes.size()));  // NOLINT
}

Result<std::optional<CK_OBJECT_HANDLE>> TokenSession::Find(P11KitUri* uri, CK_OBJECT_CLASS kind) const {
  std::vector<CK_ATTRIBUTE> wanted{{CKA_CLASS, &kind, sizeof kind}};
  for (const CK_ATTRIBUTE_TYPE type : {CKA_LABEL, CKA_ID}) {
    if (const CK_ATTRIBUTE* const named = p11_kit_uri_get_attribute(uri, type)) wanted.push_back(*named);
  }
  if (token_->C_FindObjectsInit(session_, wanted.data(), wanted.size()) != CKR_OK) {
    return Error(ErrorCode::kIo, "keys of the token");
  }
  std::array<CK_OBJECT_HANDLE, 2> found{};
  CK_ULONG num_found = 0;
  const CK_RV answer = token_->C_FindObjects(session_, found.data(), found.size(), &num_found);
  token_->C_FindObjectsFinal(session_);
  if (answer != CKR_OK) return Error(ErrorCode::kIo, "keys of the token");
  if (num_found > 1) return Error(ErrorCode::kBadArgument, "more than one key of this name; say which with id=");
  if (num_found == 0) return std::optional<CK_OBJECT_HANDLE>();
  return std::optional(found[0]);
}

Result<Bytes> TokenSession::Read(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const {
  EK_TRY_ASSIGN(Bytes value, Bytes::Allocate(kMaxAttribute));
  CK_ATTRIBUTE read{type, value.mutable_view().data(), kMaxAttribute};
  if (token_->C_GetAttributeValue(session_, object, &read, 1) != CKR_OK || read.ulValueLen > kMaxAttribute) {
    return Error(ErrorCode::kMalformed, "key of the token");
  }
  value.Truncate(read.ulValueLen);
  return value;
}

bool TokenSession::Says(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, CK_BBOOL value) const {
  const Result<Bytes> said = Read(object, type);
  return said && said->size() == sizeof(CK_BBOOL) && said->view().front() == value;
}

Status TokenSession::MakeKeyPair(CK_MECHANISM_TYPE how, std::span<CK_ATTRIBUTE> for_public,
                                 std::span<CK_ATTRIBUTE> for_private) {
  CK_MECHANISM mechanism{how, nullptr, 0};
  CK_OBJECT_HANDLE public_key = CK_INVALID_HANDLE;
  CK_OBJECT_HANDLE private_key = CK_INVALID_HANDLE;
  const CK_RV answer = token_->C_GenerateKeyPair(session_, &mechanism, for_public.data(), for_public.size(),
                                                 for_private.data(), for_private.size(), &public_key, &private_key);
  if (answer == CKR_MECHANISM_INVALID) return Error(ErrorCode::kUnsupported, "by the token");
  if (answer != CKR_OK) return Error(ErrorCode::kIo, "making the key on the token");
  return {};
}

Result<Bytes> TokenSession::Sign(CK_MECHANISM_TYPE how, CK_OBJECT_HANDLE key, ByteView input, std::size_t size) const {
  CK_MECHANISM mechanism{how, nullptr, 0};
  EK_TRY_ASSIGN(Bytes signature, Bytes::Allocate(size));
  CK_ULONG written = size;
  if (token_->C_SignInit(session_, &mechanism, key) != CKR_OK ||
      token_->C_Sign(session_, const_cast<std::uint8_t*>(input.data()), input.size(),  // NOLINT
                     signature.mutable_view().data(), &written) != CKR_OK ||
      written != size) {
    return Error(ErrorCode::kDenied, "token");
  }
  return signature;
}

}  // namespace edgekeep::signer
