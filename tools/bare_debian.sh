#!/bin/sh
# Runs commands of the project in a bare Debian or Ubuntu that has nothing but Python, git and make; needs root and
# debootstrap.
#   tools/bare_debian.sh bookworm [COMMAND …]        without commands: make demo, make test
#
# It creates a root folder, clones the committed state of this repository into it, and runs each command there in its own
# process namespace. It prints each command with its exit code and time, and every process left running. Exit code 0: every
# command ended with 0 and nothing was left running. The last lines are the result; the commands' output goes to
# FOLDER/<number>.log.
#   FOLDER=/var/tmp/orderflow-bookworm  the root folder is created below it, and kept until the next run
#   MIRROR=http://deb.debian.org/debian
#   OPTIONS, SCRIPT                     more options, and the script, of debootstrap; for Ubuntu on a Debian that does not know it:
#                                       OPTIONS="--no-check-gpg --components=main,universe" SCRIPT=gutsy
#   COPY="/etc/pip.conf …"              files of this machine that the root needs to reach the package indexes
set -eu
suite=${1:?which Debian, such as bookworm}
shift
[ $# -gt 0 ] || set -- 'make demo' 'make test'
repository=$(cd "$(dirname "$0")/.." && pwd)
folder=${FOLDER:-/var/tmp/orderflow-$suite}
root=$folder/root

rm -rf "$root"
mkdir -p "$root"
# shellcheck disable=SC2086 # several options
debootstrap --variant=minbase --include=python3,git,make,ca-certificates ${OPTIONS:-} "$suite" "$root" \
    "${MIRROR:-http://deb.debian.org/debian}" ${SCRIPT:-} >"$folder/debootstrap.log"
for file in /etc/resolv.conf /etc/hosts ${COPY:-}; do
    mkdir -p "$root$(dirname "$file")"
    cp -L "$file" "$root$file"
done
git clone --quiet --no-hardlinks "$repository" "$root/orderflow"
git -C "$root/orderflow" remote remove origin

# In the new namespaces: /proc, /dev and /tmp for the root, then the command, then what it left behind.
inside='
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount -t tmpfs -o mode=1777 tmpfs "$1/tmp"
code=0
chroot "$1" env -i HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    $3 sh -c "cd /orderflow && $2" || code=$?
sleep 1
for process in "$1"/proc/[0-9]*; do
    pid=${process##*/}
    [ "$pid" = 1 ] || [ "$pid" = $$ ] || ! [ -s "$process/cmdline" ] ||
        printf "left running: %s\n" "$(tr "\0" " " <"$process/cmdline")"
done >"$1/left"
exit $code
'
worst=0
number=0
echo "$suite: $(cat "$root/etc/debian_version"), $(chroot "$root" python3 --version), $(nproc) cores"
for command in "$@"; do
    number=$((number + 1))
    began=$(date +%s)
    code=0
    unshare --mount --pid --fork --kill-child sh -c "$inside" inside "$root" "$command" "${SETTINGS:-}" \
        >"$folder/$number.log" 2>&1 || code=$?
    echo "$command: exit code $code after $(($(date +%s) - began)) s"
    sed 's/^/    /' "$root/left"
    if [ "$code" -ne 0 ] || [ -s "$root/left" ]; then worst=1; fi
done
exit $worst
