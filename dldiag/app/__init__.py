"""The dashboard: the only room that knows Streamlit, and the jobs that keep its pages alive."""
