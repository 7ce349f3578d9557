"""`python -m thermospin`: the command line."""

from thermospin.cli import main

if __name__ == "__main__":  # processes of a local cluster import this module under another name
    main()
