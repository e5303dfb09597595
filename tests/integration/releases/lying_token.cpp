// A PKCS#11 module that lies: the one named by EDGEKEEP_REAL_TOKEN, whose signatures are not what they should be.
// EDGEKEEP_LYING_TOKEN says how: "junk" changes a byte of each, "key:LABEL" has another key of the token sign; anything
// else lets everything through.
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view kOtherKey = "key:";

std::string HowToLie() {
  const char* const how = std::getenv("EDGEKEEP_LYING_TOKEN");
  return how == nullptr ? std::string() : how;
}

CK_FUNCTION_LIST* LoadReal() {
  const char* const path = std::getenv("EDGEKEEP_REAL_TOKEN");
  void* const module = path == nullptr ? nullptr : ::dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) return nullptr;
  const auto list_of = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(module, "C_GetFunctionList"));
  CK_FUNCTION_LIST* list = nullptr;
  return list_of != nullptr && list_of(&list) == CKR_OK ? list : nullptr;
}

CK_FUNCTION_LIST* Real() {
  static CK_FUNCTION_LIST* const real = LoadReal();
  return real;
}

CK_OBJECT_HANDLE PrivateKeyOf(CK_SESSION_HANDLE session, std::string label) {
  CK_OBJECT_CLASS kind = CKO_PRIVATE_KEY;
  std::array wanted = {CK_ATTRIBUTE{CKA_CLASS, &kind, sizeof kind},
                       CK_ATTRIBUTE{CKA_LABEL, label.data(), label.size()}};
  CK_OBJECT_HANDLE found = CK_INVALID_HANDLE;
  CK_ULONG num_found = 0;
  if (Real()->C_FindObjectsInit(session, wanted.data(), wanted.size()) != CKR_OK) return CK_INVALID_HANDLE;
  Real()->C_FindObjects(session, &found, 1, &num_found);
  Real()->C_FindObjectsFinal(session);
  return num_found == 1 ? found : CK_INVALID_HANDLE;
}

}  // namespace

#define EK_EXPORT extern "C" __attribute__((visibility("default")))

EK_EXPORT CK_RV C_SignInit(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key) {
  const std::string how = HowToLie();
  if (how.starts_with(kOtherKey)) key = PrivateKeyOf(session, how.substr(kOtherKey.size()));
  return Real()->C_SignInit(session, mechanism, key);
}

EK_EXPORT CK_RV C_Sign(CK_SESSION_HANDLE session, CK_BYTE* input, CK_ULONG input_size, CK_BYTE* signature,
                       CK_ULONG* size) {
  const CK_RV answer = Real()->C_Sign(session, input, input_size, signature, size);
  if (answer == CKR_OK && HowToLie() == "junk") signature[0] ^= 1U;
  return answer;
}

EK_EXPORT CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list) {
  static CK_FUNCTION_LIST lying;
  if (Real() == nullptr) return CKR_GENERAL_ERROR;
  lying = *Real();
  lying.C_GetFunctionList = C_GetFunctionList;
  lying.C_SignInit = C_SignInit;
  lying.C_Sign = C_Sign;
  *list = &lying;
  return CKR_OK;
}
