"""Changes to models of Bokeh that spare what does not differ."""

from typing import Any


def change(model: Any, **values: object) -> None:
    """Set properties of a model that differ, so that nothing else goes to the browser.

    Parameters
    ----------
    model : bokeh.model.Model
        The model.
    **values
        Its properties by name.
    """
    changed = {name: value for name, value in values.items() if getattr(model, name) != value}
    if changed:
        model.update(**changed)
