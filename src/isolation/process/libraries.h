// Where the dynamic loader and the libraries of this architecture may be; what does not exist is left out.
#pragma once

namespace edgekeep::isolation {

#if defined(__x86_64__)
inline constexpr const char* kLibraries[] = {"/lib64", "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu"};
#elif defined(__aarch64__)
inline constexpr const char* kLibraries[] = {"/lib/ld-linux-aarch64.so.1", "/lib/aarch64-linux-gnu",
                                             "/usr/lib/aarch64-linux-gnu"};
#endif

}  // namespace edgekeep::isolation
