# Hardening is on in every build type; sanitizer builds keep their own checks instead of FORTIFY.
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros  # without which it takes no precompiled header
    CCACHE_IGNOREOPTIONS=--param=ggc-* ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_C_COMPILER_LAUNCHER})
endif()

# GCC frees what it no longer needs from half a gigabyte on: a tenth of a unit's time. The largest unit takes 0.9 GB.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(--param=ggc-min-heapsize=524288)
endif()

include(CheckCXXSourceRuns)
add_library(ek_options INTERFACE)
target_compile_options(ek_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wimplicit-fallthrough
  $<$<COMPILE_LANGUAGE:CXX>:-Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual>
  -fvisibility=hidden -fstack-protector-strong)
target_compile_definitions(ek_options INTERFACE _GLIBCXX_ASSERTIONS)
# Zeros instead of leftovers in variables nobody initialised, where the compiler gets it right (docs/decisions/0010).
file(READ ${CMAKE_CURRENT_LIST_DIR}/auto-var-init-check.cpp EK_AUTO_VAR_INIT_CHECK)
set(CMAKE_REQUIRED_FLAGS "-std=c++23 -fno-exceptions -ftrivial-auto-var-init=zero")
check_cxx_source_runs("${EK_AUTO_VAR_INIT_CHECK}" EK_AUTO_VAR_INIT_IS_SOUND)
unset(CMAKE_REQUIRED_FLAGS)
if(EK_AUTO_VAR_INIT_IS_SOUND)
  target_compile_options(ek_options INTERFACE -ftrivial-auto-var-init=zero)
endif()
# Designated initialisers leave out fields on purpose: those have their defaults.
target_compile_options(ek_options INTERFACE -Wno-missing-field-initializers)
if(CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  set(EK_INSTRUMENTED ON)
  if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=address" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # The same checks by calls instead of by code in place: shorter code, compiled in two thirds of the time (ek_check_in_place).
    target_compile_options(ek_options INTERFACE
      $<$<NOT:$<BOOL:$<TARGET_PROPERTY:EK_CHECKED_IN_PLACE>>>:--param=asan-instrumentation-with-call-threshold=0>)
  endif()
else()
  set(EK_INSTRUMENTED OFF)
  target_compile_options(ek_options INTERFACE $<$<CONFIG:Release>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>)
endif()
# Warnings are errors in the dev preset. At -O2 GCC 12 sees overlaps and overflows inside std::string and std::vector that
# are none (GCC bugs 105651, 105329), beside sanitizers uninitialised values (105562): those builds only print them.
if(NOT EK_INSTRUMENTED)
  target_compile_options(ek_options INTERFACE $<$<NOT:$<CONFIG:Release>>:-Werror>)
endif()
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(ek_options INTERFACE -fcf-protection -fstack-clash-protection)
endif()
# Static archives of other people stay invisible: two OpenSSL versions may live in one process.
target_link_options(ek_options INTERFACE -Wl,-z,relro,-z,now -Wl,--gc-sections)
if(NOT EK_FUZZ)
  # clang's sanitizers are static archives too, and must stay visible: libc calls their malloc.
  target_link_options(ek_options INTERFACE -Wl,--exclude-libs,ALL)
endif()
