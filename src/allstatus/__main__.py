"""`python -m allstatus`."""

from allstatus.cli import main

if __name__ == "__main__":
    main()
