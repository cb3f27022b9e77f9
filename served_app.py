"""The dashboard behind an ASGI application, which can set headers: its cookie is hidden from scripts."""

from starlette.middleware import Middleware
from streamlit.starlette import App

from dldiag.app.state.owner_cookie import OwnerCookie

app = App("streamlit_app.py", middleware=[Middleware(OwnerCookie)])
