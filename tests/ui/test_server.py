from __future__ import annotations

import pytest

from gislib.domain.errors import RefusedError
from gislib.ui import server
from gislib.ui.server import Address

ANY = "0.0.0.0"  # noqa: S104 - it is refused, which is the test


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_needs_no_login(tmp_path, host):
    server.check_address(Address(host), tmp_path)


@pytest.mark.parametrize("host", [ANY, "192.168.1.4", "::"])
def test_other_hosts_are_refused_without_login(tmp_path, host):
    with pytest.raises(RefusedError) as caught:
        server.check_address(Address(host), tmp_path)
    assert caught.value.code == "serve_needs_login"


def test_other_hosts_are_allowed_with_login_or_on_insistence(tmp_path):
    server.check_address(Address(ANY, insecure_no_login=True), tmp_path)
    secrets = tmp_path / ".streamlit" / "secrets.toml"
    secrets.parent.mkdir()
    secrets.write_text('[auth]\nredirect_uri = "http://x/oauth2callback"\n')
    with pytest.raises(RefusedError):
        server.check_address(Address(ANY), tmp_path)
    secrets.write_text('[auth]\nredirect_uri = "http://x/oauth2callback"\ncookie_secret = "s"\n')
    server.check_address(Address(ANY), tmp_path)


def test_url_of_an_ipv6_host_has_brackets():
    assert Address("::1", 8502).url == "http://[::1]:8502"
    assert Address().url == "http://127.0.0.1:8501"
