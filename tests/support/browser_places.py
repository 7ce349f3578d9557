"""Where panels are in the window of a browser, and what the cursor reads on them."""


def place_of(page, number, x, y):
    """Return where in the window a point of a panel is, from 0 to 1 along its sides."""
    left, top, width, height = page.evaluate(
        """(number) => {
          const shown = [];
          const walk = (view) => {
            if (view.model.type === "Figure") shown.push(view);
            for (const child of view.child_views ?? []) walk(child);
          };
          for (const root of Bokeh.index) walk(root);
          const box = shown[number].frame.bbox;
          const at = shown[number].canvas_view.el.getBoundingClientRect();
          return [at.x + box.left, at.y + box.top, box.width, box.height];
        }""",
        number,
    )
    return left + x * width, top + (1.0 - y) * height


def read_at(page, x, y):
    """Return the lines that the cursor reads at a place of the window."""
    page.mouse.move(x - 3, y)
    page.mouse.move(x, y)
    tooltip = page.locator(".bk-Tooltip").first
    tooltip.wait_for()
    text = tooltip.evaluate(
        "it => Array.from(it.shadowRoot.children, (one) => one.innerText ?? '').join('\\n')"
    )
    return [line.strip() for line in text.splitlines() if " = " in line or "missed" in line]
