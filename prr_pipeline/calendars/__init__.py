"""Calendars: freezes, the advance window and the on-call rota, from iCalendar files."""
