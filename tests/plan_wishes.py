"""What tests ask of plans of the demo county."""

from datetime import date

from gislib.assessment import Request
from gislib.planning.proposals import PlanWish

REQUEST = Request(date(2026, 11, 16))
WISH = PlanWish("方案甲", 800_000, floor_grades=("red",), seconds=None)
