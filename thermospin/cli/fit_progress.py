"""The progress of a fit on stderr: how often the model was evaluated, and how well it fits."""

import time

from thermospin.cli.progress_display import StatusLine

_FIRST = 2.0  # seconds until the first line: most fits are done by then
_SILENCE = 30.0  # seconds between two lines that stay
_REFRESH = 0.1  # seconds between two updates of the line on a terminal


class FitProgress:
    """Shows the progress of a fit that takes long.

    Parameters
    ----------
    line : StatusLine
        Where it is shown.
    points : int
        Number of points that are fitted.
    """

    def __init__(self, line: StatusLine, points: int) -> None:
        """Begin to measure the time."""
        self._line = line
        self._points = points
        self._due = time.monotonic() + _FIRST

    def __call__(self, evaluations: int, chi2: float) -> None:
        """Show the progress if the last line is old enough.

        Parameters
        ----------
        evaluations : int
            How often the model was evaluated.
        chi2 : float
            The least χ² so far.
        """
        now = time.monotonic()
        if now >= self._due:
            self._due = now + (_REFRESH if self._line.on_terminal else _SILENCE)
            self._line.show(
                f"χ² = {chi2:.6g} for {self._points} points, model computed {evaluations} times;"
                " Ctrl-C takes the best so far"
            )
