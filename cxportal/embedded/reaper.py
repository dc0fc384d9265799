"""Stop the embedded server when its last user is gone.

Started as a program of its own, outside our session and without site-packages. Every user of the cluster holds a
shared lock on `lease`; the kernel drops it however the user dies. The exclusive lock is therefore granted exactly
when nobody is left.
"""

import fcntl
import os
import subprocess
import sys


def reap(root: str, data: str, pg_ctl: str, uid: str, gid: str) -> None:
    """Wait for the last user, then stop the server in `data`; one reaper per cluster, the second leaves at once."""
    mine = os.open(os.path.join(root, "reaper"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    lease = os.open(os.path.join(root, "lease"), os.O_RDWR | os.O_CLOEXEC)
    fcntl.flock(lease, fcntl.LOCK_EX)
    subprocess.run(  # noqa: S603 - our own arguments, no shell
        [pg_ctl, "-D", data, "-m", "fast", "-w", "-s", "stop"],
        user=int(uid) if uid else None,
        group=int(gid) if gid else None,
        extra_groups=[] if uid else None,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )


if __name__ == "__main__":
    reap(*sys.argv[1:6])
