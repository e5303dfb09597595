# shellcheck shell=bash
# Debian packages: this machine's own suite through the machine's apt, other suites and architectures through private
# lists with the same mirrors and Debian's keys. Expects: steps.sh, deps, arch, os_codename.

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# packages_for PURPOSE: the names that tools/deps/apt-packages lists for it, and what this release has by itself.
packages_for() {
  awk -v purpose="$1" '!/^#/ { for (i = 2; i <= NF; i++) if ($i == purpose) print $1 }' tools/deps/apt-packages
  if has_system_openssl; then echo libssl-dev libboost-dev; else echo libboost1.81-dev; fi
}

# has_system_openssl: true where the distribution's own OpenSSL is recent enough (Debian 13 and later).
has_system_openssl() {
  case $os_codename in bullseye | bookworm) return 1 ;; esac
}

# apt_install OPTION-OR-PACKAGE...: a second try after what may be amiss: an interrupted installation, package lists
# that are absent or out of date.
apt_install() {
  local command=(apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=600 "$@")
  "${command[@]}" || { dpkg --configure -a && apt-get update -q && "${command[@]}"; }
}

# install_packages PACKAGE...: installs those that are missing.
install_packages() {
  local package missing=()
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || refuse "Debian packages are missing; as root: apt-get install ${missing[*]}"
  say "installing Debian packages: ${missing[*]}"
  apt_install "${missing[@]}"
}

# mirror_of SUITE: the address from which this machine takes its own packages (or its own security updates).
mirror_of() {
  local wanted="^($os_codename|stable|oldstable|testing)\$"
  case $1 in *-security) wanted='(-security|/updates)$' ;; esac
  # shellcheck disable=SC2016  # apt's placeholders
  apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
    awk -v wanted="$wanted" '$1 ~ wanted && $2 == "main" && $3 !~ /^cdrom/ { print $3; exit }'
}

# download_debs DIRECTORY ARCHITECTURE SUITE[,SUITE...] PACKAGE...: leaves the newest versions there, unpacked in
# DIRECTORY/PACKAGE; apt has checked the signatures of the suites against Debian's keyring.
download_debs() {
  local directory=$1 architecture=$2 suites=$3 package
  shift 3
  mkdir -p "$directory"
  (
    lists=${deps:?}/.work/apt-$architecture-$suites
    mkdir -p "$lists"
    exec 7<"$lists"
    flock 7
    use_suites "$lists" "$architecture" "$suites"
    cd "$directory" && apt-get "${options[@]}" -q download "$@"
  )
  for package in "$@"; do
    dpkg-deb -x "$directory/${package%%=*}"_*.deb "$directory/${package%%=*}"
  done
}

# use_suites LISTS ARCHITECTURE SUITE[,SUITE...]: sets options to those by which apt knows these suites alone. Their
# package lists are fetched into LISTS once a run.
use_suites() {
  local lists=$1 architecture=$2 suite mirror
  options=(
    -o Dir::State::Lists="$lists/lists" -o Dir::State::status="$lists/status" -o Dir::Cache="$lists/cache"
    -o Dir::Etc::SourceList="$lists/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null -o APT::Default-Release=
    -o APT::Architecture="$architecture" -o APT::Architectures::="$architecture"
    -o Acquire::Languages=none -o APT::Sandbox::User=root -o APT::Update::Error-Mode=any
  )
  [ ! -e "$lists/complete" ] || return 0
  mkdir -p "$lists"/{lists,cache/archives}/partial
  touch "$lists/status"
  for suite in ${3//,/ }; do
    mirror=$(mirror_of "$suite")
    [ -n "$mirror" ] || refuse "no Debian mirror for $suite in this machine's apt configuration"
    echo "deb [arch=$architecture signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
  done >"$lists/sources.list"
  apt-get "${options[@]}" -q update
  touch "$lists/complete"
}
