#!/usr/bin/env bash
# compile-cost.sh [BLOCKS [EMBED]]: seconds and peak memory of 'sidtc prune --params 0.6' on a generated ViT/16 (12 blocks of 768: ViT-B),
# beside those of creating an ONNX Runtime session for the same file.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../eng/common.sh"
need_sdk
cd "$root"
eng/ort "$(ort_package)"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
dotnet build bench/SiDT.Bench -c Release --nologo -v q -p:EnforceCodeStyleInBuild=false </dev/null
dotnet build src/Cli -c Release --nologo -v q -p:EnforceCodeStyleInBuild=false </dev/null
bench=(dotnet bench/SiDT.Bench/bin/Release/net10.0/SiDT.Bench.dll)
sidtc=(dotnet "$(find src/Cli/bin/Release/net10.0 -maxdepth 1 -name '*.runtimeconfig.json' | head -n 1 | sed 's/runtimeconfig.json$/dll/')")

measured() {
  if [ -x /usr/bin/time ]; then
    /usr/bin/time -f "$1: %e s in all, peak %M KiB" "${@:2}"
  else
    echo "$1:"
    time "${@:2}"
  fi
}

"${bench[@]}" vit "${1:-12}" "${2:-768}" "$folder/vit.onnx"
ls -l "$folder/vit.onnx" | awk '{ print "model: " $5 " bytes" }'
measured "loading by ONNX Runtime" "${bench[@]}" session "$folder/vit.onnx"
measured "pruning" "${sidtc[@]}" prune "$folder/vit.onnx" --params 0.6 --criterion magnitude --no-proof --quiet -o "$folder/small.onnx"
