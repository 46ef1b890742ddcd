"""Papers for meetings and departments: the briefing, orders, reminders, sign-in sheets and minutes, as Word and PDF."""
