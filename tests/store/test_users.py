"""Users: roles and areas, the last administrator stays, stale saves refused."""

import pytest
from store_plans import LI, WANG
from store_refusals import refused

from gislib.domain.errors import ConflictError
from gislib.store import audit, users
from gislib.store.users import Rights

ADMIN = Rights("admin", None)


def test_rights_of_users(store):
    assert users.read(store, "李工") is None
    users.put(store, "李工", 0, ADMIN, LI)
    made = users.put(store, " 王工 ", 0, Rights("planner", frozenset({"522302", "522301"})), LI)
    assert (made.actor, made.version) == ("王工", 1)
    assert users.read(store, "王工") == made
    less = users.put(store, "王工", 1, Rights("viewer", frozenset(), active=False), WANG)
    assert (less.version, less.rights.areas, less.rights.active, less.changed_by) == (2, frozenset(), False, "王工")
    assert [user.actor for user in users.users(store)] == ["李工", "王工"]
    assert users.read(store, "李工").rights.areas is None
    assert audit.entries(store)["detail"].iloc[-1] == {
        "before": {"role": "planner", "areas": ["522301", "522302"], "active": True},
        "after": {"role": "viewer", "areas": [], "active": False},
    }


@pytest.mark.parametrize("rights", [Rights("planner"), Rights("admin", frozenset({"5223"})), Rights("admin", None, active=False)])  # fmt: skip  # noqa: E501
def test_the_last_administrator_stays(store, rights):
    refused("user_last_admin", users.put, store, "李工", 0, rights, LI)
    users.put(store, "李工", 0, ADMIN, LI)
    refused("user_last_admin", users.put, store, "李工", 1, rights, LI)
    users.put(store, "王工", 0, ADMIN, LI)
    assert users.put(store, "李工", 1, rights, LI).rights == rights


@pytest.mark.parametrize(
    ("actor", "rights", "code"),
    [(" ", ADMIN, "user_name"), ("甲", Rights("owner", None), "user_role"),
     ("甲", Rights("admin", frozenset({""})), "user_area")],
)  # fmt: skip
def test_unusable_users(file_store, actor, rights, code):
    refused(code, users.put, file_store, actor, 0, rights, LI)
    assert users.users(file_store) == []


def test_a_stale_save_is_refused(store):
    first = users.put(store, "李工", 0, ADMIN, LI)
    for version in (0, 2):
        with pytest.raises(ConflictError) as caught:
            users.put(store, "李工", version, ADMIN, WANG)
        assert (caught.value.code, caught.value.values["theirs"]) == ("user_stale", 1)
    refused("user_stale", users.put, store, "王工", 1, ADMIN, LI)
    assert users.users(store) == [first]
