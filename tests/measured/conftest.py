import pytest


@pytest.fixture
def data_file(tmp_path):
    """Return a function that writes a file and returns its path."""

    def write(content, name="iv.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write
