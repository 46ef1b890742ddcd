"""
The web server: Streamlit on ``app.py``, bound to this machine unless a login is configured.

Runs in the calling process, so that what the warm-up compiled is what the pages use.
"""

from __future__ import annotations

import os
import threading
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import bootstrap

from gislib.domain.errors import InputError, RefusedError
from gislib.domain.home import data_folder
from gislib.domain.memory import collect_seldom

WORKSPACE_VARIABLE: Final = "HUXUETU_WORKSPACE"
LOCAL_HOSTS: Final = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Address:
    """Where the server listens. ``insecure_no_login`` allows another host than this machine without any login."""

    host: str = "127.0.0.1"
    port: int = 8501
    insecure_no_login: bool = False

    @property
    def url(self) -> str:
        """Address to open in a browser."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def project_root() -> Path:
    """
    Folder that holds ``app.py``, ``pages`` and ``static``.

    Raises
    ------
    InputError
        ``app_missing`` if it holds no ``app.py``: only the package was installed.
    """
    root = data_folder().parent
    if not (root / "app.py").is_file():
        raise InputError("app_missing", path=str(root))
    return root


def login_configured(root: Path) -> bool:
    """Whether ``.streamlit/secrets.toml`` of the project names a login service (OpenID Connect)."""
    file = root / ".streamlit" / "secrets.toml"
    if not file.is_file():
        return False
    auth = tomllib.loads(file.read_text("utf-8")).get("auth", {})
    return bool(auth.get("redirect_uri") and auth.get("cookie_secret"))


def check_address(address: Address, root: Path) -> None:
    """
    Refuse to listen beyond this machine without a login.

    Raises
    ------
    RefusedError
        ``serve_needs_login`` unless a login is configured or the caller insists.
    """
    open_to_others = address.host not in LOCAL_HOSTS
    if open_to_others and not address.insecure_no_login and not login_configured(root):
        raise RefusedError("serve_needs_login", host=address.host)


def serve(
    workspace: Path,
    address: Address,
    started: Callable[[str], None],
    warm_up: Callable[[], None] | None = None,
) -> None:
    """
    Serve a workspace until the process is ended.

    Parameters
    ----------
    workspace
        Folder of the workspace; may not exist yet, then the pages say what to do.
    address
        Host and port.
    started
        Told the address to open, just before the server takes the process.
    warm_up
        Runs in the background meanwhile: compiles the kernels that the first computation would wait for.

    Raises
    ------
    RefusedError
        See `check_address`.
    InputError
        See `project_root`.
    """
    root = project_root()
    check_address(address, root)
    collect_seldom()
    os.environ[WORKSPACE_VARIABLE] = str(workspace.resolve())
    # A folder named "pages" makes Streamlit answer the first deep link after a start with "page not found", until
    # st.navigation has run once. The switch is internal: tests/ui/test_journeys.py opens a deep link first.
    PagesManager.uses_pages_directory = False
    os.chdir(root)  # where Streamlit looks for .streamlit/config.toml
    if warm_up is not None:
        threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
    options: dict[str, Any] = {"server_address": address.host, "server_port": address.port, "server_headless": True}
    bootstrap.load_config_options(flag_options=options)
    started(address.url)
    bootstrap.run(str(root / "app.py"), is_hello=False, args=[], flag_options=options)
