#!/usr/bin/env bash
# install_test.sh CMAKE BUILD_DIRECTORY CC CXX: installs into a directory of its own, builds programs against that by
# pkg-config and by CMake, looks for authoring code in what devices get, and starts a device as its unit would.
set -euo pipefail
cmake=$1 build=$2 cc=$3 cxx=$4
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
samples=$here/../../src/client/tests/package
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "install_test: $*" >&2
  exit 1
}

quietly() {
  "$@" >"$work/log" 2>&1 && return
  cat "$work/log"
  fail "$*"
}

# install_to DIRECTORY COMPONENT...
install_to() {
  local to=$1
  shift
  for component in "$@"; do
    quietly "$cmake" --install "$build" --prefix "$to" --component "$component"
  done
}

# says_not_running PROGRAM: it must start with the installed library, and find no keep.
says_not_running() {
  local status=0
  "$1" "$work/no-device" acme/x >"$work/said" 2>&1 || status=$?
  cat "$work/said"
  [ "$status" = 1 ] || fail "$1 ended with $status"
  grep -q '^sample: not-running: ' "$work/said" || fail "$1 says something else"
}

install_to "$work/sdk" library development
export LD_LIBRARY_PATH PKG_CONFIG_PATH
LD_LIBRARY_PATH=$(dirname "$(find "$work/sdk" -name libedgekeep.so.0)")
PKG_CONFIG_PATH=$LD_LIBRARY_PATH/pkgconfig

read -ra flags < <(pkg-config --cflags --libs edgekeep)
"$cc" -std=c11 -Wall -Wextra -pedantic -Werror "$samples/sample.c" "${flags[@]}" -o "$work/by_pkg_config_c"
says_not_running "$work/by_pkg_config_c"
"$cxx" -std=c++23 -Wall -Wextra -pedantic -Werror "$samples/sample.cpp" "${flags[@]}" -o "$work/by_pkg_config_cpp"
says_not_running "$work/by_pkg_config_cpp"

quietly "$cmake" -S "$here/consumer" -B "$work/consumer" -DCMAKE_PREFIX_PATH="$work/sdk" -DSAMPLES="$samples" \
  -DCMAKE_C_COMPILER="$cc" -DCMAKE_CXX_COMPILER="$cxx"
quietly "$cmake" --build "$work/consumer"
says_not_running "$work/consumer/sample_c"
says_not_running "$work/consumer/sample_cpp"

quietly "$cmake" -S "$here/../../examples/label-reader" -B "$work/example" -DCMAKE_PREFIX_PATH="$work/sdk" \
  -DCMAKE_CXX_COMPILER="$cxx"
quietly "$cmake" --build "$work/example"

# has_authoring_code FILE...
# (Counted, for grep would otherwise leave before nm has said everything, and the pipe fail for that.)
has_authoring_code() { [ "$(nm -C "$@" 2>/dev/null | grep -cE ' edgekeep::(author|signer|cli::publisher)::')" -gt 0 ]; }

install_to "$work/publisher" publisher
has_authoring_code "$work/publisher/bin/edgekeep-publisher" || fail "the control: no authoring code in edgekeep-publisher"
install_to "$work/device" library device
mapfile -t programs < <(find "$work/device" -type f -perm -u+x)
for program in "${programs[@]}"; do
  ! has_authoring_code "$program" || fail "authoring code in $program"
done
[ ! -e "$work/device/bin/edgekeep-publisher" ] || fail "devices get edgekeep-publisher"
[ -x "$work/device/bin/edgekeep" ] || fail "devices do not get edgekeep"

# What the unit says, of what was installed with the prefix /usr.
install_to "$work/device" engine
unit=$work/edgekeep-spawner.service
for installed in "$work/device/lib/systemd/system"/*; do
  sed "s|/usr/|$work/device/|g" "$installed" >"$work/${installed##*/}"
done
grep -qx 'RequiresMountsFor=/var/lib/edgekeep' "$unit" || fail "on a disk that is not mounted yet a new device would start"
if command -v systemd-analyze >/dev/null; then
  systemd-analyze verify "$unit" "$work"/edgekeep-renew-*.{service,timer} >"$work/verified" 2>&1 ||
    { cat "$work/verified" && fail "systemd refuses a unit"; }
  [ ! -s "$work/verified" ] || { cat "$work/verified" && fail "systemd complains of a unit"; }
  sed "s|^Type=.*|Type=never|" "$unit" >"$work/wrong.service"
  [ -n "$(systemd-analyze verify "$work/wrong.service" 2>&1)" ] || fail "the control: systemd takes any unit"
else
  echo "SKIP packaging: systemd-analyze is missing: the unit was not verified"
fi
if [ "$(id -u)" = 0 ] && getent passwd edgekeep-keep >/dev/null; then
  root=$work/root
  chmod 755 "$work" && mkdir "$root" && mkfifo "$work/ready"
  read -ra words < <(sed -n "s|^ExecStart=||p" "$unit" | sed "s|--root /|--root $root|")
  "${words[@]}" --ready-fd 7 7>"$work/ready" >"$work/spawner" 2>&1 </dev/null &
  spawner=$!
  trap 'kill "$spawner" 2>/dev/null && wait "$spawner"; rm -rf "$work"' EXIT
  read -r -t 30 _ <"$work/ready" || { cat "$work/spawner" && fail "the installed device does not get ready"; }
  "$work/device/bin/edgekeep" --root "$root" status --json >"$work/status" || fail "the installed device does not answer"
  # A device that trusts nobody yet refuses; wrong usage is 2.
  read -ra words < <(sed -n "s|^ExecStart=[^ ]*||p" "$work/edgekeep-renew-credentials.service" |
    sed "s|[$]{OWNER_EST}|https://127.0.0.1:9|; s|[$]{OWNER_CA}|$0|")
  status=0
  "$work/device/bin/edgekeep" --root "$root" "${words[@]}" >"$work/renewed" 2>&1 || status=$?
  [ "$status" = 1 ] || { cat "$work/renewed" && fail "what the timer asks for ended with $status"; }
  grep -q '"engine_key": "onnxruntime-' "$work/status" || { cat "$work/status" && fail "the installed device has no engine"; }
else
  echo "SKIP packaging: not root, or without Edgekeep's users: the installed device was not started"
fi
echo "5 programs built against the installed library; no authoring code in ${#programs[@]} programs for devices"
