#include "curl_library.h"

#include <dlfcn.h>

namespace edgekeep::cli::device {
namespace {

template <typename Function>
bool Find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

bool FindAll(void* library, CurlCalls& calls) {
  return Find(library, "curl_easy_init", calls.init) && Find(library, "curl_easy_setopt", calls.set) &&
         Find(library, "curl_easy_perform", calls.perform) && Find(library, "curl_easy_getinfo", calls.info) &&
         Find(library, "curl_easy_cleanup", calls.cleanup) && Find(library, "curl_easy_strerror", calls.words) &&
         Find(library, "curl_slist_append", calls.append) && Find(library, "curl_slist_free_all", calls.free_list);
}

}  // namespace

const CurlCalls* LoadCurl() {
  static CurlCalls calls;
  for (const char* name : {"libcurl.so.4", "libcurl-gnutls.so.4"}) {
    void* const library = ::dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (library != nullptr && FindAll(library, calls)) return &calls;
  }
  return nullptr;
}

}  // namespace edgekeep::cli::device
