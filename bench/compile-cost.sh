#!/usr/bin/env bash
# compile-cost.sh [MODEL]: seconds and peak memory of 'sidtc prune --params 0.6' without its proof, beside those of creating an
# ONNX Runtime session for the same file (default: a generated ViT-B/16), and what the analysis alone takes on 12, 24 and 48 blocks.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../eng/common.sh"
need_sdk
cd "$root"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
eng/ort "$(ort_package)"
dotnet build bench/SiDT.Bench -c Release --nologo -v q -clp:ErrorsOnly -p:OrtPackage="$(ort_package)" -p:EnforceCodeStyleInBuild=false </dev/null
bench=(dotnet bench/SiDT.Bench/bin/Release/net10.0/SiDT.Bench.dll)
./sidtc --version >/dev/null # builds it where that is needed, as it does for a user

measured() {
  if [ -x /usr/bin/time ]; then
    /usr/bin/time -f "$1: %e s, processor %U s and %S s in the system, peak %M KiB" "${@:2}"
  else
    echo "$1:"
    time "${@:2}"
  fi
}

model="${1:-$folder/vit.onnx}"
[ $# -gt 0 ] || "${bench[@]}" vit 12 768 "$model"
ls -l "$model" | awk '{ print "model: " $5 " bytes" }'
for turn in 1 2 3; do
  measured "loading by ONNX Runtime" "${bench[@]}" session "$model"
  measured "pruning" ./sidtc prune "$model" --params 0.6 --criterion magnitude --no-proof --quiet --force -o "$folder/small.onnx"
done
for blocks in 12 24 48; do
  "${bench[@]}" vit "$blocks" 192 "$folder/vit-$blocks.onnx"
  "${bench[@]}" analysis "$folder/vit-$blocks.onnx"
done
