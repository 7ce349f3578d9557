"""Open the page of a sweep, click on its map, and save what is seen: click.py FILE PICTURE."""

import re
import subprocess
import sys

from playwright.sync_api import sync_playwright

file, picture = sys.argv[1:]
command = [sys.executable, "-m", "thermospin", "explore", file, "--no-browser"]
with (
    subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served,
    sync_playwright() as it,
):
    address = served.stdout.readline().strip()
    browser = it.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(address)
    page.wait_for_function("() => window.Bokeh?.documents[0]?.is_idle")
    page.mouse.move(827, 130)
    page.mouse.click(830, 130)
    page.wait_for_url(re.compile("bias="))  # the address follows when all is drawn
    page.screenshot(path=picture)
    browser.close()
served.terminate()
