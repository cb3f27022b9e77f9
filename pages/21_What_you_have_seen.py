"""What you have seen: every statement of the notes with what your own runs said about it, as a file to take away."""

from dldiag.app.course.seen import show_summary
from dldiag.app.ui.page import page

page("What you have seen", "Every statement of the notes, and what it came to on your data.")
show_summary()
