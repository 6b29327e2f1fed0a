#!/bin/sh
# Creates .venv with the given Python and installs requirements.lock into it, as `make setup` does. It does nothing if
# that very lock is installed already: a checkout makes the file newer without changing it.
#   tools/install.sh python3
set -eu
cd "$(dirname "$0")/.."
python=$1

say() { echo "$@" >&2; }

if cmp -s requirements.lock .venv/.installed; then exit 0; fi
if [ -z "$python" ]; then
    say 'Python 3.11 to 3.14 is needed and none was found; name one with make PYTHON=/path/to/python3'
    exit 1
fi
if ! [ -x .venv/bin/uv ]; then
    "$python" tools/system_packages.py python
    say "Making .venv with $python …"
    "$python" -m venv --clear .venv
    .venv/bin/python -m pip install --quiet "$(grep -o '^uv==[^ ]*' requirements.lock)" >&2
fi

say 'Installing requirements.lock …'
by_uv() { .venv/bin/uv pip sync --quiet --require-hashes --python .venv/bin/python "$@" requirements.lock; }
# uv has crashed with a segmentation fault where the same command worked a moment later. Behind a proxy with its own
# certificates it fails until it uses the system's.
by_uv || { say 'uv failed; once more, with the certificates of the system …' && by_uv --system-certs; } || {
    say 'uv failed again; by pip, which takes some minutes …'
    .venv/bin/python -m pip install --quiet --require-hashes --requirement requirements.lock >&2
}
cp requirements.lock .venv/.installed
