"""The program's entry, also as `python -m guizhou_cli`: as little as it takes to be interrupted quietly."""

import sys

_SECONDS_TO_REPEAT = 0.01


def main() -> None:
    """Run the command line of this process and exit with its status."""
    sys.unraisablehook = _not_dropped
    try:
        from guizhou_cli.cli import run

        status = run(sys.argv[1:])
    except KeyboardInterrupt:  # while the modules are still loading
        status = 130
    sys.exit(status)


def _not_dropped(dropped: "sys.UnraisableHookArgs") -> None:
    """Repeat a Ctrl-C that came in a destructor or a weak reference's callback, out of which Python raises nothing."""
    if not isinstance(dropped.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(dropped)
        return
    if sys.is_finalizing():  # the process ends anyway
        return
    from _thread import interrupt_main
    from threading import Timer

    # A moment later, for here it would be dropped again.
    again = Timer(_SECONDS_TO_REPEAT, interrupt_main)
    again.daemon = True
    again.start()


if __name__ == "__main__":
    main()
