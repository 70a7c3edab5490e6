# What the scripts share. Sourced, never run: it goes to the project's folder and says where things are.
# The Makefile passes these on; the defaults are for a script that is run by itself.

cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
: "${BUILD:=build}" "${SCRATCH:=.build}" "${NEUROMORPHIC_TEST_DATA:=../shared/data}"
: "${CC:=$(type -P cc gcc clang | head -n 1 || true)}"

# Absolute, because tests and examples run in folders of their own.
BUILD=$(realpath -m "$BUILD")
SCRATCH=$(realpath -m "$SCRATCH")
export NEUROMORPHIC_TEST_DATA=$(realpath -m "$NEUROMORPHIC_TEST_DATA")

header=include/neuromorphic.h
library=$BUILD/lib/libneuromorphic.so.0

# The toolchain that Swift came with may have a clang beside it that is not in PATH.
clang=$(type -P clang) || clang=$(dirname "$(realpath -m "$(type -P swift)")")/clang

# Where set-up puts the Python packages that the system's Python lacks.
environment=$root/.build-venv
python=python3
if [[ -x $environment/bin/python ]]; then python=$environment/bin/python; fi
