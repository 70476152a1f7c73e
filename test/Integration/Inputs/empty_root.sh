#!/bin/sh
# empty_root.sh PROGRAM FILE...: runs PROGRAM with the FILEs as arguments on a root that holds nothing else, as root or in a user namespace. Prints `skipped` where the
# system allows neither.
set -eu
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
program=$1
shift
cp "$program" "$root/program"
for file; do
  name=$(basename "$file")
  cp "$file" "$root/$name"
  set -- "$@" "/$name"
  shift
done
if chroot / true 2>/dev/null; then
  chroot "$root" /program "$@"
elif unshare --user --map-root-user true 2>/dev/null; then
  unshare --user --map-root-user chroot "$root" /program "$@"
else
  echo "skipped: neither chroot nor user namespaces are allowed here"
fi
