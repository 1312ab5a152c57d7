"""The entry, also as `python -m guizhou_cli`: a quick start, a quick exit, and a quiet end by Ctrl-C."""

import atexit
import gc
import os
import sys

_OBJECTS = 50_000
"""More than a query makes, so that it collects no garbage, which takes a tenth of the instructions of `gz bases`."""
_SECONDS_TO_REPEAT = 0.01


def main() -> None:
    """Run the command line of this process and exit with its status.

    The exit leaves out the clean-up of the interpreter, which takes as long as the collection of garbage. By then
    stdout and stderr are flushed, and what a library has registered for the exit is run.
    """
    gc.set_threshold(_OBJECTS)
    sys.unraisablehook = _repeat_interrupt
    try:
        asked = os.environ.get("_GZ_COMPLETE") or os.environ.get("_GUIZHOU_COMPLETE")
        if asked:
            from guizhou_cli.completion import complete

            status = complete(asked)
        else:
            from guizhou_cli.cli import run

            status = run(sys.argv[1:])
    except KeyboardInterrupt:  # while the modules are still loading
        status = 130
    try:
        atexit._run_exitfuncs()  # noqa: SLF001 - what the interpreter calls; there is no other way
    finally:
        os._exit(status)


def _repeat_interrupt(dropped: "sys.UnraisableHookArgs") -> None:
    """Repeat a Ctrl-C that came in a destructor or a weak reference's callback, from which Python raises nothing."""
    if isinstance(dropped.exc_value, KeyboardInterrupt):
        from _thread import interrupt_main
        from threading import Timer

        Timer(_SECONDS_TO_REPEAT, interrupt_main).start()  # a moment later, because it would be dropped again here
    else:
        sys.__unraisablehook__(dropped)


if __name__ == "__main__":
    main()
