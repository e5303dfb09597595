ek_app(edgekeep-publisher
  SRCS apps/edgekeep-publisher/main.cpp
  USES base cli/publisher crypto/openssl)
