#!/bin/sh
# Makes the files here anew. Run it after a change of jupyterhub_dashboards/deployment, which they are made from.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
print() { python3 -m jupyterhub_dashboards.command values --storage "$@"; }
for storage in static rwx clone relay hybrid; do
  mkdir -p "$here/$storage"
  print $storage --part values --without-hub-file > "$here/$storage/values.yaml"
  print $storage --part values --in-hub-pod > "$here/$storage/values-in-hub-pod.yaml"
  print $storage --part manifests --without-secret > "$here/$storage/manifests.yaml"
done
print clone --part manifests --in-hub-pod > "$here/clone/manifests-in-hub-pod.yaml"
