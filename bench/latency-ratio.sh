#!/usr/bin/env bash
# latency-ratio.sh A.onnx B.onnx [RUNS] [ROUNDS]: what 'sidtc bench' says of B's latency as a share of A's, and what whole processes say
# that load a model and run it: the time of one with RUNS runs less that of one with none, both models in turns. Each round has both.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../eng/common.sh"
need_sdk
a="$(readlink -f "$1")" b="$(readlink -f "$2")" runs="${3:-100}" rounds="${4:-5}"
cd "$root"
eng/ort "$(ort_package)"
dotnet build bench/SiDT.Bench -c Release --nologo -v q -clp:ErrorsOnly -p:OrtPackage="$(ort_package)" -p:EnforceCodeStyleInBuild=false </dev/null
./sidtc --version >/dev/null

# took FILE COUNT: milliseconds of a whole process
took() {
  local start end
  start="$(date +%s%N)"
  dotnet bench/SiDT.Bench/bin/Release/net10.0/SiDT.Bench.dll runs "$1" "$2"
  end="$(date +%s%N)"
  echo $(((end - start) / 1000000))
}

for ((round = 1; round <= rounds; round++)); do
  a0="$(took "$a" 0)" b0="$(took "$b" 0)" an="$(took "$a" "$runs")" bn="$(took "$b" "$runs")"
  bench="$(./sidtc bench "$a" "$b" --seconds 3 --json | tr -d ' \n' | grep -o '"ratio":{[^}]*}' | tail -n 1)"
  awk -v r="$round" -v a="$((an - a0))" -v b="$((bn - b0))" -v n="$runs" -v bench="$bench" -v load="$(cut -d' ' -f1 /proc/loadavg)" \
    'BEGIN { printf "round %d: processes %.2f and %.2f ms a run, ratio %.3f; bench %s; load %s\n", r, a / n, b / n, b / a, bench, load }'
done
