"""Bytes for the browser by URL, not over the script's websocket: the only use of Streamlit's media-file manager."""

from __future__ import annotations

from streamlit import runtime

JSON = "application/json"


def publish(content: bytes, name: str, mimetype: str = JSON) -> str:
    """
    Hand bytes to the server for as long as the session shows them; returns their URL path.

    The path holds a hash of the content, so it changes exactly when the content does: it doubles as a version. Call it
    on every run of the script, because what a run does not name again is dropped at its end.

    Parameters
    ----------
    content
        What is served, without login but at an unguessable path.
    name
        Unique place on the page (map key and layer); a new content under the same name replaces the old one.
    """
    if not runtime.exists():  # under AppTest there is no server, and nothing fetches
        return f"/media/{name}"
    # Internal API, hence the pinned version in pyproject.toml; tests/ui/test_map_component.py fails if it moves.
    return str(runtime.get_instance().media_file_mgr.add(content, mimetype, f"huxuetu.{name}"))
