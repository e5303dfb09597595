ek_app(edgekeep-publisher
  SRCS apps/edgekeep-publisher/main.cpp
  USES base certificates/openssl cli/publisher crypto/openssl)

ek_app(edgekeep-spawner
  SRCS apps/spawner/arguments.cpp apps/spawner/cells.cpp apps/spawner/children.cpp apps/spawner/engine_copy.cpp
    apps/spawner/main.cpp apps/spawner/places.cpp apps/spawner/readiness.cpp apps/spawner/supervisor.cpp
  USES base gate gate/posix isolation/process)

ek_app(edgekeep SRCS apps/edgekeep/main.cpp USES cli/device)

find_package(CURL REQUIRED)
ek_app(tuf-client
  SRCS apps/tuf-client/http.cpp apps/tuf-client/main.cpp apps/tuf-client/options.cpp apps/tuf-client/target_directory.cpp
  USES base crypto crypto/openssl files release store
  LINKS CURL::libcurl)

add_subdirectory(apps/keep)
add_subdirectory(apps/cell/process)

add_subdirectory(examples/async)
add_subdirectory(examples/label-reader)
add_subdirectory(examples/load-by-path)
add_subdirectory(examples/stored-values)
add_dependencies(demo_targets label-reader load-by-path)
