// EK_CHECK: programmers' errors end the process in every build; hostile input never reaches one.
#pragma once
#include <cstdlib>

#define EK_CHECK(condition)         \
  do {                              \
    if (!(condition)) std::abort(); \
  } while (false)
