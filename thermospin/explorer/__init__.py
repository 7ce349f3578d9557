"""The page on which one turns the knobs of a junction and sees its curve move.

Only this room imports panel. `explore` makes the page for a notebook; `serve` opens it in a browser.
"""
