"""The program's entry, also as `python -m guizhou_cli`: as little as it takes to be interrupted quietly."""

import sys


def main() -> None:
    """Run the command line of this process and exit with its status."""
    try:
        from guizhou_cli.cli import run

        status = run(sys.argv[1:])
    except KeyboardInterrupt:  # while the modules are still loading
        status = 130
    sys.exit(status)


if __name__ == "__main__":
    main()
