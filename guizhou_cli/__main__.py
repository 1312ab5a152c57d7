"""The entry, also as `python -m guizhou_cli`: a quick start, a quick exit, and a quiet end by Ctrl-C."""

import gc
import os
import sys

_SECONDS_TO_REPEAT = 0.01


def main() -> None:
    """Run the command line of this process and exit with its status.

    A query allocates little and ends soon. So it runs without the garbage collector and ends without the clean-up of
    the interpreter, which together take a fifth of the instructions of `gz bases`. A command that works for longer
    calls `app.settle_in`, which enables the collector, and exits in the ordinary way.
    """
    gc.disable()
    sys.unraisablehook = _repeat_interrupt
    try:
        asked = os.environ.get("_GZ_COMPLETE") or os.environ.get("_GUIZHOU_COMPLETE")
        if asked:
            from guizhou_cli.completion import complete

            status = complete(asked, _declare)
        else:
            from guizhou_cli.cli import run

            status = run(sys.argv[1:])
    except KeyboardInterrupt:  # while the modules are still loading
        status = 130
    if gc.isenabled():
        sys.exit(status)
    _leave(status)


def _declare() -> None:
    """Import the commands, by which they are declared."""
    import guizhou_cli.cli  # noqa: F401


def _leave(status: int) -> None:
    """Exit after what a library has registered for the exit; stdout and stderr are flushed already."""
    import atexit

    try:
        atexit._run_exitfuncs()  # noqa: SLF001 - what the interpreter calls; there is no other way
    finally:
        os._exit(status)


def _repeat_interrupt(dropped: "sys.UnraisableHookArgs") -> None:
    """Repeat a Ctrl-C that came in a destructor or a weak reference's callback, from which Python raises nothing."""
    if not isinstance(dropped.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(dropped)
        return
    if sys.is_finalizing():  # the process ends anyway
        return
    from _thread import interrupt_main
    from threading import Timer

    # A moment later, because it would be dropped again here.
    again = Timer(_SECONDS_TO_REPEAT, interrupt_main)
    again.daemon = True
    again.start()


if __name__ == "__main__":
    main()
