# How scripts make folders that hold a Debian, and remove them. Sourced by them; `die` is theirs.
#
# The mirror is the one apt uses here for Debian; OBS_TEST_DEBIAN_MIRROR names another one.
# shellcheck shell=bash

# A folder that has /dev bound in must never be removed: the devices would go with it.
is_in_use() {
    local process
    for process in /proc/[0-9]*; do # a mount namespace of its own shows only here: OBS calls this folder its root
        [[ $process/root -ef $1 ]] && return 0
    done
    # Reads to the end: under pipefail a reader that stops early would make the answer "no". A process may vanish meanwhile: no matter.
    { cat /proc/[0-9]*/mountinfo 2>/dev/null || true; } \
        | below="${1// /\\040}/" awk 'index($5 "/", ENVIRON["below"]) == 1 { mounted = 1 } END { exit !mounted }'
}

remove_root() {
    [[ -e $1 ]] || return 0
    is_in_use "$1" && die "$1 is in use: end what runs there (an OBS: scripts/real-obs stop), then try again."
    rm -rf --one-file-system "$1"
}

debian_mirror() {
    if [[ -n ${OBS_TEST_DEBIAN_MIRROR:-} ]]; then
        echo "$OBS_TEST_DEBIAN_MIRROR"
        return
    fi
    # apt reads its own configuration, whatever the format, and knows which of the mirrors are Debian's main archive.
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' 'Identifier: Packages' \
        | awk '$1 == "Debian" && $2 == "Debian" && $3 ~ /^https?:/ { print $3; exit }'
}

# The caller's mounts never see these: the namespace ends with the command.
in_own_mounts() { unshare --mount --propagation private "$@"; }

in_chroot() {
    # shellcheck disable=SC2016
    in_own_mounts sh -euc 'mount -t proc proc "$1/proc"; mount --rbind /dev "$1/dev"; mount --rbind /sys "$1/sys"; exec chroot "$@"' sh "$@"
}

# A small Debian in a new folder, in which apt works. PACKAGES are installed besides.
bootstrap() { # SUITE FOLDER PACKAGES…
    local suite=$1 into=$2 mirror
    shift 2
    [[ $(id -u) == 0 ]] || die "needs root to build a Debian $suite root"
    command -v apt-get >/dev/null || die "needs a Debian-like Linux (no apt-get here)"
    apt-get update >&2
    command -v debootstrap >/dev/null || apt-get install -y --no-install-recommends debootstrap debian-archive-keyring >&2
    mirror=$(debian_mirror)
    [[ -n $mirror ]] || die "apt knows no Debian mirror here. Name one in OBS_TEST_DEBIAN_MIRROR."
    # The script is named because an older debootstrap does not know the suite; sid's is the one every suite uses.
    in_own_mounts debootstrap --variant=minbase --include=ca-certificates "$suite" "$into" "$mirror" /usr/share/debootstrap/scripts/sid >&2 \
        || die "debootstrap failed. If it misses a key: apt-get install debian-archive-keyring (bookworm's 2023.3+deb12u2 has $suite's)."
    # apt inside goes the way that apt goes outside: same authorities, same proxy.
    cp /etc/ssl/certs/ca-certificates.crt "$into/etc/ssl/certs/" 2>/dev/null || true
    apt-config dump --format '%F "%v";%n' Acquire::http::Proxy Acquire::https::Proxy >"$into/etc/apt/apt.conf.d/90outside"
    # A mirror that lags behind serves a list that is "no longer valid" after a week. It is signed all the same, and the root is for tests.
    echo 'Acquire::Check-Valid-Until "false";' >>"$into/etc/apt/apt.conf.d/90outside"
    printf '#!/bin/sh\nexit 101\n' >"$into/usr/sbin/policy-rc.d" # no package starts a service
    chmod +x "$into/usr/sbin/policy-rc.d"
    in_chroot "$into" env DEBIAN_FRONTEND=noninteractive sh -euc 'apt-get update; apt-get install -y --no-install-recommends "$@"; apt-get clean' sh "$@" >&2
}
