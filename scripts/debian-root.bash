# Functions that create and remove folders with a Debian. Scripts source this file and define `die`.
#
# The mirror is apt's own Debian mirror, unless OBS_TEST_DEBIAN_MIRROR names another one.
# shellcheck shell=bash

# A folder with a mounted /dev must never be removed, because that would remove the devices too.
is_in_use() {
    local process
    for process in /proc/[0-9]*; do # a mount namespace of its own shows only here: OBS calls this folder its root
        [[ $process/root -ef $1 ]] && return 0
    done
    # Reads to the end, because under pipefail a reader that stops early would make the answer "no". A process may end meanwhile; that is harmless.
    { cat /proc/[0-9]*/mountinfo 2>/dev/null || true; } \
        | below="${1// /\\040}/" awk 'index($5 "/", ENVIRON["below"]) == 1 { mounted = 1 } END { exit !mounted }'
}

remove_root() {
    [[ -e $1 ]] || return 0
    is_in_use "$1" && die "$1 is in use: end the processes there (for an OBS: scripts/real-obs stop), then try again."
    rm -rf --one-file-system "$1"
}

debian_mirror() {
    if [[ -n ${OBS_TEST_DEBIAN_MIRROR:-} ]]; then
        echo "$OBS_TEST_DEBIAN_MIRROR"
        return
    fi
    # apt reads its own configuration in any format, and finds the mirrors of Debian's main archive.
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' 'Identifier: Packages' \
        | awk '$1 == "Debian" && $2 == "Debian" && $3 ~ /^https?:/ { print $3; exit }'
}

# The mounts are not visible to the caller, because the namespace ends with the command.
in_own_mounts() { unshare --mount --propagation private "$@"; }

in_chroot() {
    # shellcheck disable=SC2016
    in_own_mounts sh -euc 'mount -t proc proc "$1/proc"; mount --rbind /dev "$1/dev"; mount --rbind /sys "$1/sys"; exec chroot "$@"' sh "$@"
}

# Creates a small Debian with a working apt in a new folder, and installs PACKAGES there.
bootstrap() { # SUITE FOLDER PACKAGES…
    local suite=$1 into=$2 mirror
    shift 2
    [[ $(id -u) == 0 ]] || die "needs root to build a Debian $suite root"
    command -v apt-get >/dev/null || die "needs a Debian-like Linux (no apt-get here)"
    apt-get update >&2
    command -v debootstrap >/dev/null || apt-get install -y --no-install-recommends debootstrap debian-archive-keyring >&2
    mirror=$(debian_mirror)
    [[ -n $mirror ]] || die "apt has no Debian mirror here. Name one in OBS_TEST_DEBIAN_MIRROR."
    # The script is given because an older debootstrap does not know the suite. Every suite uses sid's script.
    in_own_mounts debootstrap --variant=minbase --include=ca-certificates "$suite" "$into" "$mirror" /usr/share/debootstrap/scripts/sid >&2 \
        || die "debootstrap failed. If a key is missing: apt-get install debian-archive-keyring (bookworm's 2023.3+deb12u2 has $suite's)."
    # apt inside uses the same certificate authorities and the same proxy as apt outside.
    cp /etc/ssl/certs/ca-certificates.crt "$into/etc/ssl/certs/" 2>/dev/null || true
    apt-config dump --format '%F "%v";%n' Acquire::http::Proxy Acquire::https::Proxy >"$into/etc/apt/apt.conf.d/90outside"
    # A mirror that lags behind serves a list that is "no longer valid" after a week. It is signed all the same, and the root is for tests.
    echo 'Acquire::Check-Valid-Until "false";' >>"$into/etc/apt/apt.conf.d/90outside"
    printf '#!/bin/sh\nexit 101\n' >"$into/usr/sbin/policy-rc.d" # no package starts a service
    chmod +x "$into/usr/sbin/policy-rc.d"
    in_chroot "$into" env DEBIAN_FRONTEND=noninteractive sh -euc 'apt-get update; apt-get install -y --no-install-recommends "$@"; apt-get clean' sh "$@" >&2
}
