// Preloaded into a program, it lets that program's clock be wrong by EDGEKEEP_WRONG_CLOCK seconds: a witness that lives
// in another year, a service that was last seen ten days ago.
#include <dlfcn.h>

#include <cstdlib>
#include <ctime>

extern "C" [[gnu::visibility("default")]] int clock_gettime(clockid_t clock, timespec* time) noexcept {
  static const auto real = reinterpret_cast<int (*)(clockid_t, timespec*)>(::dlsym(RTLD_NEXT, "clock_gettime"));
  const int result = real(clock, time);
  const char* const wrong_by = std::getenv("EDGEKEEP_WRONG_CLOCK");
  if (result == 0 && clock == CLOCK_REALTIME && wrong_by != nullptr) time->tv_sec += std::atoll(wrong_by);
  return result;
}
