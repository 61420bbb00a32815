#!/usr/bin/env python3
"""check.py FILE...: what the reference implementation of ONNX says of each file, one line each.

  ok FILE              valid
  unknown FILE: why    newer than this version of the onnx package, or with operators that it never heard of
  failed FILE: why     not a valid model
Exit status 1 if a file failed.
"""
import sys

import onnx
from onnx import checker, defs

# Operators that ONNX Runtime keeps in the standard domain, and the version from which they are standard.
RUNTIME_ONLY = {"SimplifiedLayerNormalization": 1000, "LayerNormalization": 17}


def judge(path):
    model = onnx.load(path, load_external_data=False)
    opset = max([o.version for o in model.opset_import if o.domain in ("", "ai.onnx")] or [0])
    if opset > defs.onnx_opset_version() or model.ir_version > onnx.IR_VERSION:
        return "unknown", f"opset {opset}, file format {model.ir_version}"
    alien = sorted({n.op_type for n in model.graph.node if n.domain in ("", "ai.onnx") and opset < RUNTIME_ONLY.get(n.op_type, 0)})
    if alien:
        return "unknown", "the runtime's own " + ", ".join(alien)
    standard = all(n.domain in ("", "ai.onnx") for n in model.graph.node)
    try:
        checker.check_model(path, full_check=standard)
    except Exception as error:  # the package raises several kinds
        return "failed", " ".join(str(error).split())[:300]
    return "ok", ""


def main():
    failed = False
    for path in sys.argv[1:]:
        verdict, why = judge(path)
        failed |= verdict == "failed"
        print(f"{verdict} {path}" + (f": {why}" if why else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
