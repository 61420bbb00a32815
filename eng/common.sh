# Shared by the scripts of this repository; sourced, not run.
root="${BASH_SOURCE[0]%/*}/.."
root="$(cd "$root" && pwd -P)"
# Several checkouts can share one cache, so that the packages are made only once.
cache="${SIDT_CACHE:-$root/.cache}"
mkdir -p "$cache"
cache="$(cd "$cache" && pwd -P)"
export SIDT_CACHE="$cache"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

die() {
  echo "$*" >&2
  exit 5
}

need_sdk() {
  command -v dotnet >/dev/null ||
    die "SiDT needs the .NET 10 SDK, but there is no 'dotnet' command on the PATH."
  dotnet --list-sdks | grep -q '^10\.' ||
    die "SiDT needs the .NET 10 SDK; 'dotnet --list-sdks' lists none of version 10."
}

# lock FILE: waits for the lock and holds it as file descriptor 9 until unlock or the end of this process.
# Whatever may outlive the caller (compiler servers do) has to be started with 9>&-.
lock() {
  exec 9>"$1"
  # Without flock (macOS) two first starts at once are the user's own risk.
  ! command -v flock >/dev/null || flock 9
}

unlock() {
  exec 9>&-
}

ort_package() {
  case "${SIDT_ORT:-cpu}" in
    cpu) echo Microsoft.ML.OnnxRuntime ;;
    gpu) echo Microsoft.ML.OnnxRuntime.Gpu ;;
    *) die "SIDT_ORT must be 'cpu' or 'gpu', not '$SIDT_ORT'." ;;
  esac
}
