"""The box in which one of many is chosen: what the browser says about names that are gone is no choice."""

from __future__ import annotations

from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

from gislib.ui.choice_box import keyed


def page():
    import streamlit as st  # noqa: PLC0415 - the function is a script of its own

    from gislib.ui import choice_box  # noqa: PLC0415

    cost, lang = st.session_state.get("cost", 5), st.session_state.get("lang", "zh")
    names = {"P1": f"甲 {cost}", "P2": "乙 9"} if lang == "zh" else {"P1": f"A {cost}", "P2": "B 9"}
    chosen = st.session_state.get("plan", "P1")

    def take(key: str) -> None:
        st.session_state["plan"] = st.session_state[key]

    choice_box.show(st.container(), "方案", names, chosen, f"box.{chosen}", take)


def answered(app: AppTest, label: str) -> None:
    """The browser repeats a name that it showed, for the box as it stands."""
    states = WidgetStates()
    states.widgets.append(WidgetState(id=app.selectbox[0].id, string_value=label))
    app._run(widget_state=states)


def test_a_name_of_the_box_chooses_its_id():
    app = AppTest.from_function(page).run()
    answered(app, "乙 9")
    assert app.session_state["plan"] == "P2"
    assert app.selectbox[0].value == "P2"


def test_a_name_that_is_gone_chooses_nothing():
    app = AppTest.from_function(page).run()
    before = app.selectbox[0].id
    app.session_state["cost"] = 4  # the plan was edited
    app.run()
    assert app.selectbox[0].id != before
    assert app.selectbox[0].options == ["甲 4", "乙 9"]
    answered(app, "甲 5")
    assert "plan" not in app.session_state
    assert not app.exception


def test_another_language_is_another_box():
    app = AppTest.from_function(page).run()
    before = app.selectbox[0].id
    app.session_state["lang"] = "en"
    app.run()
    assert app.selectbox[0].options == ["A 5", "B 9"]
    assert app.selectbox[0].id != before


def test_same_names_are_the_same_box():
    assert keyed("k", "方案", {"a": "b"}) == keyed("k", "方案", {"a": "b"})
    assert keyed("k", "方案", {"a": "b"}) != keyed("k", "方案", {"a": "c"})
    assert keyed("k", "方案", {"a": "b"}) != keyed("k", "Plan", {"a": "b"})
