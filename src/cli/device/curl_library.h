// libcurl, loaded where something is fetched: it brings thirty libraries along, and most commands fetch nothing.
#pragma once
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

namespace edgekeep::cli::device {

struct CurlCalls {
  decltype(&::curl_easy_init) init = nullptr;
  decltype(&::curl_easy_setopt) set = nullptr;
  decltype(&::curl_easy_perform) perform = nullptr;
  decltype(&::curl_easy_getinfo) info = nullptr;
  decltype(&::curl_easy_cleanup) cleanup = nullptr;
  decltype(&::curl_easy_strerror) words = nullptr;
  decltype(&::curl_slist_append) append = nullptr;
  decltype(&::curl_slist_free_all) free_list = nullptr;
};

// Null where it is not installed. For the rest of the process.
const CurlCalls* LoadCurl();

}  // namespace edgekeep::cli::device
