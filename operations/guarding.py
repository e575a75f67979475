"""The guard over the record that the settings name: what it did is logged, what failed is returned."""

from bootstrap import App
from casework.guard import run_guard


def guard_all(app: App) -> str:
    """Guard every case whose time has come; return what failed in words, empty where nothing did.

    The log names the cases and where in the code each of them failed.
    """
    done = run_guard(app.units, policy=app.policy, letterhead=app.letterhead, now=app.clock())
    failed = [each for each in done if each.has_failed]
    for each in done:
        if not each.has_failed:
            app.log.info("guarded", case=each.reference, done=each.done)
    for each in failed:
        app.log.error("guard_failed", case=each.reference, why=each.done)
    return f"{len(failed):,} cases failed and are not acknowledged" if failed else ""
